"""Registers the tables of personal data's own affairs."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Personal data."""

    name = "counterfoil.domain.privacy"
    label = "privacy"
