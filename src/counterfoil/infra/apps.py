"""Registers the plumbing's own tables: outbox, transitions, idempotent requests, limits."""

from django.apps import AppConfig


class InfraConfig(AppConfig):
    """Plumbing."""

    name = "counterfoil.infra"
    label = "infra"
