"""Customers and contacts."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from counterfoil.infra.rows import BusinessForeignKey, BusinessRow


class Customer(BusinessRow):
    """A person or company that owes: name, address, language, zone, usual currency."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    locale = models.CharField(max_length=10)
    timezone = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    tax_id = models.CharField(max_length=40, blank=True)
    address = models.JSONField(default=dict)
    external_ref = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "external_ref"],
                condition=~Q(external_ref=""),
                name="customers_external_ref_once",
            )
        ]
        indexes = [models.Index(fields=["business", "name", "id"], name="customers_by_name")]


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
