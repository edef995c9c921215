"""Writes mails: facts in, words out (pure). MJML makes the HTML; nothing outside is ever loaded."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext, npgettext, override, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from mjml import mjml2html

from counterfoil.domain.notifications import formatting, words
from counterfoil.domain.notifications.letters import (
    BalanceLetter,
    ChangeLetter,
    ChargebackLetter,
    CreditNoteLetter,
    DebitNoticeLetter,
    EndingLetter,
    FailedLetter,
    InvoiceLetter,
    Letter,
    NotSentLetter,
    PaidWith,
    PayCodeLetter,
    PeopleLetter,
    PlannedLetter,
    ReceiptLetter,
    RefundLetter,
    ReturnedLetter,
    SealsLetter,
    StaffLetter,
    StepLetter,
    StoppedLetter,
)
from counterfoil.domain.notifications.rows import Rendered
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import is_known_by_day

TEMPLATE_FOLDER = Path(__file__).parent / "jinja2"
_FOLDERS = ("changes", "debits", "people", "refunds", "saved", "staff")
TEMPLATES: dict[type[Letter], str] = {
    InvoiceLetter: "invoice_issued",
    CreditNoteLetter: "credit_note_issued",
    ReceiptLetter: "receipt",
    FailedLetter: "payment_failed",
    StoppedLetter: "payment_stopped",
    BalanceLetter: "balance",
    RefundLetter: "refund_sent",
    NotSentLetter: "refund_not_sent",
    ChangeLetter: "what_changed",
    StepLetter: "finish_payment",
    EndingLetter: "card_ends",
    PlannedLetter: "planned_payment",
    DebitNoticeLetter: "debit_notice",
    ReturnedLetter: "payment_returned",
    ChargebackLetter: "chargeback",
    PeopleLetter: "people",
    StaffLetter: "staff",
    PayCodeLetter: "pay_code",
    SealsLetter: "seals",
}
_SUBJECT_MAX = 200
_NAME_MAX = 120
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNBROKEN = Markup('<span style="white-space:nowrap">{}</span>')
_BOUND = re.compile(r"(?:(?<=\b\d\.)|(?<=\b\d\d\.)) (?=[^\W\d_])|(?<=\u2022) (?=\d)")
_BLANK_LINES = re.compile(r"\n{3,}")


def render(letter: Letter) -> Rendered:
    """The mail in its reader's language and time zone; English where we have no words."""
    name = TEMPLATES[type(letter)]
    language = _spoken(letter.reader.locale)
    locale = formatting.locale_of(language)
    with override(language):
        context = _context(letter, locale)
        subject = _template(f"{name}_subject.txt").render(context)
        text = _template(f"{name}.txt").render(context)
        html = to_html(_template(f"{name}.mjml").render(context))
    return Rendered(
        clean(subject, _SUBJECT_MAX), _BLANK_LINES.sub("\n\n", text).strip() + "\n", html
    )


def to_html(source: str) -> str:
    """MJML as the HTML of a mail; no font, picture or style from anywhere else comes into it."""
    return str(mjml2html(source, fonts={}))


def unbroken(text: str) -> Markup:
    """Words in which the number of a document does not break at its hyphens, if it is short enough
    to stand on a line of a phone; nor a day with a full stop from its month, nor the dots of a card
    from its digits. Takes no elements."""
    say = Markup if isinstance(text, Markup) else escape
    return Markup().join(
        _UNBROKEN.format(say(part)) if is_number and len(part) <= formatting.SHORT else say(part)
        for part, is_number in formatting.parted(_BOUND.sub("\u00a0", text))
    )


def _spoken(locale: str) -> str:
    """The reader's locale if we have its words: labels and figures are in one language always."""
    return locale if locale.partition("-")[0] in dict(settings.LANGUAGES) else "en"


def clean(text: str, limit: int = _NAME_MAX) -> str:
    """The text as one line, without controls and without marks that turn the words around it."""
    kept = ("" if c in _BIDI_CONTROLS else _blank_or(c) for c in text)
    line = " ".join("".join(kept).split(" "))
    line = re.sub(r" {2,}", " ", line).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "\u2026"


def _blank_or(character: str) -> str:
    return " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character


def _context(letter: Letter, locale: Any) -> dict[str, Any]:
    rtl, zone = formatting.is_rtl(locale), letter.reader.timezone

    def name(text: str, limit: int = _NAME_MAX) -> str:
        return formatting.isolated(clean(text, limit), rtl=rtl)

    def money(value: Money) -> str:
        return formatting.isolated(formatting.money(value, locale), rtl=rtl)

    def method(used: PaidWith) -> str:
        return name(words.method_name(used.kind, used.brand, used.last4))

    return {
        "letter": letter,
        "head": letter.letterhead,
        "reader": letter.reader,
        "why": _why(letter, name),
        "lang": locale.language,
        "direction": "rtl" if rtl else "ltr",
        "name": name,
        "money": money,
        "day": lambda value: formatting.day(value, locale),
        "moment_day": lambda value: formatting.local_day(value, zone, locale),
        "clock_time": lambda value: name(formatting.clock_time(value, zone, locale)),
        "method": method,
        "decline_reason": words.decline_reason,
        "plan_ended": words.plan_ended,
        "preset_words": words.preset_words,
        "preset_meaning": words.preset_meaning,
        "decline_advice": words.decline_advice,
    }


def _why(letter: Letter, name: Callable[[str], str]) -> str:
    """Why this reader gets it: who is invited is nobody's contact yet, who was removed no more."""
    event = letter.event if isinstance(letter, PeopleLetter) else ""
    because = {
        "invited": gettext(
            "You get this mail at %(email)s because you are invited to the invoices of "
            "%(customer)s. If you don’t know them, do nothing: you are not a contact of theirs "
            "before you accept."
        ),
        "removed": gettext(
            "You get this mail at %(email)s because it was a contact address of %(customer)s."
        ),
    }
    known = gettext(
        "You get this mail at %(email)s because it is a contact address of %(customer)s."
    )
    if isinstance(letter, ChangeLetter) and letter.to_staff:
        mine = gettext("You get this mail because you may give money back at %(business)s.")
        return mine % {"business": name(letter.letterhead.name)}
    reader = letter.reader
    names = {"email": name(reader.email), "customer": name(reader.customer_name)}
    return because.get(event, known) % names


@cache
def _environment() -> Environment:
    """Everything that becomes HTML is escaped; plain text is left as it is."""
    environment = Environment(
        loader=FileSystemLoader(
            [TEMPLATE_FOLDER, *(TEMPLATE_FOLDER / folder for folder in _FOLDERS)]
        ),
        autoescape=select_autoescape(["mjml"], ["txt"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.tests["known_by_day"] = is_known_by_day
    environment.filters["unbroken"] = unbroken
    environment.globals["are_wide"] = formatting.are_wide
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's own
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    return environment


def _template(name: str) -> Any:
    return _environment().get_template(f"mail/{name}")
