"""The way to pay an invoice by bank transfer, drawn from its facts."""

from counterfoil.domain.documents.transfers import svg, transfer_to
from counterfoil.domain.insights.invoices import InvoiceFacts
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.portal.pages import BankDetails


def bank_details(request: PortalRequest, invoice: InvoiceFacts) -> BankDetails | None:
    """Where the amount that is left can go; None while no account of ours is in its currency."""
    accounts = invoice.bank_accounts
    if not accounts or not invoice.item.due_minor:
        return None
    transfer = transfer_to(
        accounts[0],
        Money(invoice.item.due_minor, invoice.item.currency),
        creditor_ref=invoice.creditor_ref,
        qr_ref=invoice.qr_ref,
        address=request.business.address,
    )
    code = transfer.code
    return BankDetails(transfer, svg(code) if code else "", bool(code and code.kind == "swiss"))
