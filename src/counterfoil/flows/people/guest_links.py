"""What a guest's secret opens: a link that was sent, or an invoice's own address."""

from datetime import UTC, datetime, time
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.customers.rows import HeldLink
from counterfoil.domain.customers.writing import link_uses
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.domain.identity.secrets import invoice_of_secret
from counterfoil.domain.privacy import queries as privacy
from counterfoil.domain.receivables import queries as receivables
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId


def held(business_id: BusinessId, customer_id: UUID, *, at: datetime) -> tuple[HeldLink, ...]:
    """Every link of a customer that works, the newest first; inside `reading`."""
    links = queries.customer_links(business_id, customer_id, at=at)
    used = link_uses.uses(business_id, customer_id)
    ids = [one.invoice_id for one in links if one.invoice_id]
    items = receivables.items(business_id, ids) if ids else {}
    numbers = {found.id: found.number for found in items.values()}
    return tuple(
        HeldLink(
            one,
            numbers.get(one.invoice_id, "") if one.invoice_id else "",
            tuple(used.get(one.id, ())),
        )
        for one in links
    )


def link_of(business_id: BusinessId, token: str) -> GuestLinkRow | None:
    """The link of this business that a token opens, expired and revoked ones included; None if
    there is none.

    An invoice's own address becomes a link when it is opened for the first time: from then on it
    is listed and can be taken back like any other. A draft has none; that of somebody who was
    erased since is taken back, as the links were that there were then.
    """
    invoice_id = invoice_of_secret(business_id, token)
    if invoice_id is None:
        link = queries.guest_link(token)
        return link if link is not None and link.business_id == business_id else None
    return _own_link(business_id, invoice_id)


def take_back_own_address(business_id: BusinessId, invoice_id: UUID, *, at: datetime) -> bool:
    """Closes an invoice's own address, opened or not: whoever was given it can't open the invoice
    any more. False if there is none to close."""
    link = _own_link(business_id, invoice_id)
    if link is None:
        return False
    return identity.revoke_guest_link(business_id, link.id, invoice_id=invoice_id, at=at)


def _own_link(business_id: BusinessId, invoice_id: UUID) -> GuestLinkRow | None:
    found = queries.invoice_link(business_id, invoice_id)
    return found or _made(business_id, invoice_id)


def _made(business_id: BusinessId, invoice_id: UUID) -> GuestLinkRow | None:
    with reading(business_id):
        head = billing.invoices(business_id, [invoice_id]).get(invoice_id)
        erased_at = privacy.erased_at(business_id, head.customer_id) if head else None
    if head is None or head.state == DocumentState.DRAFT:
        return None
    assert head.issued_at is not None  # whatever is no draft has both
    assert head.due_date is not None
    due = datetime.combine(head.due_date, time(), UTC)
    identity.make_invoice_link(
        business_id,
        invoice_id,
        head.customer_id,
        issued_at=head.issued_at,
        lives_from=max(head.issued_at, due),
    )
    made = queries.invoice_link(business_id, invoice_id)
    if made is None or erased_at is None or erased_at < head.issued_at:
        return made
    identity.revoke_guest_link(business_id, made.id, at=erased_at)
    return queries.invoice_link(business_id, invoice_id)
