"""Reads of what happened to one thing: its states, mails, gateway events and book entries."""

from collections.abc import Sequence
from uuid import UUID

from counterfoil.domain.insights.story_rows import BookLine, GatewayAccountRow, PlacedEvent, Step
from counterfoil.domain.notifications.rows import MessageRow
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

STEPS = Statement(__package__, "steps", Step)
MAILS_OF = Statement(__package__, "mails_of_customer", MessageRow)
EVENTS_OF = Statement(__package__, "placed_events", PlacedEvent)
BOOKS = Statement(__package__, "book_lines", BookLine)
ACCOUNTS = Statement(__package__, "gateway_accounts", GatewayAccountRow)


def steps(business_id: BusinessId, machine: str, ids: Sequence[UUID]) -> list[Step]:
    """Every move of these objects, oldest first."""
    return STEPS.rows(business_id=business_id, machine=machine, ids=list(ids))


def mails_of_customer(
    business_id: BusinessId, customer_id: UUID, *, limit: int = 10
) -> list[MessageRow]:
    """The newest mails to a customer, about their newest invoices and payments."""
    return MAILS_OF.rows(business_id=business_id, customer_id=customer_id, limit=limit)


def events_of(
    business_id: BusinessId, attempt_id: UUID, refund_ids: Sequence[UUID] = ()
) -> list[PlacedEvent]:
    """The gateway events that moved a payment or its refunds, oldest first."""
    return EVENTS_OF.rows(
        business_id=business_id, attempt_id=attempt_id, refund_ids=list(refund_ids)
    )


def book_lines(business_id: BusinessId, *source_ids: UUID) -> list[BookLine]:
    """What the books say about sources: an invoice, a payment with its refunds, a credit note."""
    return BOOKS.rows(business_id=business_id, source_ids=list(source_ids))


def gateway_accounts(business_id: BusinessId) -> list[GatewayAccountRow]:
    """The gateway accounts, newest first."""
    return ACCOUNTS.rows(business_id=business_id)
