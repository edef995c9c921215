"""Registers the billing tables."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Issued documents."""

    name = "counterfoil.domain.billing"
    label = "billing"
