"""Planned payments: a day, a method, and so much of which invoices."""

from django.db import models
from django.db.models import Q

from counterfoil.domain.arrangements.states import ScheduleState
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow

STATES = [state.value for state in ScheduleState]


class ScheduledPayment(BusinessRow):
    """A payment that is charged once, on `pay_date` in `timezone`, by a saved method or a mandate.

    `runs_at` is the moment when that day's charge begins; `claimed_at` when somebody took it up,
    `tries` how often. `told_at` is when the customer was told of it the day before.
    """

    customer = BusinessForeignKey("customers.Customer")
    method = BusinessForeignKey("payments.Method", null=True)
    mandate = BusinessForeignKey("payments.Mandate", null=True)
    state = models.CharField(max_length=20, default=ScheduleState.PLANNED.value)
    currency = models.CharField(max_length=3)
    pay_date = models.DateField()
    timezone = models.CharField(max_length=60)
    runs_at = models.DateTimeField()
    form_key = models.CharField(max_length=80)
    payer = models.CharField(max_length=200)
    locale = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    told_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    attempt = BusinessForeignKey("payments.Attempt", null=True)
    charged_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=30, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "form_key"], name="arrangements_schedule_form_once"
            ),
            models.UniqueConstraint(
                fields=["business", "attempt"], name="arrangements_one_attempt_a_schedule"
            ),
            models.CheckConstraint(
                condition=Q(state__in=STATES), name="arrangements_schedule_state"
            ),
            models.CheckConstraint(
                condition=Q(method__isnull=False, mandate__isnull=True)
                | Q(method__isnull=True, mandate__isnull=False),
                name="arrangements_schedule_one_way",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "-id"], name="arrangements_of_customer"),
            models.Index(
                fields=["business", "runs_at"],
                condition=Q(state__in=["planned", "charging"]),
                name="arrangements_to_run",
            ),
        ]


class SchedulePart(BusinessRow):
    """So much of one invoice; an invoice is in one live plan at most."""

    schedule = BusinessForeignKey(ScheduledPayment)
    invoice = BusinessForeignKey("receivables.OpenItem")
    amount_minor = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "invoice"],
                condition=Q(ended_at__isnull=True),
                name="arrangements_one_live_schedule",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="arrangements_part_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "schedule"], name="arrangements_parts_of"),
        ]
