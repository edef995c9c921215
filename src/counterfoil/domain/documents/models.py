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


class Printing(BusinessRow):
    """One file as it was handed out: its SHA-256, and the hash of the code that it carries (none
    before there were codes). This list only grows, whatever became of the stored file."""

    kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    locale = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "source_id", "locale", "sha256"],
                name="documents_printed_once",
            )
        ]
        indexes = [
            models.Index(fields=["business", "code_hash"], name="documents_by_code"),
            models.Index(fields=["business", "sha256"], name="documents_by_file"),
        ]
