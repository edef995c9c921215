"""What a refund took off is put on again where it was not sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more shape of an allocation."""

    dependencies = [("receivables", "0004_chargebacks_and_write_offs")]

    operations = [
        migrations.RemoveConstraint(model_name="allocation", name="receivables_allocation_sign"),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("chargeback__isnull", True),
                        ("refund__isnull", True),
                        ("reverses__isnull", True),
                    ),
                    models.Q(("amount_minor__lt", 0), ("reverses__isnull", False)),
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("refund__isnull", False),
                        ("reverses__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="receivables_allocation_sign",
            ),
        ),
    ]
