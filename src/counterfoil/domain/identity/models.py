"""Users, memberships, keys and links. Keys and links are stored as hashes and are global, because
they lead from a secret to the business (`house` rule: directory tables)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from counterfoil.infra.registry import load
from counterfoil.infra.rows import BusinessForeignKey, BusinessRow
from counterfoil.infra.secrets.fields import SealedField, SealedText, is_sealed
from counterfoil.kernel.ids import new_id

OWN = "own"  # the role is one of the business's own
ONE_ROLE = models.Q(
    role__in=["owner", "finance", "collector", "support", "readonly"], own_role__isnull=True
) | models.Q(role=OWN, own_role__isnull=False)


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


class StaffRole(BusinessRow):
    """A role of the business's own: a name, and the rights that it gives (`roles.Right`)."""

    name = models.CharField(max_length=60)
    rights = ArrayField(models.CharField(max_length=30))
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("business", Lower("name"), name="identity_role_once")
        ]


class Membership(BusinessRow):
    """A member of staff of one business, with one role: a preset, or one of the business's own.
    With `tags`, they see customers that carry one of these only. Who left keeps their row, for
    history names them."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    own_role = BusinessForeignKey(StaffRole, null=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "user"], name="identity_member_once"),
            models.CheckConstraint(condition=ONE_ROLE, name="identity_member_role"),
        ]


class RoleLimit(BusinessRow):
    """Up to how much somebody with a role does a thing alone; without a role, up to how much
    anybody does."""

    preset = models.CharField(max_length=20, blank=True)
    own_role = BusinessForeignKey(StaffRole, null=True)
    act = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    up_to_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "preset", "own_role", "act", "currency"],
                nulls_distinct=False,
                name="identity_limit_once",
            ),
            models.CheckConstraint(
                condition=models.Q(preset="") | models.Q(own_role__isnull=True),
                name="identity_limit_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(up_to_minor__gte=0), name="identity_limit_not_negative"
            ),
        ]


class Invitation(BusinessRow):
    """Somebody was asked by mail to work for the business; the secret of the link is made from this
    row's id whenever it is needed, and not kept."""

    email = models.EmailField()
    role = models.CharField(max_length=20)
    own_role = BusinessForeignKey(StaffRole, null=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    inviter_id = models.UUIDField()
    invited_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_ROLE, name="identity_invitation_role"),
            models.UniqueConstraint(
                "business",
                Lower("email"),
                condition=models.Q(taken_at__isnull=True, withdrawn_at__isnull=True),
                name="identity_invitation_open_once",
            ),
        ]


class ApiKey(models.Model):
    """A key of one business: only its SHA-256 is kept, and its first characters to tell it by.
    After a rotation the old secret works until `old_until`, so that both are in use meanwhile."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey("business.Business", models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=30), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    old_hash = models.CharField(max_length=64, null=True, unique=True)
    old_until = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class GuestLink(models.Model):
    """A link that opens one invoice only, or, without one, what the customer owes at the moment:
    hash of its secret (of an invoice's own address: its mark), expiry, revocation; and since when
    nobody can pay by it, though it still shows what it opens."""

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
    pay_locked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["business", "invoice_id"], name="identity_link_invoice"),
            models.Index(
                fields=["business", "customer_id"],
                condition=models.Q(invoice_id__isnull=True),
                name="identity_link_balance",
            ),
        ]


class Device(models.Model):
    """A browser that somebody signed in with: known again by its cookie, of which the hash is kept.

    `proved_at` says when more than a password was shown on it, or a card typed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "mark"], name="identity_device_once"),
        ]


class Phone(models.Model):
    """The mobile number of a sign-in, proved by a code that was sent there: only proved ones are
    kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    number = SealedText()
    proved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_sealed("number"), name="identity_phone_sealed")
        ]


class Session(AbstractBaseSession):
    """A session, with the user it belongs to beside it, so that one query reads both; and, for the
    user to tell it by, where it was opened, from which device, and when it was used last."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+")
    business_id = models.UUIDField(null=True)
    door = models.CharField(max_length=10, blank=True)  # portal, staff
    origin = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that reads and writes these rows."""
        return load("counterfoil.domain.identity.sessions.SessionStore")


class SignOn(BusinessRow):
    """A connection to a sign-in provider: of one customer company, or (without one) of the
    business's own staff."""

    kind = models.CharField(max_length=10)
    customer = BusinessForeignKey("customers.Customer", null=True)
    name = models.CharField(max_length=60)
    settings = models.JSONField(default=dict)
    secrets = SealedField()
    role = models.CharField(max_length=20, blank=True)
    rights = models.JSONField(default=list)
    makes_people = models.BooleanField(default=True)
    brings_back = models.BooleanField(default=False)
    is_required = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=False)
    covers_second_factor = models.BooleanField(default=True)
    strong_contexts = models.JSONField(default=list)
    vouches_for_mail = models.BooleanField(default=False)
    allows_unasked = models.BooleanField(default=False)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["oidc", "saml"]), name="identity_signon_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=True, role__gt="")
                | models.Q(customer__isnull=False, role=""),
                name="identity_signon_role",
            ),
        ]


class SignOnDomain(BusinessRow):
    """A mail domain whose people sign in through a connection, by the word of the business."""

    sign_on = BusinessForeignKey(SignOn)
    domain = models.CharField(max_length=253)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "domain"], name="identity_signon_domain_once"
            ),
        ]


class Presence(models.Model):
    """A person has proved to be themselves at a business: what leads them from one to another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    business = models.ForeignKey("business.Business", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "business"], name="identity_presence_once"),
        ]


class HandOver(models.Model):
    """A person who is signed in at one business goes on to another: a secret (kept as a hash) that
    is good once, for a minute, for that person and that business."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    to_business = models.ForeignKey("business.Business", models.CASCADE, related_name="+")
    origin = models.CharField(max_length=300)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
