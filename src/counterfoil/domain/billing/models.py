"""Number series, invoices and credit notes with lines and taxes.

Amounts are computed once, at the write, by `arithmetic` and stored; checks hold the sums. A
trigger refuses any change of an issued document beyond its state.
"""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from counterfoil.domain.billing.states import DocumentState
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow
from counterfoil.infra.secrets.fields import SealedJson, is_sealed

STATES = [state.value for state in DocumentState if state != DocumentState.DELETED]


class Series(BusinessRow):
    """A run of gapless numbers: the format has `{number}` and may have `{year}`."""

    code = models.CharField(max_length=30)
    format = models.CharField(max_length=60)
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "code"], name="billing_series_once")
        ]


class Document(BusinessRow):
    """What an invoice and a credit note share: customer, currency and computed sums."""

    customer = BusinessForeignKey("customers.Customer")
    series = BusinessForeignKey(Series, null=True)
    number = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    issue_date = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    subtotal_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    line_count = models.IntegerField()
    notes = models.TextField(blank=True)
    external_ref = models.CharField(max_length=120, blank=True)
    party = SealedJson(blank=True)  # the customer as it was at issue
    party_mark = models.GeneratedField(  # what is below the seals of the trail, under every key
        expression=Func(F("party"), Value("."), Value(4), function="split_part"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        abstract = True


class Invoice(Document):
    """An invoice. `due_date` is fixed at issue; a draft keeps what it was given."""

    state = models.CharField(max_length=20, default=DocumentState.DRAFT.value)
    due_date = models.DateField(null=True)
    terms_days = models.IntegerField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="billing_invoice_state"),
            models.CheckConstraint(condition=is_sealed("party"), name="billing_invoice_sealed"),
            models.CheckConstraint(
                condition=Q(
                    total_minor=F("subtotal_minor") - F("discount_minor") + F("tax_minor"),
                    total_minor__gte=0,
                ),
                name="billing_invoice_sum",
            ),
            models.CheckConstraint(
                condition=Q(state=DocumentState.DRAFT.value, number="")
                | (
                    ~Q(state=DocumentState.DRAFT.value)
                    & ~Q(number="")
                    & Q(issue_date__isnull=False, due_date__isnull=False, issued_at__isnull=False)
                ),
                name="billing_invoice_numbered",
            ),
            models.UniqueConstraint(
                fields=["business", "number"],
                condition=~Q(number=""),
                name="billing_invoice_number_once",
            ),
            models.UniqueConstraint(
                fields=["business", "customer", "external_ref"],
                condition=~Q(external_ref=""),
                name="billing_invoice_external_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "customer", "-issue_date", "-id"], name="billing_inv_cust"
            ),
            models.Index(
                F("business"), Upper("number"), condition=~Q(number=""), name="billing_inv_capitals"
            ),
        ]


class CreditNote(Document):
    """A credit note: against an invoice, or free (it becomes unapplied credit). Issued at once.

    `issued_by` is who did it, as history rows keep it."""

    invoice = BusinessForeignKey(Invoice, null=True)
    reason = models.CharField(max_length=300, blank=True)
    issued_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    total_minor=F("subtotal_minor") - F("discount_minor") + F("tax_minor"),
                    total_minor__gt=0,
                ),
                name="billing_credit_sum",
            ),
            models.CheckConstraint(condition=is_sealed("party"), name="billing_credit_sealed"),
            models.UniqueConstraint(
                fields=["business", "number"], name="billing_credit_number_once"
            ),
            models.UniqueConstraint(
                fields=["business", "customer", "external_ref"],
                condition=~Q(external_ref=""),
                name="billing_credit_external_once",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "invoice"], name="billing_credit_invoice"),
            models.Index(fields=["business", "customer", "-id"], name="billing_credit_cust"),
        ]


class Line(BusinessRow):
    """What a line of any document has; `net_minor` is rounded half up to the minor unit."""

    position = models.IntegerField()
    description = models.TextField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit_price = models.DecimalField(max_digits=20, decimal_places=6)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    net_minor = models.BigIntegerField()

    class Meta:
        abstract = True


class InvoiceLine(Line):
    """A line of an invoice."""

    invoice = BusinessForeignKey(Invoice)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "invoice", "position"], name="billing_line_position"
            )
        ]


class CreditNoteLine(Line):
    """A line of a credit note, and the invoice line that it credits, if it credits one."""

    credit_note = BusinessForeignKey(CreditNote)
    invoice_line = BusinessForeignKey(InvoiceLine, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "credit_note", "position"], name="billing_cline_position"
            )
        ]
        indexes = [models.Index(fields=["business", "invoice_line"], name="billing_cline_line")]


class InvoiceTax(BusinessRow):
    """Tax of one rate of an invoice, on the sum of its nets (EN 16931 BR-CO-17)."""

    invoice = BusinessForeignKey(Invoice)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "invoice", "rate"], name="billing_tax_rate_once"
            )
        ]


class CreditNoteTax(BusinessRow):
    """Tax of one rate of a credit note."""

    credit_note = BusinessForeignKey(CreditNote)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "credit_note", "rate"], name="billing_ctax_rate_once"
            )
        ]
