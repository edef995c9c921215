"""Registers the documents tables."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Rendered documents."""

    name = "counterfoil.domain.documents"
    label = "documents"
