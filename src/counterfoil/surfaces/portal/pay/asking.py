"""Who pays by something saved, now or on another day, shows first that it is them: on a device
where nobody has proved to be this person yet, or for much money.

A device is proved by a fresh proof of the person alone (a second factor, a code by mail or text, a
passkey), and the first one that a person ever used is believed; a card that was typed there proves
a card, not who typed it. What authenticates itself is not asked about: a card that is typed, a
gateway's own page.
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
from counterfoil.surfaces.ui.step_up.sums import ask_for_sum


def ask_first(request: PortalRequest, command: PayCommand) -> HttpResponse | None:
    """The page that asks, or None if the payment may begin. What was chosen is kept meanwhile, and
    the payment begins as soon as the proof is there."""
    is_saved = command.method_id is not None or isinstance(command.debit, UUID)
    return ask_for_saved(request, _amount(command)) if is_saved else None


def ask_for_saved(request: PortalRequest, amount: Money) -> HttpResponse | None:
    """The page that asks before something saved is used for this much, at once or on a day to come;
    None if it may be."""
    if request.person is None:
        return None
    if not _is_known(request) and not fresh(request, beyond_password=True):
        what = _("The first payment with a saved method on this device")
        return ask(request, what, beyond_password=True)
    return ask_for_sum(request, amount, _("A payment of a large sum"))


def _is_known(request: PortalRequest) -> bool:
    cookie = device_of(request)
    if cookie is None:
        return False
    device = devices.device(request.user.pk, cookie.id)  # type: ignore[arg-type]
    return device is not None and device.proved_at is not None


def _amount(command: PayCommand) -> Money:
    minor = command.amount_minor or sum(part for _, part in command.parts)
    return Money(minor, command.currency)
