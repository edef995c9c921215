"""A payout may be below zero, what a gateway takes from our bank, or nothing at all."""

from django.db import migrations


class Migration(migrations.Migration):
    """The amount of a payout is any."""

    dependencies = [("reconciliation", "0003_payouts")]

    operations = [
        migrations.RemoveConstraint(model_name="payout", name="reconciliation_payout_positive"),
    ]
