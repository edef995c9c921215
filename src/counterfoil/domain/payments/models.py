"""Gateway accounts, intents, attempts, refunds, mandates, saved methods, chargebacks, and the inbox
of what gateways pushed."""

from django.db import models
from django.db.models import F, Q

from counterfoil.domain.payments.states import (
    AttemptState,
    ByHand,
    ChargebackState,
    MandateState,
    RefundState,
)
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow
from counterfoil.infra.secrets.fields import SealedField, SealedText, is_sealed

STATES = [state.value for state in AttemptState]
REFUND_STATES = [state.value for state in RefundState]
MANDATE_STATES = [state.value for state in MandateState]
CHARGEBACK_STATES = [state.value for state in ChargebackState]
REFUND_METHODS = ["", *(method.value for method in ByHand)]


class GatewayAccount(BusinessRow):
    """Our account at a gateway: `kind` names the adapter, secrets are sealed."""

    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    secrets = SealedField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class Route(BusinessRow):
    """New payments by this method in this currency (empty: any) go to this gateway account."""

    gateway_account = BusinessForeignKey(GatewayAccount)
    method = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "method", "currency"], name="payments_route_once"
            )
        ]


class Intent(BusinessRow):
    """What the customer wants to pay, once; `form_key` was born with the page's form, `note` says
    why it is less than was due."""

    customer = BusinessForeignKey("customers.Customer")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    form_key = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "form_key"], name="payments_form_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payments_intent_positive"
            ),
        ]


class Attempt(BusinessRow):
    """One try with one method at one gateway; its outside id is the key used there.

    `surcharge_minor` of the amount is for paying this way; it covers no invoice. A debit rests on
    a mandate and is to be paid on `settles_date`, where its gateway tells the day; else by about
    `expected_date`, which is our own guess; `bank_code` is why a bank returned it.

    `step_url` is where its payer goes on, `step_kind` whose page that is, or was, and
    `arrived_minor` what they have sent so far, where they send it in parts.

    `refunding_minor` is what open refunds mean to give back, `refunded_minor` what succeeded ones
    gave; `contested_minor` is what chargebacks hold that nobody has decided, `charged_back_minor`
    what lost ones took. All together stay within the amount; `over_refunding_minor` is what the
    gateway's own word brought above it (a refund made over there while ours was open, a chargeback
    of what had been refunded).
    """

    intent = BusinessForeignKey(Intent)
    customer = BusinessForeignKey("customers.Customer")
    gateway_account = BusinessForeignKey(GatewayAccount)
    state = models.CharField(max_length=20, default=AttemptState.CREATED.value)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    payer = models.CharField(max_length=200, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    gateway_ref = models.CharField(max_length=120, blank=True)
    instrument_kind = models.CharField(max_length=20, blank=True)
    instrument_brand = models.CharField(max_length=30, blank=True)
    instrument_last4 = models.CharField(max_length=4, blank=True)
    instrument_mark = models.CharField(max_length=32, blank=True, db_default="")
    failure_code = models.CharField(max_length=40, blank=True)
    failure_detail = models.CharField(max_length=300, blank=True)
    step_url = models.TextField(blank=True)
    step_kind = models.CharField(max_length=20, blank=True, db_default="")
    arrived_minor = models.BigIntegerField(db_default=0)
    mandate = BusinessForeignKey("payments.Mandate", null=True)
    method = BusinessForeignKey("payments.Method", null=True)
    settles_date = models.DateField(null=True)
    expected_date = models.DateField(null=True)
    surcharge_minor = models.BigIntegerField(db_default=0)
    bank_code = models.CharField(max_length=20, blank=True, db_default="")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    checks = models.IntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    refunding_minor = models.BigIntegerField(db_default=0)
    refunded_minor = models.BigIntegerField(db_default=0)
    over_refunding_minor = models.BigIntegerField(db_default=0)
    contested_minor = models.BigIntegerField(db_default=0)
    charged_back_minor = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    refunding_minor__gte=0,
                    refunded_minor__gte=0,
                    over_refunding_minor__gte=0,
                    contested_minor__gte=0,
                    charged_back_minor__gte=0,
                    refunded_minor__lte=F("amount_minor"),
                )
                & Q(
                    refunding_minor__lte=F("amount_minor")
                    + F("over_refunding_minor")
                    - F("refunded_minor")
                    - F("contested_minor")
                    - F("charged_back_minor")
                ),
                name="payments_refunds_within_payment",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="payments_attempt_state"),
            models.CheckConstraint(
                condition=Q(surcharge_minor__gte=0, surcharge_minor__lt=F("amount_minor")),
                name="payments_surcharge_within_payment",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payments_attempt_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "-id"], name="payments_by_customer"),
            models.Index(fields=["business", "intent"], name="payments_by_intent"),
            models.Index(
                fields=["business", "gateway_ref"],
                condition=~Q(gateway_ref=""),
                name="payments_by_charge",
            ),
            models.Index(
                fields=["business", "next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="payments_to_check",
            ),
            models.Index(
                fields=["business", "finished_at"],
                condition=Q(state="returned"),
                name="payments_returned",
            ),
        ]


