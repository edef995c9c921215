"""Registers the ledger tables."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The books."""

    name = "counterfoil.domain.ledger"
    label = "ledger"
