"""Reads behind the proofs: figures, sums of accounts, and what contradicts an invariant."""

from collections.abc import Iterator
from uuid import UUID

from counterfoil.domain.billing.states import INVOICE
from counterfoil.domain.insights.rows import (
    AccountSum,
    DocumentParts,
    Figure,
    SeriesNumber,
    Violation,
)
from counterfoil.domain.notifications.states import MESSAGE
from counterfoil.domain.payments.states import ATTEMPT, OPEN_STATES
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

MACHINES = (INVOICE, ATTEMPT, MESSAGE)
PAGE = 1_000

FIGURES = Statement(__package__, "figures", Figure)
ACCOUNT_SUMS = Statement(__package__, "account_sums", AccountSum)
INVOICE_PARTS = Statement(__package__, "invoice_parts", DocumentParts)
CREDIT_NOTE_PARTS = Statement(__package__, "credit_note_parts", DocumentParts)
SERIES_NUMBERS = Statement(__package__, "series_numbers", SeriesNumber)

ENTRIES = Statement(__package__, "proof_entries", Violation)
BALANCES = Statement(__package__, "proof_balances", Violation)
RECEIVABLES = Statement(__package__, "proof_receivables", Violation)
CUSTOMER_CREDIT = Statement(__package__, "proof_customer_credit", Violation)
CREDITS = Statement(__package__, "proof_credits", Violation)
COVERED = Statement(__package__, "proof_covered", Violation)
ITEMS = Statement(__package__, "proof_items", Violation)
DOCUMENTS_BOOKED = Statement(__package__, "proof_documents_booked", Violation)
CREDIT_SOURCES = Statement(__package__, "proof_credit_notes", Violation)
PAYMENTS_BOOKED = Statement(__package__, "proof_payments_booked", Violation)
CLAIMS = Statement(__package__, "proof_claims", Violation)
HISTORIES = Statement(__package__, "proof_histories", Violation)


def figures(business_id: BusinessId) -> list[Figure]:
    """How much there is."""
    return FIGURES.rows(business_id=business_id)


def account_sums(business_id: BusinessId) -> list[AccountSum]:
    """What the accounts hold, by kind and currency."""
    return ACCOUNT_SUMS.rows(business_id=business_id)


def documents(
    business_id: BusinessId, statement: Statement[DocumentParts]
) -> Iterator[DocumentParts]:
    """Every document of one kind with its parts, in pages."""
    after = UUID(int=0)
    while page := statement.rows(business_id=business_id, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def legal_moves() -> list[str]:
    """Every move of every state machine as `machine source target`, beginnings included."""
    found = []
    for machine in MACHINES:
        found.append(f"{machine.name}  {machine.initial}")
        for source, targets in machine.moves.items():
            found += [f"{machine.name} {source} {target}" for target in targets]
    return found


def open_states() -> list[str]:
    """The states of an attempt that has no outcome yet."""
    return [state.value for state in OPEN_STATES]
