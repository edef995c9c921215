"""Users, memberships, keys and links. Keys and links are stored as hashes and are global, because
they lead from a secret to the business (`house` rule: directory tables)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from counterfoil.infra.registry import load
from counterfoil.infra.rows import BusinessRow
from counterfoil.kernel.ids import new_id


class User(AbstractBaseUser):
    """A sign-in: one person, for any number of customers and businesses."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager["User"]()


class Membership(BusinessRow):
    """A member of staff of one business, with one role."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "user"], name="identity_member_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "finance", "readonly"]),
                name="identity_member_role",
            ),
        ]


class ApiKey(models.Model):
    """A key of one business: only its SHA-256 is kept, and its first characters to tell it by."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey("business.Business", models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class GuestLink(models.Model):
    """A link that opens one invoice only, or, without one, what the customer owes at the moment:
    hash of its secret (of an invoice's own address: its mark), expiry, revocation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey("business.Business", models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invoice_id = models.UUIDField(null=True)
    customer_id = models.UUIDField()
    sent_to = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["business", "invoice_id"], name="identity_link_invoice"),
            models.Index(
                fields=["business", "customer_id"],
                condition=models.Q(invoice_id__isnull=True),
                name="identity_link_balance",
            ),
        ]


class Session(AbstractBaseSession):
    """A session, with the user it belongs to beside it, so that one query reads both."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that reads and writes these rows."""
        return load("counterfoil.domain.identity.sessions.SessionStore")
