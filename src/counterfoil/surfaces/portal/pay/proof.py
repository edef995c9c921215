"""The challenge before another try: sums for the payer's own browser, signed by us and good once;
or a code that is mailed to the invoice's own contact, for whoever runs no scripts."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.templatetags.static import static
from django.utils.crypto import salted_hmac

from counterfoil.flows.aftermath.card_testing import Payer
from counterfoil.infra.limits import CODE_TRIES, CODES_SENT, SOLVED, knock
from counterfoil.infra.scripts.inventory import integrity_of

SCRIPT = "ui/gateways/proof.js"
LIFE_SECONDS = 10 * 60
CODE_MINUTES = 15
CODE_DIGITS = 8
_NUMBER_DIGITS_MAX = 12
_SIGNER = TimestampSigner(salt="counterfoil.pay.proof")


def challenge(payer: Payer, bits: int) -> dict[str, Any]:
    """What the page's script has to solve."""
    text = _SIGNER.sign(f"{_whose(payer)}.{bits}.{secrets.token_urlsafe(12)}")
    asked = {"text": text, "bits": bits, "script": static(SCRIPT)}
    return asked | {"integrity": integrity_of(SCRIPT)}


def is_solved(payer: Payer, sent: str, wanted_bits: int, *, at: datetime) -> bool:
    """Whether a challenge of this payer, of so many bits or more, was solved, in time, for the
    first time."""
    text, _, number = sent.rpartition("|")
    if not (number.isascii() and number.isdigit() and len(number) <= _NUMBER_DIGITS_MAX):
        return False
    try:
        whose, bits, _ = _SIGNER.unsign(text, max_age=LIFE_SECONDS).split(".", 2)
    except (BadSignature, ValueError):
        return False
    digest = hashlib.sha256(f"{text}:{number}".encode()).digest()
    if whose != _whose(payer) or int(bits) < wanted_bits:
        return False
    if int.from_bytes(digest) >> (256 - int(bits)):
        return False
    return knock(SOLVED, hashlib.sha256(text.encode()).hexdigest(), at=at).wait is None


def code_of(payer: Payer, *, at: datetime, windows_ago: int = 0) -> str:
    """The code of this payer in a quarter of an hour; nothing of it is stored."""
    window = int(at.timestamp()) // (CODE_MINUTES * 60) - windows_ago
    digest = salted_hmac("counterfoil.pay.code", f"{_whose(payer)}:{window}", algorithm="sha256")
    return str(int(digest.hexdigest(), 16) % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def may_send(payer: Payer, *, at: datetime) -> bool:
    """Whether one more code may be mailed."""
    return knock(CODES_SENT, _whose(payer), at=at).wait is None


def is_code(payer: Payer, typed: str, *, at: datetime) -> bool:
    """Whether this is the code; after a few wrong ones even the right one is not taken."""
    if knock(CODE_TRIES, _whose(payer), at=at).wait is not None:
        return False
    found = "".join(typed.split())
    return any(
        hmac.compare_digest(found.encode(), code_of(payer, at=at, windows_ago=ago).encode())
        for ago in (0, 1)
    )


def _whose(payer: Payer) -> str:
    """The payer without saying who it is."""
    return salted_hmac("counterfoil.pay.whose", f"{payer.business_id}:{payer.who}").hexdigest()
