"""Codes by text message: sent at once to who is signed in, by a job to who is not, so that nobody
learns from the answer or from the clock whose address is known, and who has a number."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from counterfoil.domain.identity import phones
from counterfoil.domain.identity.secrets import hashed
from counterfoil.infra.jobs import defer
from counterfoil.infra.limits import TEXTS, TEXTS_TO_NUMBER, counts, knock
from counterfoil.infra.mail import send_text, takes_texts
from counterfoil.infra.secrets.box import SealBroken, open_text, seal_text
from counterfoil.kernel.errors import Refused, Unavailable, Uncertain
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.channels import OutgoingText, TextRefused

LIFE_SECONDS = 15 * 60
_PLACE = "procrastinate_jobs:args:text"
_ALL = "all"
logger = logging.getLogger("counterfoil.texts")


class TooManyTexts(Refused):
    """The number, or the whole installation, was sent enough texts today; nothing was sent."""

    code = "too_many_texts"
    message = "No more text messages can be sent today. Nothing was sent."


def is_spent(*, at: datetime) -> bool:
    """Whether the installation has sent all the texts of the day."""
    [told] = counts([(TEXTS, _ALL)], at=at)
    return bool(told.count >= settings.SMS_DAILY)


def send(number: str, text: str, *, at: datetime) -> None:
    """One text, now. Refuses (`TooManyTexts`) over the limits of the number and of the day; else
    the errors are the port's."""
    if knock(TEXTS_TO_NUMBER, hashed(number), at=at).wait is not None:
        raise TooManyTexts
    if knock(replace(TEXTS, most=settings.SMS_DAILY), _ALL, at=at).wait is not None:
        logger.warning("no text was sent: COUNTERFOIL_SMS_DAILY is reached")
        raise TooManyTexts
    try:
        send_text(OutgoingText(number=number, text=text, at=at, life_seconds=LIFE_SECONDS))
    except (Unavailable, Uncertain) as trouble:
        logger.warning("a text was not sent: %s", trouble.message)
        raise


def ask(business_id: BusinessId, email: str, text: str, *, is_meant: bool, at: datetime) -> None:
    """A text for whoever has this address and a number, soon; the same is done for everybody.
    Without `is_meant` nobody gets it."""
    told = {"email": email, "text": text, "is_meant": is_meant, "at": at.isoformat()}
    defer(business_id, "send_code_text", sealed=seal_text(json.dumps(told), _PLACE))


def send_asked(sealed: str, *, at: datetime) -> None:
    """Sends a text that was asked for; nothing where nobody gets it, or it comes too late to be of
    use. `Unavailable` where it may be tried again."""
    try:
        told = json.loads(open_text(sealed, _PLACE))
    except SealBroken:
        return  # its key is gone; a new code is asked for
    is_late = at - datetime.fromisoformat(told["at"]) > timedelta(seconds=LIFE_SECONDS)
    number = phones.number_at(told["email"]) if told["is_meant"] and not is_late else ""
    if not number or not takes_texts():
        return
    try:
        send(number, told["text"], at=at)
    except (TextRefused, TooManyTexts, Uncertain) as problem:
        logger.info("a code did not go out as a text: %s", problem.code)
