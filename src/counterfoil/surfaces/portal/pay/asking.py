"""Who pays by something saved shows first that it is them: on a device that is new, or much money.

What authenticates itself is not asked about: a card that is typed, a gateway's own page.
"""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from counterfoil.domain.identity import devices
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.ui.step_up import ask, fresh
from counterfoil.surfaces.ui.step_up.devices import device_of


def ask_first(request: PortalRequest, command: PayCommand) -> HttpResponse | None:
    """The page that asks, or None if the payment may begin. What was chosen is kept meanwhile, and
    the payment begins as soon as the proof is there."""
    is_saved = command.method_id is not None or isinstance(command.debit, UUID)
    if request.person is None or not is_saved:
        return None
    if not _is_known(request) and not fresh(request, beyond_password=True):
        what = _("The first payment with a saved method on this device")
        return ask(request, what, beyond_password=True)
    if _amount(command).decimal >= request.business.step_up_over and not fresh(request):
        return ask(request, _("A payment of a large sum"))
    return None


def _is_known(request: PortalRequest) -> bool:
    cookie = device_of(request)
    if cookie is None:
        return False
    device = devices.device(request.user.pk, cookie.id)  # type: ignore[arg-type]
    return device is not None and device.proved_at is not None


def _amount(command: PayCommand) -> Money:
    minor = command.amount_minor or sum(part for _, part in command.parts)
    return Money(minor, command.currency)


def know_this_device(request: PortalRequest, command: PayCommand) -> None:
    """A card was typed here by the reader, and was not refused."""
    cookie = device_of(request)
    if request.person is not None and command.source and cookie is not None:
        devices.prove_device(request.user.pk, cookie.id, at=request.at)  # type: ignore[arg-type]
