"""Registers the receivables tables."""

from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    """Open items, claims, allocations."""

    name = "counterfoil.domain.receivables"
    label = "receivables"
