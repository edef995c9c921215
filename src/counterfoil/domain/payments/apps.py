"""Registers the payments tables."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Intents, attempts, gateway accounts."""

    name = "counterfoil.domain.payments"
    label = "payments"
