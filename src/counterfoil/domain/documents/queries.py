"""Reads of stored documents."""

import logging

from counterfoil.domain.documents.rows import DocumentKey, StoredRow
from counterfoil.infra import files
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

STORED = Statement(__package__, "stored_document", StoredRow)
_log = logging.getLogger(__name__)


def stored(business_id: BusinessId, key: DocumentKey) -> StoredRow | None:
    """The row of a document that was made before."""
    return STORED.first(
        business_id=business_id, kind=key.kind, source_id=key.source_id, locale=key.locale
    )


def content_of(row: StoredRow) -> bytes | None:
    """The stored bytes, if they are there and unchanged; a changed file is an error that is
    logged, and is never served. No database is asked."""
    content = files.read(row.path)
    if content is None:
        _log.warning("stored document %s is missing and is made anew", row.path)
        return None
    if files.sha256(content) != row.sha256:
        _log.error("stored document %s was changed outside and is made anew", row.path)
        return None
    return content
