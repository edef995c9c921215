"""From which sum on a payment by something saved asks who pays."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    """One setting."""

    dependencies = [
        ("business", "0005_mails_seals"),
    ]

    operations = [
        migrations.AddField(
            model_name="business",
            name="step_up_over",
            field=models.DecimalField(
                db_default=Decimal(5000), decimal_places=3, default=Decimal(5000), max_digits=12
            ),
        ),
    ]
