"""Copies of personal data that were asked for, erasures, and how long a business keeps what."""

from django.db import models
from django.db.models import Q

from counterfoil.infra.rows import BusinessForeignKey, BusinessRow


class Copy(BusinessRow):
    """A copy of what is held on a person (`contact_id`) or, without one, on a whole customer. Its
    file lies sealed in the file store until it expires."""

    customer = BusinessForeignKey("customers.Customer")
    contact_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, expires_at__isnull=True, size__isnull=True)
                | Q(made_at__isnull=False, expires_at__isnull=False, size__isnull=False),
                name="privacy_copy_made_whole",
            ),
        ]
        indexes = [models.Index(fields=["business", "customer", "-id"], name="privacy_copies_of")]


class Erasure(BusinessRow):
    """Somebody asked that a person (`contact_id`) or, without one, a whole customer be forgotten;
    then staff erased, or declined with a reason. `figures` says how much went, by table."""

    customer = BusinessForeignKey("customers.Customer")
    contact_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    erased_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "customer", "contact_id"],
                condition=Q(erased_at__isnull=True, declined_at__isnull=True),
                nulls_distinct=False,
                name="privacy_one_open_erasure",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(declined_at__isnull=True),
                name="privacy_erasure_one_end",
            ),
        ]
        indexes = [models.Index(fields=["business", "customer", "-id"], name="privacy_erasures_of")]


class Retention(BusinessRow):
    """For how many days a business keeps what may go, by rule; a rule that is not named is at its
    own default."""

    days = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business"], name="privacy_one_retention"),
        ]
