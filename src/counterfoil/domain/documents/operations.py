"""The only writer of stored documents: made once, kept, and put right when a file was lost."""

from datetime import datetime

from counterfoil.domain.documents.codes import code_of, hash_of
from counterfoil.domain.documents.queries import content_of
from counterfoil.domain.documents.rows import DocumentKey, StoredRow
from counterfoil.infra import files
from counterfoil.infra.db import execute, operation
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId, new_id

LOCK = Statement(__package__, "lock_document", StoredRow)


@operation
def keep(business_id: BusinessId, key: DocumentKey, content: bytes, *, at: datetime) -> bytes:
    """Stores a document that was just made, and returns the bytes to hand out.

    Whoever comes second waits for the first and gets the first one's bytes, so that everybody
    holds the same file. A stored file that is missing or changed is replaced by `content`.
    The file is on the disk before the row is committed: a row never promises what is not there.
    """
    if _insert(business_id, key, content, at):
        _print(business_id, key, content, at)
        files.write(key.path(business_id), content)
        return content
    row = LOCK.first(
        business_id=business_id, kind=key.kind, source_id=key.source_id, locale=key.locale
    )
    assert row is not None  # the conflict was with a committed row, and rows are never deleted
    kept = content_of(row)
    if kept is not None:
        return kept
    files.write(row.path, content)
    _print(business_id, key, content, at)
    execute(
        """
        UPDATE documents_storeddocument SET sha256 = %(sha256)s::text, size = %(size)s::int
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": row.id,
            "sha256": files.sha256(content),
            "size": len(content),
        },
    )
    return content


def _insert(business_id: BusinessId, key: DocumentKey, content: bytes, at: datetime) -> bool:
    rows = execute(
        """
        INSERT INTO documents_storeddocument (business_id, id, kind, source_id, locale, sha256,
                                              size, path, created_at)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(kind)s::text, %(source_id)s::uuid,
                %(locale)s::text, %(sha256)s::text, %(size)s::int, %(path)s::text,
                %(at)s::timestamptz)
        ON CONFLICT (business_id, kind, source_id, locale) DO NOTHING RETURNING id
        """,
        {
            "business_id": business_id,
            "id": new_id(),
            "kind": key.kind,
            "source_id": key.source_id,
            "locale": key.locale,
            "sha256": files.sha256(content),
            "size": len(content),
            "path": key.path(business_id),
            "at": at,
        },
    )
    return bool(rows)


def _print(business_id: BusinessId, key: DocumentKey, content: bytes, at: datetime) -> None:
    """Adds the file to the list of those that were handed out, where it is not there yet."""
    execute(
        """
        INSERT INTO documents_printing (business_id, id, kind, source_id, locale, sha256,
                                        code_hash, at)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(kind)s::text, %(source_id)s::uuid,
                %(locale)s::text, %(sha256)s::text, %(code_hash)s::text, %(at)s::timestamptz)
        ON CONFLICT (business_id, kind, source_id, locale, sha256) DO NOTHING
        """,
        {
            "business_id": business_id,
            "id": new_id(),
            "kind": key.kind,
            "source_id": key.source_id,
            "locale": key.locale,
            "sha256": files.sha256(content),
            "code_hash": hash_of(code_of(business_id, key.kind, key.source_id)),
            "at": at,
        },
    )
