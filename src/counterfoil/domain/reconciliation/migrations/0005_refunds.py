"""A bank line may be a refund that the business gave back itself, or one that came back."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.migration_words
import counterfoil.infra.rows


class Migration(migrations.Migration):
    """One reference of a line, each refund once each way, and where payers paid from."""

    dependencies = [
        ("payments", "0008_refunds_by_hand"),
        ("reconciliation", "0004_payouts_below_zero"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bankline",
            name="reconciliation_settled_is_paid",
        ),
        migrations.AddField(
            model_name="bankline",
            name="refund",
            field=counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attempt__isnull", False),
                        ("payout__isnull", True),
                        ("refund__isnull", True),
                        ("state", "settled"),
                    ),
                    models.Q(
                        ("attempt__isnull", True),
                        ("payout__isnull", False),
                        ("refund__isnull", True),
                        ("state", "settled"),
                    ),
                    models.Q(
                        ("attempt__isnull", True),
                        ("payout__isnull", True),
                        ("refund__isnull", False),
                        ("state", "settled"),
                    ),
                    models.Q(
                        models.Q(("state", "settled"), _negated=True),
                        ("attempt__isnull", True),
                        ("payout__isnull", True),
                        ("refund__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reconciliation_settled_is_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("amount_minor__lt", 0)),
                fields=("business", "refund"),
                name="reconciliation_refund_leaves_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("amount_minor__gt", 0)),
                fields=("business", "refund"),
                name="reconciliation_refund_returns_once",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(
                    ("attempt__isnull", False),
                    models.Q(("account_mark", ""), _negated=True),
                ),
                fields=["business", "account_mark"],
                name="reconciliation_payers",
            ),
        ),
        counterfoil.infra.migration_words.BusinessTable(
            model_name="BankLine",
        ),
    ]
