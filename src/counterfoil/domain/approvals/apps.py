"""Registers the table of approvals."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Requests that wait for a second person."""

    name = "counterfoil.domain.approvals"
    label = "approvals"
