"""Gateway accounts, intents, attempts, refunds, and the inbox of what gateways pushed."""

from django.db import models
from django.db.models import F, Q

from counterfoil.domain.payments.states import AttemptState, RefundState
from counterfoil.infra.fields import SealedField
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow

STATES = [state.value for state in AttemptState]
REFUND_STATES = [state.value for state in RefundState]


class GatewayAccount(BusinessRow):
    """Our account at a gateway: `kind` names the adapter, secrets are sealed."""

    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    secrets = SealedField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


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

    `refunding_minor` is what open refunds mean to give back, `refunded_minor` what succeeded ones
    gave. Both together stay within the amount; `over_refunding_minor` is what the gateway's own
    word brought above it (a refund made over there while ours was open).
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
    failure_code = models.CharField(max_length=40, blank=True)
    failure_detail = models.CharField(max_length=300, blank=True)
    step_url = models.TextField(blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    checks = models.IntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    refunding_minor = models.BigIntegerField(db_default=0)
    refunded_minor = models.BigIntegerField(db_default=0)
    over_refunding_minor = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    refunding_minor__gte=0,
                    refunded_minor__gte=0,
                    over_refunding_minor__gte=0,
                    refunded_minor__lte=F("amount_minor"),
                )
                & Q(
                    refunding_minor__lte=F("amount_minor")
                    + F("over_refunding_minor")
                    - F("refunded_minor")
                ),
                name="payments_refunds_within_payment",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="payments_attempt_state"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payments_attempt_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "-id"], name="payments_by_customer"),
            models.Index(fields=["business", "-id"], name="payments_newest"),
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
        ]


class Refund(BusinessRow):
    """One try to give back so much of one payment; its outside id is the key used there.

    `form_key` was born with the page's form; of a refund made at the gateway without us
    (`is_ours` false) it names that refund.
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
        ]


class GatewayEvent(BusinessRow):
    """One event as it arrived, stored once, before anything acts on it; then when it was acted on.

    `settled` says what it came to: the attempt it concerned, or why it was set aside.
    """

    gateway_account = BusinessForeignKey(GatewayAccount)
    ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    body = models.TextField()
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "gateway_account", "ref"], name="payments_event_once"
            )
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
