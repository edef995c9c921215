"""The plumbing's tables: events that happened, transitions, idempotent requests, counters, and
where the database lives."""

from django.db import models

from counterfoil.infra.rows import BusinessRow
from counterfoil.infra.secrets.fields import SealedText, is_sealed


class Event(BusinessRow):
    """Something that happened, written in the transaction that made it true (the outbox).

    `tx` is the writing transaction: readers stop before the oldest one still open, so that a
    cursor over (tx, id) never skips an event that commits late.
    """

    kind = models.CharField(max_length=60)
    body = models.JSONField()
    happened_at = models.DateTimeField()
    tx = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["business", "tx", "id"], name="infra_event_order")]


class Transition(BusinessRow):
    """One move of one object through its state machine; append-only."""

    machine = models.CharField(max_length=40)
    object_id = models.UUIDField()
    seq = models.IntegerField()
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "machine", "object_id", "seq"], name="infra_transition_seq"
            )
        ]
        indexes = [
            models.Index(
                fields=["business", "actor", "-at"],
                condition=models.Q(actor__startswith="staff:"),
                name="infra_moves_of_staff",
            )
        ]


class IdempotentRequest(BusinessRow):
    """A POST that was asked for under a key, and its stored answer once there is one."""

    key = models.CharField(max_length=255)
    principal = models.CharField(max_length=120)
    fingerprint = SealedText()
    status = models.IntegerField(null=True)
    answer = SealedText(blank=True)  # until there is one: the id of what was made
    started_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "principal", "key"], name="infra_idempotent_key"
            ),
            models.CheckConstraint(
                condition=models.Q(status__isnull=True) | is_sealed("answer"),
                name="infra_idempotent_sealed",
            ),
            models.CheckConstraint(
                condition=is_sealed("fingerprint"), name="infra_idempotent_asked_sealed"
            ),
        ]


class RateCounter(models.Model):
    """How often a door was knocked on by one caller in one window (global, unlogged)."""

    key = models.CharField(max_length=200, primary_key=True)
    window_start = models.DateTimeField()
    count = models.IntegerField()


class Home(models.Model):
    """The one row that says where this database lives (global): see `infra.postgres.home`."""

    id = models.SmallIntegerField(primary_key=True)
    system = models.BigIntegerField()
    timeline = models.CharField(max_length=8)
    database = models.BigIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="infra_home_one")]
