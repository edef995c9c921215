"""Keeps secrets out of the logs: whoever reads a log opens nothing and pays with nobody's card.

Nothing is logged that should not be; this is the second line, over everything that is written,
tracebacks too: values in them are those that somebody put in a message. What is written may be of
a stranger's making, an address that is not found: so every pattern takes a time that grows as the
text does, and none tries its beginning again at each letter of it.
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

HIDDEN = "…"
ADDRESSES = ("/i/", "/b/", "/back/", "/genuine/", "/join/", "/pay-page/", "/password/reset/key/")
"""What comes after these is a secret: each opens something by itself."""

_NAMES = (
    "password|passwd|secret|token|credential|api_?key|secret_key|private_key|session_?key|"
    "csrfmiddlewaretoken|authorization|cookie|cvc|cvv|card_?number|otp|seed|signature"
)
_DIGITS = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Headers go to the end of their line; a field to the end of its value.
    (re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"),
     rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(rf"(?i)((?:{_NAMES})[\w-]{{0,40}}['\"]?\s{{0,9}}[:=]\s*)"
                rf"(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s,;&)}}\]]+)"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b((?:\w+_)?code['\"]?\s*[:=]\s*['\"]?)(?=[A-Z-]{0,11}\d)[A-Z0-9-]{4,12}\b"),
     rf"\1{HIDDEN}"),
    # The password of an address: a database's, a mail server's, the one of a text service.
    (re.compile(r"\b([a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,80}):[^\s/@]{1,200}@"), rf"\1:{HIDDEN}@"),
    # Keys that say what they are: ours, and those of the gateways.
    (re.compile(r"\b(sk|rk|pk|whsec|cfk|seti|pi|tok)_(?=[\w-]{0,60}\d)[\w-]{12,}"),
     rf"\1_{HIDDEN}"),
    (re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), HIDDEN),
)  # fmt: skip
_IN_ADDRESSES = re.compile(rf"({'|'.join(map(re.escape, ADDRESSES))})[^\s/?\"'<>]+")


class SecretsHidden(logging.Formatter):
    """Writes a line as usual, with `…` in the place of what nobody may read: the secret of an
    address, a card or account number, a password, a code, a key, a header that signs somebody
    in."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, its traceback too."""
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """Writes each entry as one line of JSON, for programs that gather logs; the same is hidden."""

    def format(self, record: logging.LogRecord) -> str:
        """`at` (UTC), `level`, `logger`, `message`, and `trace` where something broke."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            told["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(told)


class CallersMistake(logging.Filter):
    """What a caller sent wrongly is a line in the log: where our own code met it says nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Takes the traceback off whatever was answered 4xx; no line is left out."""
        if 400 <= getattr(record, "status_code", 0) < 500:  # noqa: PLR2004  HTTP's own numbers
            record.exc_info = record.exc_text = None
        return True


def without_secrets(text: str) -> str:
    """The text with every secret in it hidden."""
    text = _IN_ADDRESSES.sub(rf"\1{HIDDEN}", text)
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    text = _DIGITS.sub(_unless(_is_card), text)
    return _IBAN.sub(_unless(_is_iban), text)


def _unless(is_secret: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda match: HIDDEN if is_secret(match.group()) else match.group()


def _is_card(text: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616: the remainder by 97 is 1."""
    plain = text.replace(" ", "")
    turned = "".join(str(int(one, 36)) for one in plain[4:] + plain[:4])
    return int(turned) % 97 == 1
