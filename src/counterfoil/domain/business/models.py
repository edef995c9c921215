"""The business itself and the host names at which its portal answers (both global), and the bank
accounts that are its own (its rows)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from counterfoil.infra.rows import BusinessRow
from counterfoil.kernel.ids import new_id


class Business(models.Model):
    """Whose books these are: who issues, how it looks, and what it uses by default."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.JSONField(default=dict)
    tax_id = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    locale = models.CharField(max_length=10, default="en")
    timezone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3)
    accent = models.CharField(max_length=7, default="#0f5c4c")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)
    brand_version = models.IntegerField(default=1)
    part_floor = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))
    step_up_over = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(5000), db_default=Decimal(5000)
    )
    takes_prepayments = models.BooleanField(default=False)
    applies_credit = models.BooleanField(default=True)
    debit_schemes = models.JSONField(  # `DebitScheme`s that payers are offered
        default=list, db_default=models.Value([], models.JSONField())
    )
    creditor_ref = models.CharField(max_length=35, blank=True, db_default="")  # of SEPA debits
    bacs_number = models.CharField(max_length=6, blank=True, db_default="")
    schedule_days_max = models.SmallIntegerField(  # how far ahead payers may plan; 0: not at all
        default=60, db_default=60
    )
    surcharges = models.JSONField(  # what paying one way costs on top, by method kind
        default=dict, db_default=models.Value({}, models.JSONField())
    )
    mails_seals = models.BooleanField(default=True, db_default=True)  # of the trail, once a day
    takes_registrations = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()


class BankAccount(BusinessRow):
    """One account of the business at a bank: an IBAN, or any other number; customers are shown
    those that are in use."""

    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34, blank=True)
    number = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    bank_name = models.CharField(max_length=70, blank=True)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "iban", "number", "currency"], name="business_bank_account_once"
            ),
            models.CheckConstraint(
                condition=Q(iban="", number__gt="") | Q(iban__gt="", number=""),
                name="business_bank_account_named",
            ),
        ]


class HostName(models.Model):
    """A host (with its port, if it is not the usual one) at which one business answers: to
    customers, to staff, or to both; links name the main one."""

    host = models.CharField(max_length=255, primary_key=True)
    business = models.ForeignKey(Business, models.CASCADE, related_name="hosts")
    door = models.CharField(max_length=10, default="both", db_default="both")
    is_main = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(door__in=["both", "portal", "staff"]), name="business_hostname_door"
            ),
            models.CheckConstraint(
                condition=Q(is_main=False) | ~Q(door="staff"), name="business_hostname_main_is_seen"
            ),
            models.UniqueConstraint(
                fields=["business"], condition=Q(is_main=True), name="business_one_main_host"
            ),
        ]
