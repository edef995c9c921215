"""Registers the tables of arrangements."""

from django.apps import AppConfig


class ArrangementsConfig(AppConfig):
    """Planned payments."""

    name = "counterfoil.domain.arrangements"
    label = "arrangements"
