"""Registers the business tables."""

from django.apps import AppConfig


class BusinessConfig(AppConfig):
    """The businesses whose books these are."""

    name = "counterfoil.domain.business"
    label = "business"
