"""Open items, claims, credits and allocations; every limit is a check constraint."""

from django.db import models
from django.db.models import F, Q

from counterfoil.infra.rows import BusinessForeignKey, BusinessRow

_SUMMED = ["currency", "total_minor", "paid_minor", "credited_minor", "written_off_minor"]


class OpenItem(BusinessRow):
    """One issued invoice as a debt; `id` is the invoice's. Kept by allocations under lock.

    `written_off_minor` of what is left is not expected any more; money that comes all the same
    takes it back.
    """

    customer = BusinessForeignKey("customers.Customer")
    number = models.CharField(max_length=80)
    external_ref = models.CharField(max_length=120, blank=True)
    creditor_ref = models.CharField(max_length=25)  # RF, ISO 11649: what a transfer is told by
    qr_ref = models.CharField(max_length=27)  # the same for the Swiss QR-bill of a QR-IBAN
    currency = models.CharField(max_length=3)
    issue_date = models.DateField()
    due_date = models.DateField()
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    written_off_minor = models.BigIntegerField(db_default=0)
    is_void = models.BooleanField(default=False)
    is_open = models.GeneratedField(
        expression=Q(  # type: ignore[arg-type]  # a Q is an expression here
            is_void=False,
            total_minor__gt=F("paid_minor") + F("credited_minor") + F("written_off_minor"),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "creditor_ref"],
                condition=~Q(creditor_ref=""),
                name="receivables_creditor_ref_once",
            ),
            models.UniqueConstraint(
                fields=["business", "qr_ref"],
                condition=~Q(qr_ref=""),
                name="receivables_qr_ref_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_minor__gte=0,
                    credited_minor__gte=0,
                    written_off_minor__gte=0,
                    total_minor__gte=F("paid_minor") + F("credited_minor") + F("written_off_minor"),
                ),
                name="receivables_within_invoice",
            ),
            models.CheckConstraint(
                condition=Q(is_void=False) | Q(paid_minor=0, credited_minor=0, written_off_minor=0),
                name="receivables_void_is_empty",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "customer", "-issue_date", "-id"],
                name="receivables_by_customer",
            ),
            models.Index(
                fields=["business", "customer", "due_date", "id"],
                condition=Q(is_open=True),
                include=_SUMMED,
                name="receivables_open_customer",
            ),
            models.Index(
                fields=["business", "due_date", "id"],
                condition=Q(is_open=True),
                include=_SUMMED,
                name="receivables_open_due",
            ),
            models.Index(fields=["business", "-issue_date", "-id"], name="receivables_newest"),
        ]


class Claim(BusinessRow):
    """One attempt's hold on one invoice, with the amount it means to pay. `taken_by` is a name to
    show; `taken_by_ref` is who it was, as history rows keep it."""

    invoice = BusinessForeignKey(OpenItem)
    attempt = BusinessForeignKey("payments.Attempt")
    amount_minor = models.BigIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=200)
    taken_by_ref = models.CharField(max_length=120)
    freed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "invoice"],
                condition=Q(freed_at__isnull=True),
                name="receivables_one_open_attempt",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="receivables_claim_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "attempt"], name="receivables_claim_attempt"),
            models.Index(fields=["business", "invoice", "-id"], name="receivables_claim_invoice"),
        ]


class Credit(BusinessRow):
    """Money or credit of a customer that can cover invoices; `id` is the payment attempt's or
    the credit note's. What is not applied is theirs. `applied_minor` is what is used up: what
    covers invoices, and the `refunded_minor` that was given back."""

    customer = BusinessForeignKey("customers.Customer")
    kind = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    applied_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(db_default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["payment", "credit_note"]), name="receivables_credit_kind"
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0, applied_minor__gte=0)
                & Q(applied_minor__lte=F("total_minor")),
                name="receivables_within_credit",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("applied_minor")),
                name="receivables_refunds_within_credit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "customer", "currency"],
                condition=Q(applied_minor__lt=F("total_minor")),
                name="receivables_unapplied",
            )
        ]


class Allocation(BusinessRow):
    """So much of one credit covers so much of one invoice; append-only. What is taken off again is
    a row below zero that names the row it `reverses`, and the refund or the chargeback it was for,
    if any; what is put on again, because that refund was not sent, is a row above zero that names
    both."""

    credit = BusinessForeignKey(Credit)
    invoice = BusinessForeignKey(OpenItem)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    reverses = BusinessForeignKey("self", null=True)
    refund = BusinessForeignKey("payments.Refund", null=True)
    chargeback = BusinessForeignKey("payments.Chargeback", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0,
                    reverses__isnull=True,
                    refund__isnull=True,
                    chargeback__isnull=True,
                )
                | Q(amount_minor__lt=0, reverses__isnull=False)
                | Q(amount_minor__gt=0, reverses__isnull=False, refund__isnull=False),
                name="receivables_allocation_sign",
            )
        ]
        indexes = [
            models.Index(fields=["business", "credit"], name="receivables_alloc_credit"),
            models.Index(fields=["business", "invoice"], name="receivables_alloc_invoice"),
        ]
