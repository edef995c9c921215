"""Registers the trail's tables."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The trail."""

    name = "counterfoil.domain.audit"
    label = "audit"
