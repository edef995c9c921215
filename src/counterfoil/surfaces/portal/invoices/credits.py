"""What credit notes took off an invoice."""

from collections.abc import Sequence

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.rows import CreditNoteHead
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.domain.receivables.rows import ReceivedRow as ReceivedFacts
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.portal.pages import CreditRow


def credit_notes(
    business_id: BusinessId, item: ItemRow, received: list[ReceivedFacts]
) -> list[CreditNoteHead]:
    """Those against the invoice, then free ones that cover something of it."""
    if not item.credited_minor:
        return []
    found = billing.credit_notes_of(business_id, item.id)
    free = {one.credit_id for one in received if one.kind == "credit_note"}
    free -= {one.id for one in found}
    return found + (list(billing.credit_notes(business_id, sorted(free)).values()) if free else [])


def credit_rows(
    request: PortalRequest,
    item: ItemRow,
    notes: Sequence[CreditNoteHead],
    received: Sequence[ReceivedFacts],
) -> tuple[CreditRow, ...]:
    """What each credit note took off this invoice; what was not open any more became credit."""
    off = dict.fromkeys((one.id for one in notes), 0)
    for one in received:
        if one.kind == "credit_note":
            off[one.credit_id] += one.amount_minor
    return tuple(
        CreditRow(
            number=note.number,
            issued_date=note.issue_date,
            amount=Money(off[note.id], item.currency),
            total=Money(note.total_minor, item.currency),
            pdf_url=links.credit_note_url(request, note.id)
            if note.invoice_id == item.id or request.link is None
            else "",
        )
        for note in notes
    )
