"""Rendered documents: made once, stored, found again by what they show."""

from django.db import models

from counterfoil.infra.rows import BusinessRow


class StoredDocument(BusinessRow):
    """One rendered file: its source, language and SHA-256; the bytes lie in the file store."""

    kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    locale = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "source_id", "locale"], name="documents_once"
            )
        ]
