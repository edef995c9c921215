"""Which way to pay a form says was chosen; whatever it says is checked again by the flow."""

from dataclasses import replace

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.surfaces.portal.access import PortalRequest, may
from counterfoil.surfaces.portal.ways.debits import ELSEWHERE, GIVEN, is_debit, with_debit

SOURCE_MAX = 200
FEE_DIGITS_MAX = 12
SAVED = "pm_"
HOSTED = "hosted:"  # paid on the gateway's own page: nothing is filled in here
WALLETS = ("google_pay", "apple_pay")
DRAWN = (MethodKind.CARD, MethodKind.BANK_REDIRECT, MethodKind.DIGITAL_CURRENCY)
"""What a gateway draws by itself, in its fields or on its own page."""


def chosen(request: PortalRequest) -> str:
    """The code of the chosen way; a form of one way only may leave it out."""
    return request.POST.get("way", "")[:SOURCE_MAX] or MethodKind.CARD


def is_complete(request: PortalRequest) -> bool:
    """Whether the form can be charged: it has a token, or a way that needs none."""
    needs_none = (SAVED, HOSTED, GIVEN, ELSEWHERE)
    return bool(request.POST.get("source")) or chosen(request).startswith(needs_none)


def with_way(request: PortalRequest, command: PayCommand) -> PayCommand:
    """The command with the way that was chosen, and what it was said to cost on top; `NotFound`
    for one that is not the reader's to choose. A guest neither uses nor keeps anything."""
    quoted = request.POST.get(f"fee.{chosen(request)}", "0")
    if not (quoted.isascii() and quoted.isdigit() and len(quoted) <= FEE_DIGITS_MAX):
        raise NotFound
    return replace(_with_way(request, command), fee_minor=int(quoted))


def _with_way(request: PortalRequest, command: PayCommand) -> PayCommand:
    code, source = chosen(request), request.POST.get("source", "")[:SOURCE_MAX]
    keeps = may(request, ContactRight.METHODS) and "save" in request.POST
    if is_debit(code):
        return with_debit(request, command, code, source)
    if code.startswith(SAVED):
        if request.link is not None:
            raise NotFound
        return replace(command, source="", method_id=decode("pm", code))
    if code.startswith(HOSTED):
        method = _hosted(code.removeprefix(HOSTED))
        return replace(command, source="", method=method, save=keeps and method == MethodKind.CARD)
    method = MethodKind.WALLET if code in WALLETS else MethodKind.CARD
    return replace(command, source=source, method=method, save=keeps)


def _hosted(kind: str) -> MethodKind:
    """What is offered like this; `NotFound` for anything else."""
    if kind not in DRAWN:
        raise NotFound
    return MethodKind(kind)
