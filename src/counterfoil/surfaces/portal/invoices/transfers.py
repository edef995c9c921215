"""The way to pay by bank transfer, drawn from its facts: for one invoice, or for several."""

from collections.abc import Sequence
from uuid import UUID

from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.domain.documents.transfers import svg, transfer_to
from counterfoil.domain.insights.invoices import InvoiceFacts
from counterfoil.domain.receivables.references import customer_qr_reference, customer_reference
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.portal.pages import BankDetails


def bank_details(request: PortalRequest, invoice: InvoiceFacts) -> BankDetails | None:
    """Where the amount that is left can go; None while no account of ours is in its currency."""
    amount = Money(invoice.item.due_minor, invoice.item.currency)
    refs = (invoice.creditor_ref, invoice.qr_ref)
    return _drawn(request, invoice.bank_accounts, amount, refs)


def details_for_all(
    request: PortalRequest, accounts: Sequence[BankAccountRow], amount: Money, customer_id: UUID
) -> BankDetails | None:
    """Where money for several invoices can go, under the customer's own reference; None while no
    account of ours is in its currency."""
    fit = [one for one in accounts if one.currency == amount.currency]
    refs = (customer_reference(customer_id), customer_qr_reference(customer_id))
    return _drawn(request, fit, amount, refs, is_for_all=True)


def _drawn(
    request: PortalRequest,
    accounts: Sequence[BankAccountRow],
    amount: Money,
    refs: tuple[str, str],
    *,
    is_for_all: bool = False,
) -> BankDetails | None:
    if not accounts or not amount:
        return None
    creditor_ref, qr_ref = refs
    transfer = transfer_to(
        accounts[0],
        amount,
        creditor_ref=creditor_ref,
        qr_ref=qr_ref,
        address=request.business.address,
    )
    code = transfer.code
    is_swiss = bool(code and code.kind == "swiss")
    return BankDetails(transfer, svg(code) if code else "", is_swiss, is_for_all)