class Refund(BusinessRow):
    """One try to give back so much of one payment; its outside id is the key used there.

    `form_key` was born with the page's form; of a refund made at the gateway without us
    (`is_ours` false) it names that refund. One that does not go by itself has the `claim_url`
    where the payer fetches it. By hand (`method`) the business gives it back itself: by transfer
    with the `transfer_ref` in it, by which its bank's statement tells that it went. `unsent_times`
    counts how often a bank line was taken for it that was another's.
    """

    attempt = BusinessForeignKey(Attempt)
    state = models.CharField(max_length=20, default=RefundState.CREATED.value)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    form_key = models.CharField(max_length=170)
    is_ours = models.BooleanField()
    gateway_ref = models.CharField(max_length=120, blank=True)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_detail = models.CharField(max_length=300, blank=True)
    claim_url = models.CharField(max_length=500, blank=True, db_default="")
    method = models.CharField(max_length=20, blank=True, db_default="")
    transfer_ref = models.CharField(max_length=20, blank=True, db_default="")
    unsent_times = models.SmallIntegerField(db_default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    submitted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    checks = models.IntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "form_key"], name="payments_refund_form_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=REFUND_STATES), name="payments_refund_state"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payments_refund_positive"
            ),
            models.CheckConstraint(
                condition=Q(method__in=REFUND_METHODS), name="payments_refund_method"
            ),
            models.CheckConstraint(
                condition=Q(method="bank_transfer") ^ Q(transfer_ref=""),
                name="payments_refund_transfer_named",
            ),
            models.CheckConstraint(
                condition=Q(method="") | Q(is_ours=True, next_check_at__isnull=True),
                name="payments_refund_by_hand_asks_nobody",
            ),
            models.CheckConstraint(
                condition=Q(unsent_times=0) | Q(unsent_times__gt=0) & ~Q(method=""),
                name="payments_refund_unsent_by_hand",
            ),
            models.UniqueConstraint(
                fields=["business", "transfer_ref"],
                condition=~Q(transfer_ref=""),
                name="payments_refund_transfer_once",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "attempt"], name="payments_refund_of"),
            models.Index(
                fields=["business", "next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="payments_refund_to_check",
            ),
            models.Index(
                fields=["business", "finished_at"],
                condition=Q(state__in=["failed", "returned"], looked_at__isnull=True),
                name="payments_refund_failed",
            ),
            models.Index(
                fields=["business", "currency", "amount_minor"],
                condition=Q(method__in=["bank_transfer", "cheque"]),
                name="payments_refund_by_hand",
            ),
        ]


class Mandate(BusinessRow):
    """A payer's authority to debit a bank account, with the evidence of their consent.

    `reference` is the unique mandate reference that the payer is told and the key at the gateway;
    `source_ref` is what a later debit names there as its source; `text` is what they agreed to, in
    full, as it was shown. `name` is its owner's own word for the account. One that has ended here
    and has a next check is still to be ended at the gateway.
    """

    customer = BusinessForeignKey("customers.Customer")
    gateway_account = BusinessForeignKey(GatewayAccount)
    scheme = models.CharField(max_length=10)
    state = models.CharField(max_length=20, default=MandateState.CREATED.value)
    reference = models.CharField(max_length=35)
    gateway_ref = models.CharField(max_length=120, blank=True)
    source_ref = models.CharField(max_length=120, blank=True, db_default="")
    name = models.CharField(max_length=60, blank=True, db_default="")
    is_default = models.BooleanField(db_default=False)
    creditor_name = models.CharField(max_length=140)
    creditor_ref = models.CharField(max_length=35, blank=True)
    holder = SealedText(blank=True)
    country = models.CharField(max_length=2, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    text = SealedText()
    locale = models.CharField(max_length=10)
    accepted_at = models.DateTimeField()
    accepted_by = SealedText()
    is_for_once = models.BooleanField(db_default=False)  # by who may save nothing
    ip_address = SealedText(blank=True)
    user_agent = SealedText(blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=120, blank=True)
    checks = models.IntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "reference"], name="payments_mandate_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=MANDATE_STATES), name="payments_mandate_state"
            ),
            models.CheckConstraint(
                condition=is_sealed("holder")
                & is_sealed("text")
                & is_sealed("accepted_by")
                & is_sealed("ip_address")
                & is_sealed("user_agent"),
                name="payments_mandate_sealed",
            ),
            models.UniqueConstraint(
                fields=["business", "customer"],
                condition=Q(is_default=True),
                name="payments_one_default_mandate",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "-id"], name="payments_mandates_of"),
            models.Index(
                fields=["business", "next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="payments_mandates_to_check",
            ),
        ]


