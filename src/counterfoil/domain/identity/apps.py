"""Registers the identity tables."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Sign-ins, memberships, keys and links."""

    name = "counterfoil.domain.identity"
    label = "identity"
