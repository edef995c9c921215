"""Customers, their contacts, who is to become one, and who used a link to their invoices."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Lower, Right

from counterfoil.infra.rows import BusinessForeignKey, BusinessRow
from counterfoil.infra.secrets.fields import SealedJson, SealedText, is_sealed


class Customer(BusinessRow):
    """A person or company that owes: name, address, language, zone, usual currency."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = SealedText(blank=True)
    locale = models.CharField(max_length=10)
    timezone = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    tax_id = SealedText(blank=True)
    address = SealedJson(blank=True)
    external_ref = models.CharField(max_length=120, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "external_ref"],
                condition=~Q(external_ref=""),
                name="customers_external_ref_once",
            ),
            models.CheckConstraint(
                condition=is_sealed("phone") & is_sealed("tax_id") & is_sealed("address"),
                name="customers_sealed",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "name", "id"], name="customers_by_name"),
            models.Index(fields=["business", "id"], condition=~Q(tags=[]), name="customers_tagged"),
            models.Index(
                "business",
                Right(Cast("id", models.TextField()), 17),
                name="customers_by_transfer",  # what their references on transfers are made of
            ),
        ]


class Contact(BusinessRow):
    """A person at the customer: which mails they get is apart from what they may do."""

    customer = BusinessForeignKey(Customer)
    user = models.ForeignKey("identity.User", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    locale = models.CharField(max_length=10, blank=True)
    gets_invoices = models.BooleanField(default=True)
    gets_receipts = models.BooleanField(default=True)
    may_sign_in = models.BooleanField(default=True)
    rights = models.JSONField()  # `ContactRight`s; one at least
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "business", "customer", Lower("email"), name="customers_contact_once"
            )
        ]
        indexes = [
            models.Index("business", Lower("email"), name="customers_contact_email"),
            models.Index(fields=["business", "user"], name="customers_contact_user"),
        ]


class Invitation(BusinessRow):
    """Somebody who was asked to become a contact, and has not yet. Its secret is an HMAC over the
    row and `sends`, so the link of an earlier mail opens nothing once it is sent again."""

    customer = BusinessForeignKey(Customer)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    locale = models.CharField(max_length=10)
    rights = models.JSONField()
    gets_invoices = models.BooleanField()
    gets_receipts = models.BooleanField()
    invited_by = models.CharField(max_length=120)
    inviter = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sends = models.SmallIntegerField(default=1)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "business",
                "customer",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="customers_one_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="customers_invitation_one_end",
            ),
        ]


class Registration(BusinessRow):
    """Somebody with a proved mail address who asks to see a customer's invoices, and could not
    prove more; staff decide, and for which customer."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=80)
    customer = BusinessForeignKey(Customer, null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "business",
                Lower("email"),
                condition=Q(decided_at__isnull=True),
                name="customers_one_open_registration",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(decided_at__isnull=False),
                name="customers_registration_decided",
            ),
        ]


class LinkUse(BusinessRow):
    """Who used a guest link on one day: from where, with which device, and how often."""

    customer = BusinessForeignKey(Customer)
    link_id = models.UUIDField()
    day = models.DateField()
    origin = models.CharField(max_length=45)
    device = models.CharField(max_length=300)
    opened_count = models.IntegerField(default=0)
    paid_count = models.IntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "link_id", "day", "origin", "device"],
                name="customers_link_use_once",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "-last_at"], name="customers_link_uses"),
        ]
