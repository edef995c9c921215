"""Refunds that were taken for sent by a bank line that was another's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column of a refund, and what holds it."""

    dependencies = [("payments", "0008_refunds_by_hand")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="unsent_times",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unsent_times", 0),
                    models.Q(("unsent_times__gt", 0), models.Q(("method", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payments_refund_unsent_by_hand",
            ),
        ),
    ]
