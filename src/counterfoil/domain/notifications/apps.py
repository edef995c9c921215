"""Registers the notifications tables."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Messages and their delivery."""

    name = "counterfoil.domain.notifications"
    label = "notifications"
