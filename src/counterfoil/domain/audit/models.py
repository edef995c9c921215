"""What was changed, by whom and from where; and the seals over everything that may not change."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from counterfoil.infra.rows import BusinessForeignKey, BusinessRow


class Record(BusinessRow):
    """One change of one row: written by the trigger `watched` in the transaction of the change.

    `digest` is over the values, which stand in `RecordValues`: no name and no value is sealed.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    origin = models.CharField(max_length=45)
    source = models.CharField(max_length=63)
    verb = models.CharField(max_length=10)
    object_id = models.UUIDField(null=True)
    changed = ArrayField(models.CharField(max_length=63))
    digest = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["business", "object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["business", "actor", "-id"], name="audit_by_actor"),
        ]


class RecordValues(BusinessRow):
    """What was changed, as people call it, and what was made of what: without secrets; `id` is the
    record's. The facts of a note stand here, too.

    Of a sealed text `before` and `after` hold the mark, which the digest is over; the sealed texts
    themselves stand in `boxes`, `{"before": {column: text}, "after": …}`, bound to the place of the
    row that the record is about. A new key changes `boxes` alone.
    """

    salt = models.UUIDField()
    called = models.TextField()
    before = models.JSONField()
    after = models.JSONField()
    boxes = models.JSONField(null=True)


class ErasedValues(BusinessRow):
    """That the values of a record or note were erased, by whom and why; written by the function
    `audit_erase_values` alone."""

    record_id = models.UUIDField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    why = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "record_id"], name="audit_erased_once")
        ]


class Note(BusinessRow):
    """Something that happened and changed no watched row: a sign-in, a look, a refusal.

    `once` is the time in which the same is noted once. `digest` is over the facts, which stand in
    `RecordValues` under this id, as the values of changes do.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    origin = models.CharField(max_length=45)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=120)
    customer_id = models.UUIDField(null=True)
    once = models.CharField(max_length=20, null=True)
    digest = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "once", "actor", "kind", "subject"], name="audit_note_once"
            )
        ]
        indexes = [
            models.Index(fields=["business", "subject", "-id"], name="audit_note_subject"),
            models.Index(fields=["business", "customer_id", "-id"], name="audit_note_customer"),
            models.Index(fields=["business", "actor", "-id"], name="audit_note_actor"),
        ]


class Shape(BusinessRow):
    """The columns of each sealed table at one time: a column that comes later is not read when an
    old leaf is computed again."""

    columns = models.JSONField()
    made_at = models.DateTimeField()


class Seal(BusinessRow):
    """One batch: the Merkle root over its leaves, and a head over that and the head before it."""

    number = models.IntegerField()
    shape = BusinessForeignKey(Shape)
    count = models.IntegerField()
    root = models.BinaryField()
    head = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "number"], name="audit_seal_number"),
            models.CheckConstraint(condition=models.Q(count__gt=0), name="audit_seal_of_something"),
        ]


class Leaf(BusinessRow):
    """The hash of one row at its place in the batch; `id` is the row's own, so that no row is
    sealed twice."""

    seal = BusinessForeignKey(Seal)
    position = models.IntegerField()
    source = models.CharField(max_length=63)
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "seal", "position"], name="audit_leaf_once")
        ]
