"""Codes as text messages: what they say, and who may ask for how many.

The last line binds the code to our host (https://wicg.github.io/sms-one-time-codes/): a phone
offers it there, and on no page that only looks like ours.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterfoil.domain.identity.secrets import hashed
from counterfoil.domain.notifications.rendering import clean
from counterfoil.flows.people import texts
from counterfoil.infra.limits import TEXTS_FROM, TEXTS_OF_PERSON, knock
from counterfoil.infra.mail import takes_texts
from counterfoil.kernel import clock
from counterfoil.surfaces.ui.callers import caller_network

BY_TEXT = "text"
_NAME_MIN = 8
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")  # each after an escape
_GSM_MAX, _UNICODE_MAX = 160, 70  # one segment: 3GPP TS 23.040


def fits_one(text: str) -> bool:
    """Whether the text goes out as one segment."""
    if set(text) <= _GSM | _GSM_TWICE:
        return len(text) + sum(one in _GSM_TWICE for one in text) <= _GSM_MAX
    return len(text.encode("utf-16-be")) // 2 <= _UNICODE_MAX


def code_text(request: HttpRequest, code: str) -> str:
    """The business and the code, and nothing else; a long name is cut where that saves a second
    segment."""
    host = request.get_host().partition(":")[0]
    name = clean(request.business.name)  # type: ignore[attr-defined]
    say: Callable[[str], str] = lambda called: (  # noqa: E731  the name is cut once or many times
        _("%(business)s: your code is %(code)s.") % {"business": called, "code": code}
        + f"\n\n@{host} #{code}"
    )
    shorter = name
    while not fits_one(say(shorter)) and len(shorter) > _NAME_MIN:
        shorter = shorter[:-1].rstrip()
    return say(shorter if fits_one(say(shorter)) else name)


def is_offered(request: HttpRequest) -> bool:
    """Whether the reader chose a text message, and this installation sends any."""
    return takes_texts() and request.POST.get("by") == BY_TEXT


def seconds_to_wait(request: HttpRequest, email: str) -> int | None:
    """Counts one more text for a person, named by their address, and from a network; the seconds
    to wait, if that is too many."""
    at = clock.now()
    counted = (
        (TEXTS_OF_PERSON, hashed(email.strip().lower())),
        (TEXTS_FROM, caller_network(request)),
    )
    waits = [knock(limit, who, at=at).wait for limit, who in counted]
    return max((one for one in waits if one is not None), default=None)


def spent_words() -> str:
    """What everybody is told on a day on which no more texts are sent; empty on any other."""
    return no_more_words() if texts.is_spent(at=clock.now()) else ""


def no_more_words() -> str:
    """No text went out, and why."""
    return _("No more text messages can be sent today. Nothing was sent: take another way.")
