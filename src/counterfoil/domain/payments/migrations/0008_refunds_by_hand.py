"""Refunds that the business gives back itself, and what names one in a bank's statement."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns of a refund, and what holds them."""

    dependencies = [("payments", "0007_chargeback_evidence")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="method",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="refund",
            name="transfer_ref",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("method__in", ["bank_transfer", "cheque"])),
                fields=["business", "currency", "amount_minor"],
                name="payments_refund_by_hand",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["", "bank_transfer", "cheque", "cash"])),
                name="payments_refund_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("method", "bank_transfer")) ^ models.Q(("transfer_ref", "")),
                name="payments_refund_transfer_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method", ""),
                    models.Q(("is_ours", True), ("next_check_at__isnull", True)),
                    _connector="OR",
                ),
                name="payments_refund_by_hand_asks_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer_ref", ""), _negated=True),
                fields=("business", "transfer_ref"),
                name="payments_refund_transfer_once",
            ),
        ),
    ]
