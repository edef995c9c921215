"""Requests that wait for the word of a second person."""

from django.db import models
from django.db.models import F, Q

from counterfoil.domain.approvals.states import ApprovalState
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow

STATES = [state.value for state in ApprovalState]
OPEN = [ApprovalState.REQUESTED.value, ApprovalState.APPROVED.value]
DECIDED = ["approved", "carried_out", "failed", "refused"]


class Approval(BusinessRow):
    """One wish of a member of staff, word for word (`command`), and what a second one said of it.

    `counted_minor` is what its limits were compared with: its amount, and what the same payment or
    invoice has had before."""

    state = models.CharField(max_length=20, default=ApprovalState.REQUESTED.value)
    act = models.CharField(max_length=20)
    about_kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
    customer = BusinessForeignKey("customers.Customer", null=True)
    called = models.CharField(max_length=250)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField()
    counted_minor = models.BigIntegerField()
    command = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    form_key = models.CharField(max_length=100)
    asked_by = models.ForeignKey("identity.User", models.PROTECT, related_name="+")
    asked_name = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="approvals_state"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="approvals_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | Q(decided_by__isnull=False),
                name="approvals_decided_by_somebody",
            ),
            models.UniqueConstraint(fields=["business", "form_key"], name="approvals_form_once"),
            models.UniqueConstraint(
                fields=["business", "act", "about_id"],
                condition=Q(state__in=OPEN),
                name="approvals_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "expires_at"],
                condition=Q(state__in=OPEN),
                name="approvals_waiting",
            ),
            models.Index(fields=["business", "about_id"], name="approvals_about"),
        ]
