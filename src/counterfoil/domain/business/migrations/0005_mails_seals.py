"""Whether the seals of the trail are mailed to those who may read it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One setting."""

    dependencies = [
        ("business", "0004_planning_and_surcharges"),
    ]

    operations = [
        migrations.AddField(
            model_name="business",
            name="mails_seals",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
