"""Messages and their delivery state."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from counterfoil.domain.notifications.states import AlarmKind, MessageState
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow
from counterfoil.infra.secrets.fields import SealedText, is_sealed

STATES = [state.value for state in MessageState]


class Message(BusinessRow):
    """One mail to one address for one cause: `cause` is unique per address, so the same cause
    never writes twice."""

    cause = models.CharField(max_length=120)
    template = models.CharField(max_length=40)
    about_kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
    customer = BusinessForeignKey("customers.Customer")
    recipient = models.EmailField()
    locale = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    text = SealedText()
    html = SealedText()
    message_ref = models.CharField(max_length=200)
    asks_for_money = models.BooleanField()
    state = models.CharField(max_length=20, default=MessageState.QUEUED.value)
    tries = models.IntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="notifications_state"),
            models.CheckConstraint(
                condition=is_sealed("text") & is_sealed("html"), name="notifications_sealed"
            ),
            models.UniqueConstraint(
                "business", "cause", Lower("recipient"), name="notifications_once_per_cause"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "about_kind", "about_id"], name="notifications_about"),
            models.Index(
                fields=["business", "created_at"],
                condition=~Q(state=MessageState.SENT.value),
                name="notifications_unsent",
            ),
        ]


class Alarm(BusinessRow):
    """Something that looks like an attack, or that a person has to know at once: the same again is
    counted, until a member of staff has looked at it."""

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True)
    times = models.IntegerField(db_default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    looked_by = models.CharField(max_length=120, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "subject"],
                condition=Q(looked_at__isnull=True),
                name="notifications_alarm_open_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AlarmKind]),
                name="notifications_alarm_kind",
            ),
        ]
