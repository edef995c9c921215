"""What processes wrote into their logs, searched for everything that must never stand there."""

import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from pathlib import Path

from counterfoil.infra.secrets.logs import ADDRESSES

SHORTEST = 6
_DIGITS = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_LINK = re.compile(rf"(?:{'|'.join(map(re.escape, ADDRESSES))})([^\s/?\"'<>)\]]+)")
_TEXTED = re.compile(r"^To: (\+\d+)$|#(\S+)$", re.MULTILINE)
_CODE = re.compile(r"^\s*([A-Z0-9]{3,8}(?:-[A-Z0-9]{3,8})?)\s*$", re.MULTILINE)


def card_numbers(text: str) -> list[str]:
    """Everything in a text that could be a card's number (ISO/IEC 7812-1, annex B)."""
    return [found for found in _DIGITS.findall(text) if _adds_up(found)]


def _adds_up(text: str) -> bool:
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def leaks(logs: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """Each place where a log tells something: its file, line, and what it begins with."""
    known = sorted({one for one in secrets if len(one) >= SHORTEST}, key=len, reverse=True)
    found = []
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        for number, line in enumerate(text.splitlines(), start=1):
            told = [one for one in known if one in line] + card_numbers(line)
            found += [f"{log.name}:{number}: {one[:4]}… ({len(one)} characters)" for one in told]
    return found


def in_mails(mailbox: Path) -> set[str]:
    """What mails and texts say to their readers alone: the secrets of links, codes on a line of
    their own, and the numbers that texts went to."""
    found: set[str] = set()
    for file in mailbox.glob("*.eml") if mailbox.is_dir() else ():
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        part = message.get_body(("plain",))
        text = part.get_content() if part else ""
        found.update(_LINK.findall(text))
        found.update(one for one in _CODE.findall(text) if any(map(str.isdigit, one)))
    for file in mailbox.glob("*.txt") if mailbox.is_dir() else ():
        told = _TEXTED.findall(file.read_text(encoding="utf-8"))
        found.update(one for pair in told for one in pair if one)
    return found
