"""How far ahead payers may plan, and what paying one way costs on top."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two settings."""

    dependencies = [
        ("business", "0003_bank_debit"),
    ]

    operations = [
        migrations.AddField(
            model_name="business",
            name="schedule_days_max",
            field=models.SmallIntegerField(db_default=60, default=60),
        ),
        migrations.AddField(
            model_name="business",
            name="surcharges",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
