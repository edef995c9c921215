"""Reads of stored documents."""

import logging
from dataclasses import replace
from uuid import UUID

from counterfoil.domain.documents.codes import hash_of, plain_code
from counterfoil.domain.documents.rows import DocumentKey, PrintedRow, StoredRow
from counterfoil.infra import files
from counterfoil.infra.secrets.box import SealBroken
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId, encode

STORED = Statement(__package__, "stored_document", StoredRow)
PRINTED = Statement(__package__, "printed_document", PrintedRow)
_log = logging.getLogger(__name__)


def stored(business_id: BusinessId, key: DocumentKey) -> StoredRow | None:
    """The row of a document that was made before."""
    return STORED.first(
        business_id=business_id, kind=key.kind, source_id=key.source_id, locale=key.locale
    )


def content_of(row: StoredRow) -> bytes | None:
    """The stored bytes, if they are there and unchanged; a changed file is an error that is
    logged, and is never served. No database is asked."""
    try:
        content = files.read(row.path)
    except SealBroken:
        content = b""
    if content is None:
        _log.warning("stored document %s is missing and is made anew", row.path)
        return None
    if files.sha256(content) != row.sha256:
        _log.error("stored document %s was changed outside and is made anew", row.path)
        return None
    return content


def document_of_code(business_id: BusinessId, code: str) -> PrintedRow | None:
    """The document that carries this code, as somebody typed it; whoever asks has to be slowed
    down (`infra.limits`)."""
    return printed(business_id, code=code, sha256="") if plain_code(code) else None


def printed(business_id: BusinessId, *, code: str, sha256: str) -> PrintedRow | None:
    """The document of a code (if one is given), else that of a file by its SHA-256 in hex. One
    statement whatever is asked, so that the time tells nothing."""
    row = PRINTED.first(
        business_id=business_id, has_code=bool(code), code_hash=hash_of(code), sha256=sha256
    )
    if row is None or row.kind != "receipt":
        return row
    return replace(row, number=encode("pay", UUID(row.number)))