class Method(BusinessRow):
    """An instrument that a gateway keeps for a customer; what may be shown of it, and its name."""

    customer = BusinessForeignKey("customers.Customer")
    gateway_account = BusinessForeignKey(GatewayAccount)
    mandate = BusinessForeignKey(Mandate, null=True)
    kind = models.CharField(max_length=20)
    gateway_ref = models.CharField(max_length=120)
    name = models.CharField(max_length=60, blank=True)
    brand = models.CharField(max_length=30, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    exp_month = models.SmallIntegerField(null=True)
    exp_year = models.SmallIntegerField(null=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    used_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    expiry_told_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "gateway_account", "gateway_ref"], name="payments_method_once"
            ),
            models.UniqueConstraint(
                fields=["business", "customer"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="payments_one_default_method",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "customer", "-id"],
                condition=Q(removed_at__isnull=True),
                name="payments_methods_of",
            )
        ]


class Chargeback(BusinessRow):
    """The payer's bank takes a payment, or a part of it, back; `gateway_ref` names it there.

    `held_minor` is how much of its payment it is about, in the payment's currency; `taken_minor`
    what it took from the customer's side once it was lost. `problem` says what does not add up.
    """

    attempt = BusinessForeignKey(Attempt)
    state = models.CharField(max_length=20, default=ChargebackState.OPEN.value)
    gateway_ref = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(db_default=0)
    held_minor = models.BigIntegerField(db_default=0)
    taken_minor = models.BigIntegerField(db_default=0)
    reason_code = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=30, blank=True, db_default="")
    opened_at = models.DateTimeField()
    evidence_due_at = models.DateTimeField(null=True)
    evidence_text = SealedText(blank=True, db_default="")
    evidence_by = models.CharField(max_length=120, blank=True, db_default="")
    evidence_sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "attempt", "gateway_ref"], name="payments_chargeback_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CHARGEBACK_STATES), name="payments_chargeback_state"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0, taken_minor__gte=0)
                & Q(taken_minor__lte=F("held_minor")),
                name="payments_chargeback_positive",
            ),
            models.CheckConstraint(
                condition=is_sealed("evidence_text"), name="payments_chargeback_sealed"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "attempt"], name="payments_chargebacks_of"),
            models.Index(
                fields=["business", "evidence_due_at"],
                condition=Q(state__in=["open", "answered"]),
                name="payments_chargebacks_open",
            ),
            models.Index(
                fields=["business", "decided_at"],
                condition=Q(state="lost", looked_at__isnull=True),
                name="payments_chargebacks_lost",
            ),
        ]


class Evidence(BusinessRow):
    """One file of the answer to a chargeback; its bytes are in the file store."""

    chargeback = BusinessForeignKey(Chargeback)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "chargeback", "sha256"], name="payments_evidence_once"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="payments_evidence_not_empty"),
        ]


class GatewayEvent(BusinessRow):
    """One event as it arrived, stored once, before anything acts on it; then when it was acted on.

    `settled` says what it came to: the attempt it concerned, or why it was set aside.
    """

    gateway_account = BusinessForeignKey(GatewayAccount)
    ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    body = SealedText()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "gateway_account", "ref"], name="payments_event_once"
            ),
            models.CheckConstraint(condition=is_sealed("body"), name="payments_event_sealed"),
        ]
        indexes = [
            models.Index(
                fields=["business", "received_at"],
                condition=Q(handled_at__isnull=True),
                name="payments_event_waiting",
            ),
            models.Index(
                fields=["business", "received_at"],
                condition=Q(remark__startswith="unplaced"),
                name="payments_event_aside",
            ),
        ]
