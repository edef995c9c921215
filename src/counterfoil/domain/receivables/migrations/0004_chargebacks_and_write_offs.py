"""What lost chargebacks take off invoices, and what of them is written off."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.infra.rows
from counterfoil.infra.migration_words import BusinessTable

_OPEN = models.Q(("is_open", True))
_INCLUDED = ("currency", "total_minor", "paid_minor", "credited_minor", "written_off_minor")
_COVERED = models.F("paid_minor") + models.F("credited_minor") + models.F("written_off_minor")


class Migration(migrations.Migration):
    """A reference, a column, what is open with it, their limits."""

    dependencies = [
        ("payments", "0007_chargeback_evidence"),
        ("receivables", "0003_refunds"),
    ]

    operations = [
        migrations.RemoveConstraint("allocation", "receivables_allocation_sign"),
        migrations.AddField(
            "allocation",
            "chargeback",
            counterfoil.infra.rows.BusinessForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.chargeback",
            ),
        ),
        migrations.AddConstraint(
            "allocation",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("chargeback__isnull", True),
                        ("refund__isnull", True),
                        ("reverses__isnull", True),
                    ),
                    models.Q(("amount_minor__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="receivables_allocation_sign",
            ),
        ),
        BusinessTable("Allocation", append_only=True),
        migrations.RemoveIndex("openitem", "receivables_open_customer"),
        migrations.RemoveIndex("openitem", "receivables_open_due"),
        migrations.RemoveConstraint("openitem", "receivables_within_invoice"),
        migrations.RemoveConstraint("openitem", "receivables_void_is_empty"),
        migrations.RemoveField("openitem", "is_open"),
        migrations.AddField("openitem", "written_off_minor", models.BigIntegerField(db_default=0)),
        migrations.AddField(
            "openitem",
            "is_open",
            models.GeneratedField(
                db_persist=True,
                expression=models.Q(("is_void", False), ("total_minor__gt", _COVERED)),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            "openitem",
            models.Index(
                condition=_OPEN,
                fields=["business", "customer", "due_date", "id"],
                include=_INCLUDED,
                name="receivables_open_customer",
            ),
        ),
        migrations.AddIndex(
            "openitem",
            models.Index(
                condition=_OPEN,
                fields=["business", "due_date", "id"],
                include=_INCLUDED,
                name="receivables_open_due",
            ),
        ),
        migrations.AddConstraint(
            "openitem",
            models.CheckConstraint(
                condition=models.Q(
                    ("credited_minor__gte", 0),
                    ("paid_minor__gte", 0),
                    ("total_minor__gte", _COVERED),
                    ("written_off_minor__gte", 0),
                ),
                name="receivables_within_invoice",
            ),
        ),
        migrations.AddConstraint(
            "openitem",
            models.CheckConstraint(
                condition=models.Q(
                    ("is_void", False),
                    models.Q(("credited_minor", 0), ("paid_minor", 0), ("written_off_minor", 0)),
                    _connector="OR",
                ),
                name="receivables_void_is_empty",
            ),
        ),
    ]
