"""Lines of bank statements and payouts of gateways: what others say, and what became of it."""

from django.db import models
from django.db.models import F, Q

from counterfoil.domain.reconciliation.states import LineState, PayoutState
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow
from counterfoil.infra.secrets.fields import SealedText, is_sealed

STATES = [state.value for state in LineState]
PAYOUT_STATES = [state.value for state in PayoutState]
_WHAT_A_LINE_IS = ("attempt", "payout", "refund")


def _only(noun: str) -> dict[str, bool]:
    return {f"{one}__isnull": one != noun for one in _WHAT_A_LINE_IS}


_SETTLED_BY_ONE = (
    Q(state="settled", **_only("attempt"))
    | Q(state="settled", **_only("payout"))
    | Q(state="settled", **_only("refund"))
    | Q(~Q(state="settled"), **_only(""))
)


class BankLine(BusinessRow):
    """One movement on one of our accounts, as it was imported, once: `ref` is the reader's name
    for it, the same in every file. `attempt` is the payment that it became, `payout` the payout of
    a gateway that it is, `refund` the refund by hand that went by it, or came back, and
    `refund_was` the state which that had if it is taken for sent by this line alone; `problem` says
    why it waits or was put aside, `note` what a person said of it."""

    bank_account = BusinessForeignKey("business.BankAccount")
    ref = models.CharField(max_length=80)
    booked_date = models.DateField()
    value_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()  # negative: money that left
    counterparty = models.CharField(max_length=200, blank=True)
    counterparty_account = SealedText(blank=True)
    account_mark = models.CharField(max_length=32, blank=True)  # by which the account is found
    remittance = models.TextField(blank=True)
    reference = models.CharField(max_length=60, blank=True)
    bank_ref = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20, default=LineState.WAITING.value)
    problem = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=300, blank=True)
    attempt = BusinessForeignKey("payments.Attempt", null=True)
    payout = BusinessForeignKey("reconciliation.Payout", null=True)
    refund = BusinessForeignKey("payments.Refund", null=True)
    refund_was = models.CharField(max_length=20, blank=True, db_default="")
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
                condition=is_sealed("counterparty_account"), name="reconciliation_account_sealed"
            ),
            models.CheckConstraint(
                condition=_SETTLED_BY_ONE,
                name="reconciliation_settled_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(refund_was="") | Q(refund__isnull=False, amount_minor__lt=0),
                name="reconciliation_sent_by_this_line",
            ),
            models.UniqueConstraint(
                fields=["business", "payout"], name="reconciliation_payout_arrives_once"
            ),
            models.UniqueConstraint(
                fields=["business", "refund"],
                condition=Q(amount_minor__lt=0),
                name="reconciliation_refund_leaves_once",
            ),
            models.UniqueConstraint(
                fields=["business", "refund"],
                condition=Q(amount_minor__gt=0),
                name="reconciliation_refund_returns_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "state", "-booked_date", "-id"], name="reconciliation_by_state"
            ),
            models.Index(
                fields=["business", "account_mark"],
                condition=Q(attempt__isnull=False) & ~Q(account_mark=""),
                name="reconciliation_payers",
            ),
        ]


class Payout(BusinessRow):
    """A gateway's transfer to our bank (below zero: what it takes from there), as it was read,
    once; one of nothing is what it pays, and is over at once. `fee_minor` is what it posted as
    fees, `difference_minor` what it is more (or, below zero, less) than its movements come to."""

    gateway_account = BusinessForeignKey("payments.GatewayAccount")
    gateway_ref = models.CharField(max_length=120)
    state = models.CharField(max_length=20, default=PayoutState.IN_TRANSIT.value)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField(db_default=0)
    descriptor = models.CharField(max_length=120, blank=True)
    arrival_date = models.DateField(null=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "gateway_account", "gateway_ref"],
                name="reconciliation_payout_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PAYOUT_STATES), name="reconciliation_payout_state"
            ),
        ]


class PayoutLine(BusinessRow):
    """One movement that a payout pays, and what of ours it is; `suspense_minor` of it is nothing
    of ours (yet), for the reason in `problem`."""

    payout = BusinessForeignKey(Payout)
    gateway_ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    charge = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    attempt = BusinessForeignKey("payments.Attempt", null=True)
    refund = BusinessForeignKey("payments.Refund", null=True)
    chargeback = BusinessForeignKey("payments.Chargeback", null=True)
    problem = models.CharField(max_length=30, blank=True)
    suspense_minor = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "payout", "gateway_ref"], name="reconciliation_movement_once"
            ),
            models.UniqueConstraint(
                fields=["business", "attempt", "kind"],
                name="reconciliation_paid_out_once",
                condition=Q(kind__in=["charge", "return"]),
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("fee_minor")),
                name="reconciliation_movement_net",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "payout"],
                condition=~Q(suspense_minor=0),
                name="reconciliation_unexplained",
            )
        ]


class Discrepancy(BusinessRow):
    """What a gateway's own list and our books say differently of one charge or refund, until it is
    repaired or a person says that it is none; `theirs` and `ours` are as each has it."""

    gateway_account = BusinessForeignKey("payments.GatewayAccount")
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=120)
    reference = models.CharField(max_length=120, blank=True)
    charge = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    theirs = models.CharField(max_length=40, blank=True)
    ours = models.CharField(max_length=40, blank=True)
    instrument_kind = models.CharField(max_length=20, blank=True, db_default="")
    instrument_brand = models.CharField(max_length=30, blank=True, db_default="")
    instrument_last4 = models.CharField(max_length=4, blank=True, db_default="")
    attempt = BusinessForeignKey("payments.Attempt", null=True)
    occurred_at = models.DateTimeField()
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True, db_default="")
    remark = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "gateway_account", "kind", "ref"],
                name="reconciliation_discrepancy_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["business", "found_at"],
                condition=Q(closed_at__isnull=True),
                name="reconciliation_discrepancies",
            )
        ]


class Cursor(BusinessRow):
    """How far a gateway account's own lists were compared with our books; `id` is the account's."""

    compared_until = models.DateTimeField()
    compared_at = models.DateTimeField()
