"""A payout may be below zero: what a gateway takes from our bank."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The amount of a payout is any but nothing."""

    dependencies = [("reconciliation", "0003_payouts")]

    operations = [
        migrations.RemoveConstraint(model_name="payout", name="reconciliation_payout_positive"),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True),
                name="reconciliation_payout_of_something",
            ),
        ),
    ]
