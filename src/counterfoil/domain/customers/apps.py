"""Registers the customers tables."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Who owes."""

    name = "counterfoil.domain.customers"
    label = "customers"
