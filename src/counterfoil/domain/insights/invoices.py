"""One invoice as its page reads it: everything about it from every noun, in one query."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from counterfoil.domain.billing.drafts import LINES_MAX
from counterfoil.domain.billing.rows import InvoiceHead, LineRow, TaxRow
from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables.rows import ItemRow, OpenClaim
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A guest link that was not taken back; it may have expired."""

    id: UUID
    sent_to: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A payment that had arrived and that the payer's bank took back. A debit was sent back: when,
    how much of it was for the invoice, and why (a `FailureCode`). Of a charge that the payer
    contested it is how much of all of it, and no code. Or a debit that the bank refused, after days
    perhaps: no money had moved."""

    at: datetime
    amount_minor: int
    code: str
    is_contested: bool
    is_refused: bool


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An issued invoice: the debt, the document, and the payment that holds it right now."""

    item: ItemRow
    head: InvoiceHead
    claim: OpenClaim | None
    attempt: AttemptRow | None
    taxes: list[Any]
    links: list[Any]
    creditor_ref: str
    qr_ref: str
    banks: list[Any]
    unapplied_minor: int  # credit of its customer in its currency
    came_back: list[Any]  # of the newest payment for it, if the payer's bank took or refused it
    drawn: list[Any]

    @property
    def lines(self) -> tuple[LineRow, ...]:
        """As many of its first lines as were asked for."""
        return tuple(
            LineRow(
                *(UUID(line), position, description, Decimal(quantity), Decimal(price)),
                *(Decimal(discount), Decimal(rate), net),
            )
            for line, position, description, quantity, price, discount, rate, net in self.drawn
        )

    @property
    def tax_rows(self) -> tuple[TaxRow, ...]:
        """Its tax by rate."""
        return tuple(TaxRow(Decimal(rate), base, tax) for rate, base, tax in self.taxes)

    @property
    def taken_back(self) -> TakenBack | None:
        """The newest payment, if the payer's bank took it back, or refused to be debited."""
        if not self.came_back:
            return None
        at, minor, code, state = self.came_back
        is_contested = state not in ("returned", "failed")
        return TakenBack(datetime.fromisoformat(at), minor, code, is_contested, state == "failed")

    @property
    def bank_accounts(self) -> tuple[BankAccountRow, ...]:
        """Our accounts in its currency, that it can be paid to by transfer."""
        return tuple(
            BankAccountRow(UUID(account_id), holder, iban, number, bic, bank, currency, True)
            for account_id, holder, iban, number, bic, bank, currency in self.banks
        )

    @property
    def open_links(self) -> tuple[OpenLink, ...]:
        """The links that open it, newest first."""
        moment = datetime.fromisoformat
        return tuple(
            OpenLink(UUID(link), sent_to, moment(created_at), moment(expires_at))
            for link, sent_to, created_at, expires_at in self.links
        )


BY_ID = Statement(
    __package__, "invoice_facts", InvoiceFacts, WHICH="AND o.id = %(invoice_id)s::uuid"
)
BY_NUMBER = Statement(
    __package__,
    "invoice_facts",
    InvoiceFacts,
    WHICH="AND i.number = %(number)s::text AND i.number <> ''",
)


def invoice_facts(
    business_id: BusinessId,
    *,
    invoice_id: UUID | None = None,
    number: str = "",
    lines_max: int = LINES_MAX,
) -> InvoiceFacts:
    """The issued invoice with this id, or else with this number; `NotFound` if there is none."""
    params = {"business_id": business_id, "lines_max": lines_max}
    found = (
        BY_ID.first(invoice_id=invoice_id, **params)
        if invoice_id
        else BY_NUMBER.first(number=number, **params)
    )
    if found is None:
        raise NotFound
    return found
