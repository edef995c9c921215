"""Lines of bank statements: what the bank says, and what became of it."""

from django.db import models
from django.db.models import Q

from counterfoil.domain.reconciliation.states import LineState
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow

STATES = [state.value for state in LineState]


class BankLine(BusinessRow):
    """One movement on one of our accounts, as it was imported, once: `ref` is the reader's name
    for it, the same in every file. `attempt` is the payment that it became; `problem` says why it
    waits or was put aside, `note` what a person said of it."""

    bank_account = BusinessForeignKey("business.BankAccount")
    ref = models.CharField(max_length=80)
    booked_date = models.DateField()
    value_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()  # negative: money that left
    counterparty = models.CharField(max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=60, blank=True)
    remittance = models.TextField(blank=True)
    reference = models.CharField(max_length=60, blank=True)
    bank_ref = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20, default=LineState.WAITING.value)
    problem = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=300, blank=True)
    attempt = BusinessForeignKey("payments.Attempt", null=True)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "bank_account", "ref"], name="reconciliation_line_once"
            ),
            models.UniqueConstraint(
                fields=["business", "attempt"], name="reconciliation_payment_once"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="reconciliation_line_state"),
            models.CheckConstraint(
                condition=Q(state="settled", attempt__isnull=False)
                | Q(~Q(state="settled"), attempt__isnull=True),
                name="reconciliation_settled_is_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "state", "-id"], name="reconciliation_by_state"),
        ]
