"""Reads of what is owed, as frozen rows."""

from collections.abc import Sequence
from uuid import UUID

from counterfoil.domain.receivables.rows import ClaimRow, OpenClaim
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

CLAIMS = Statement(__package__, "claims_of", ClaimRow)
OPEN_CLAIMS = Statement(__package__, "open_claims", OpenClaim)


def claims(business_id: BusinessId, attempt_ids: Sequence[UUID]) -> list[ClaimRow]:
    """What attempts mean, or meant, to pay."""
    return CLAIMS.rows(business_id=business_id, attempt_ids=list(attempt_ids))


def open_claims(business_id: BusinessId, invoice_ids: Sequence[UUID]) -> dict[UUID, OpenClaim]:
    """Who is paying these invoices right now."""
    rows = OPEN_CLAIMS.rows(business_id=business_id, invoice_ids=list(invoice_ids))
    return {row.invoice_id: row for row in rows}
