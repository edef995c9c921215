"""Where things are for this reader: a guest's pages hang under the link, a person's do not."""

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import quote, urlencode
from uuid import UUID

from django.urls import reverse

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal.access import PortalRequest, may
from counterfoil.surfaces.ui.chosen import bare, here

_AS_THEY_ARE = "/!$&'()*+,;=:@~"  # RFC 3986, 3.3: what else a path may hold
_PLAIN = re.compile("[A-Za-z0-9_.~-]*").fullmatch


@cache
def _around(name: str, places: int) -> list[str]:
    marks = [f"place-{number}" for number in range(places)]
    return re.split("place-[0-9]", bare(reverse(name, args=marks)))


def address(name: str, *parts: str) -> str:
    """`reverse` for addresses whose places take any text: what stands around them is looked up
    once."""
    first, *rest = _around(name, len(parts))
    first = here(first)
    for part, after in zip(parts, rest, strict=True):
        first += _quoted(part) + after
    return first


def _quoted(part: str) -> str:
    return part if _PLAIN(part) else quote(part, safe=_AS_THEY_ARE)


def is_balance(request: PortalRequest) -> bool:
    """Whether the reader came with a link to what a customer owes."""
    return request.link is not None and request.link.invoice_id is None


def confirm_url(request: PortalRequest, **query: object) -> str:
    """The page to confirm a payment; `query` says what is to be paid."""
    if is_balance(request):
        here = address("guest_balance", request.token)
    elif request.link:
        here = address("guest_confirm", request.token)
    else:
        here = address("confirm")
    found = {name: value for name, value in query.items() if value}
    return f"{here}?{urlencode(found, doseq=True)}" if found else here


def check_url(request: PortalRequest, here: str) -> str:
    """Where a check before another try is passed without scripts; then the payer goes on `here`."""
    if request.link is None:
        page = address("pay_check")
    else:
        name = "balance_check" if is_balance(request) else "guest_check"
        page = address(name, request.token)
    return f"{page}?{urlencode({'next': here})}"


def sign_in_url(onward: str) -> str:
    """Where somebody signs in and then goes on."""
    return f"{address('account_login')}?{urlencode({'next': onward})}"


def start_url(request: PortalRequest) -> str:
    """The first page that the reader may open."""
    if request.link is None:
        return home_url()
    return confirm_url(request) if is_balance(request) else invoice_url(request, "")


def home_url() -> str:
    """The first page of who signed in."""
    return address("home")


def invoice_url(request: PortalRequest, number: str) -> str:
    """The page of an invoice; empty for who may not open it."""
    return invoice_urls(request)(number)


def invoice_urls(request: PortalRequest) -> Callable[[str], str]:
    """The same for a list: who reads it, and where, is looked up once."""
    if is_balance(request) or not may(request, ContactRight.SEE):
        return lambda _number: ""
    if request.link:
        of_link = address("guest_invoice", request.token)
        return lambda _number: of_link
    first, after = _around("invoice", 1)
    first = here(first)
    return lambda number: first + _quoted(number) + after


def pay_url(request: PortalRequest, number: str) -> str:
    """Where its pay form goes."""
    if request.link:
        return address("guest_pay", request.token)
    return address("invoice_pay", number)


def credit_url(number: str) -> str:
    """Where the customer's credit is used for it."""
    return address("use_credit", number)


def pdf_url(request: PortalRequest, number: str) -> str:
    """Its PDF."""
    if request.link:
        return address("guest_pdf", request.token)
    return address("invoice_pdf", number)


def credit_note_url(request: PortalRequest, credit_note_id: UUID) -> str:
    """The PDF of a credit note against it."""
    outside = encode("cn", credit_note_id)
    if request.link:
        return address("guest_credit_note", request.token, outside)
    return address("credit_note_pdf", outside)


def result_url(request: PortalRequest, attempt_id: UUID) -> str:
    """The page of a payment; empty for who may not open it."""
    if not may(request, ContactRight.SEE):
        return ""
    outside = encode("pay", attempt_id)
    if is_balance(request):
        return address("balance_payment", request.token, outside)
    if request.link:
        return address("guest_payment", request.token, outside)
    return address("payment", outside)


def receipt_url(request: PortalRequest, attempt_id: UUID) -> str:
    """The receipt of a payment; empty for who may not open it."""
    if not may(request, ContactRight.SEE):
        return ""
    outside = encode("pay", attempt_id)
    if is_balance(request):
        return address("balance_receipt", request.token, outside)
    if request.link:
        return address("guest_receipt", request.token, outside)
    return address("payment_receipt", outside)


def stop_url(request: PortalRequest, attempt_id: UUID) -> str:
    """Where a payment is stopped."""
    outside = encode("pay", attempt_id)
    if is_balance(request):
        return address("balance_stop", request.token, outside)
    if request.link:
        return address("guest_stop", request.token, outside)
    return address("payment_stop", outside)


def revoke_url(number: str, link_id: UUID) -> str:
    """Where the owner takes a guest link of an invoice back."""
    return f"{address('revoke_link', number)}?link={encode('lnk', link_id)}"
