"""Where things are for this reader: a guest's pages hang under the link, a person's do not."""

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal.access import PortalRequest


def is_balance(request: PortalRequest) -> bool:
    """Whether the reader came with a link to what a customer owes."""
    return request.link is not None and request.link.invoice_id is None


def confirm_url(request: PortalRequest, **query: object) -> str:
    """The page to confirm a payment; `query` says what is to be paid."""
    if is_balance(request):
        here = reverse("guest_balance", args=[request.token])
    elif request.link:
        here = reverse("guest_confirm", args=[request.token])
    else:
        here = reverse("confirm")
    found = {name: value for name, value in query.items() if value}
    return f"{here}?{urlencode(found, doseq=True)}" if found else here


def home_url() -> str:
    """The first page of who signed in."""
    return reverse("home")


def invoice_url(request: PortalRequest, number: str) -> str:
    """The page of an invoice; empty for who may not open it."""
    if is_balance(request):
        return ""
    if request.link:
        return reverse("guest_invoice", args=[request.token])
    return reverse("invoice", args=[number])


def pay_url(request: PortalRequest, number: str) -> str:
    """Where its pay form goes."""
    if request.link:
        return reverse("guest_pay", args=[request.token])
    return reverse("invoice_pay", args=[number])


def credit_url(number: str) -> str:
    """Where the customer's credit is used for it."""
    return reverse("use_credit", args=[number])


def pdf_url(request: PortalRequest, number: str) -> str:
    """Its PDF."""
    if request.link:
        return reverse("guest_pdf", args=[request.token])
    return reverse("invoice_pdf", args=[number])


def credit_note_url(request: PortalRequest, credit_note_id: UUID) -> str:
    """The PDF of a credit note against it."""
    outside = encode("cn", credit_note_id)
    if request.link:
        return reverse("guest_credit_note", args=[request.token, outside])
    return reverse("credit_note_pdf", args=[outside])


def result_url(request: PortalRequest, attempt_id: UUID) -> str:
    """The page of a payment."""
    outside = encode("pay", attempt_id)
    if is_balance(request):
        return reverse("balance_payment", args=[request.token, outside])
    if request.link:
        return reverse("guest_payment", args=[request.token, outside])
    return reverse("payment", args=[outside])


def receipt_url(request: PortalRequest, attempt_id: UUID) -> str:
    """The receipt of a payment."""
    outside = encode("pay", attempt_id)
    if is_balance(request):
        return reverse("balance_receipt", args=[request.token, outside])
    if request.link:
        return reverse("guest_receipt", args=[request.token, outside])
    return reverse("payment_receipt", args=[outside])


def stop_url(request: PortalRequest, attempt_id: UUID) -> str:
    """Where a payment is stopped."""
    outside = encode("pay", attempt_id)
    if is_balance(request):
        return reverse("balance_stop", args=[request.token, outside])
    if request.link:
        return reverse("guest_stop", args=[request.token, outside])
    return reverse("payment_stop", args=[outside])


def revoke_url(number: str, link_id: UUID) -> str:
    """Where the owner takes a guest link of an invoice back."""
    return f"{reverse('revoke_link', args=[number])}?link={encode('lnk', link_id)}"
