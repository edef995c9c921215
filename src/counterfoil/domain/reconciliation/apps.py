"""Registers the reconciliation tables."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Bank lines."""

    name = "counterfoil.domain.reconciliation"
    label = "reconciliation"
