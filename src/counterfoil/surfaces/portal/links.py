"""Where things are for this reader: a guest's pages hang under the link, a person's do not."""

from uuid import UUID

from django.urls import reverse

from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal.access import PortalRequest


def invoice_url(request: PortalRequest, number: str) -> str:
    """The page of an invoice."""
    if request.link:
        return reverse("guest_invoice", args=[request.token])
    return reverse("invoice", args=[number])


def pay_url(request: PortalRequest, number: str) -> str:
    """Where its pay form goes."""
    if request.link:
        return reverse("guest_pay", args=[request.token])
    return reverse("invoice_pay", args=[number])


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


def result_url(request: PortalRequest, attempt_id: UUID | None = None) -> str:
    """The page of a payment; without an id, `{payment}` stands where it will be filled in."""
    outside = encode("pay", attempt_id) if attempt_id else "PAYMENT"
    name, args = ("guest_payment", [request.token, outside])
    if not request.link:
        name, args = ("payment", [outside])
    return reverse(name, args=args).replace("PAYMENT", "{payment}")


def receipt_url(request: PortalRequest, attempt_id: UUID) -> str:
    """The receipt of a payment."""
    outside = encode("pay", attempt_id)
    if request.link:
        return reverse("guest_receipt", args=[request.token, outside])
    return reverse("payment_receipt", args=[outside])


def revoke_url(number: str, link_id: UUID) -> str:
    """Where the owner takes a guest link of an invoice back."""
    return f"{reverse('revoke_link', args=[number])}?link={encode('lnk', link_id)}"
