"""Reads behind the proofs: figures, sums of accounts, and what contradicts an invariant."""

from collections.abc import Iterator
from uuid import UUID

from counterfoil.domain.approvals.states import APPROVAL
from counterfoil.domain.arrangements.states import SCHEDULE
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.arithmetic import Credited
from counterfoil.domain.billing.states import INVOICE
from counterfoil.domain.insights.rows import (
    AccountSum,
    CreditedInvoice,
    DocumentParts,
    Figure,
    SeriesNumber,
    Violation,
)
from counterfoil.domain.notifications.states import MESSAGE
from counterfoil.domain.payments.states import (
    ACCOUNT,
    ATTEMPT,
    CHARGEBACK,
    MANDATE,
    OPEN_REFUNDS,
    OPEN_STATES,
    REFUND,
)
from counterfoil.domain.reconciliation.states import LINE, PAYOUT
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

MACHINES = (
    *(INVOICE, ACCOUNT, ATTEMPT, REFUND, MANDATE, CHARGEBACK, MESSAGE, LINE, PAYOUT, SCHEDULE),
    APPROVAL,
)
PAGE = 1_000

FIGURES = Statement(__package__, "figures", Figure)
ACCOUNT_SUMS = Statement(__package__, "account_sums", AccountSum)
DOCUMENT_PARTS = (
    Statement(
        __package__,
        "document_parts",
        DocumentParts,
        KIND="invoice",
        PARENT="invoice_id",
        IS_PART="false",
    ),
    Statement(
        __package__,
        "document_parts",
        DocumentParts,
        KIND="creditnote",
        PARENT="credit_note_id",
        IS_PART="i.invoice_id IS NOT NULL",
    ),
)
CREDITED_INVOICES = Statement(__package__, "credited_invoices", CreditedInvoice)
SERIES_NUMBERS = Statement(__package__, "series_numbers", SeriesNumber)

ENTRIES = Statement(__package__, "proof_entries", Violation)
BALANCES = Statement(__package__, "proof_balances", Violation)
RECEIVABLES = Statement(
    __package__,
    "proof_customers",
    Violation,
    KIND="receivable",
    ROWS="receivables_openitem",
    REST="""CASE WHEN r.is_void THEN 0
      ELSE r.total_minor - r.paid_minor - r.credited_minor - r.written_off_minor END""",
)
CUSTOMER_CREDIT = Statement(
    __package__,
    "proof_customers",
    Violation,
    KIND="customer_credit",
    ROWS="receivables_credit",
    REST="r.applied_minor - r.total_minor",
)
CREDITS = Statement(__package__, "proof_credits", Violation)
COVERED = Statement(__package__, "proof_covered", Violation)
ITEMS = Statement(__package__, "proof_items", Violation)
DOCUMENTS_BOOKED = Statement(__package__, "proof_documents_booked", Violation)
CREDIT_SOURCES = Statement(__package__, "proof_credit_notes", Violation)
REVERSALS = Statement(__package__, "proof_reversals", Violation)
SURCHARGES = Statement(__package__, "proof_surcharges", Violation)
PAYMENTS_BOOKED = Statement(__package__, "proof_payments_booked", Violation)
CLAIMS = Statement(__package__, "proof_claims", Violation)
REFUNDS = Statement(__package__, "proof_refunds", Violation)
REFUNDS_BOOKED = Statement(__package__, "proof_refunds_booked", Violation)
CHARGEBACKS = Statement(__package__, "proof_chargebacks", Violation)
CHARGEBACKS_BOOKED = Statement(__package__, "proof_chargebacks_booked", Violation)
RETURNS = Statement(__package__, "proof_returns", Violation)
MANDATES = Statement(__package__, "proof_mandates", Violation)
PAYOUTS = Statement(__package__, "proof_payouts", Violation)
TAKEN_OFF = Statement(__package__, "proof_taken_off", Violation)
BANK_LINES = Statement(__package__, "proof_bank_lines", Violation)
BANKS = Statement(__package__, "proof_banks", Violation)
HISTORIES = Statement(__package__, "proof_histories", Violation)


def figures(business_id: BusinessId) -> list[Figure]:
    """How much there is."""
    return FIGURES.rows(business_id=business_id)


def account_sums(business_id: BusinessId) -> list[AccountSum]:
    """What the accounts hold, by kind and currency."""
    return ACCOUNT_SUMS.rows(business_id=business_id)


def documents(business_id: BusinessId) -> Iterator[DocumentParts]:
    """Every invoice, then every credit note, with its parts; read in pages."""
    for statement in DOCUMENT_PARTS:
        after = UUID(int=0)
        while page := statement.rows(business_id=business_id, after=after, limit=PAGE):
            yield from page
            after = page[-1].id


def credited(business_id: BusinessId) -> Iterator[tuple[CreditedInvoice, Credited]]:
    """Every invoice that credit notes are against, with what they come to; read in pages."""
    after = UUID(int=0)
    while page := CREDITED_INVOICES.rows(business_id=business_id, after=after, limit=PAGE):
        found = billing.credited(business_id, [row.id for row in page])
        yield from ((row, found[row.id]) for row in page)
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


def open_refunds() -> list[str]:
    """The states of a refund that has no outcome yet."""
    return [state.value for state in OPEN_REFUNDS]
