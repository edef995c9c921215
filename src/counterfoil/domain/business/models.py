"""The business itself and the host names at which its portal answers (both global)."""

from django.db import models

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
    bank_details = models.TextField(blank=True)
    locale = models.CharField(max_length=10, default="en")
    timezone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3)
    accent = models.CharField(max_length=7, default="#0f5c4c")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)
    brand_version = models.IntegerField(default=1)
    created_at = models.DateTimeField()


class HostName(models.Model):
    """A host (with its port, if it is not the usual one) at which one business answers."""

    host = models.CharField(max_length=255, primary_key=True)
    business = models.ForeignKey(Business, models.CASCADE, related_name="hosts")
