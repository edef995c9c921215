import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from markupsafe import Markup, escape

import counterfoil
from counterfoil.domain.notifications import words as spoken
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind
from counterfoil.surfaces.backoffice.payments.refund_words import refund_failure
from counterfoil.surfaces.ui import words
from counterfoil.surfaces.ui.leaves import unbroken


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (6, "Due in 6 days"),
        (2, "Due in 2 days"),
        (1, "Due tomorrow"),
        (0, "Due today"),
        (-1, "1 day overdue"),
        (-9, "9 days overdue"),
    ],
)
def test_due_words_by_days(days: int, said: str) -> None:
    with translation.override("en"):
        assert words.due_words(days) == said


@pytest.mark.parametrize(
    ("state", "days", "pill"),
    [
        ("open", 30, words.Pill("Due in 30 days", "neutral")),
        ("open", 6, words.Pill("Due in 6 days", "warn")),
        ("overdue", -9, words.Pill("9 days overdue", "bad")),
        ("part_paid", 6, words.Pill("Rest due in 6 days", "warn")),
        ("part_paid", 1, words.Pill("Rest due tomorrow", "warn")),
        ("part_paid", 0, words.Pill("Rest due today", "warn")),
        ("part_paid", -1, words.Pill("Rest 1 day overdue", "bad")),
        ("processing", -9, words.Pill("Processing", "neutral")),
        ("checking", 3, words.Pill("Checking", "neutral")),
        ("paid", -9, words.Pill("Paid 14 Oct", "good")),
        ("credited", 3, words.Pill("Credited in full", "good")),
        ("void", 3, words.Pill("Void", "neutral")),
        ("uncollectible", -400, words.Pill("No longer due", "neutral")),
    ],
)
def test_invoice_pill_by_state(state: str, days: int, pill: words.Pill) -> None:
    with translation.override("en"):
        assert words.invoice_pill(state, days, date(2026, 10, 14)) == pill


def test_invoice_pill_of_an_unknown_state_is_a_bug() -> None:
    with pytest.raises(KeyError):
        words.invoice_pill("lost", 3, None)


REFUND_FAILURES = [
    FailureCode.INSTRUMENT_CLOSED,
    FailureCode.REFUND_DECLINED,
    FailureCode.LESS_IS_LEFT,
    FailureCode.REFUND_CANCELLED,
]  # told to staff, never to a payer
PAYMENT_FAILURES = [code for code in FailureCode if code not in REFUND_FAILURES]


@pytest.mark.parametrize("code", PAYMENT_FAILURES)
def test_every_failure_has_a_reason_of_its_own(code: FailureCode) -> None:
    others = {spoken.decline_reason(other) for other in PAYMENT_FAILURES if other != code}
    assert spoken.decline_reason(code) not in others
    assert spoken.decline_advice(code) != ""


def test_every_failure_of_a_refund_has_a_reason_of_its_own() -> None:
    reasons = {refund_failure(code) for code in (*REFUND_FAILURES, "another")}
    assert len(reasons) == len(REFUND_FAILURES) + 1


def test_an_unknown_failure_gets_general_words() -> None:
    with translation.override("en"):
        assert spoken.decline_reason("new_code") == "The payment could not be accepted."


@pytest.mark.parametrize(
    ("kind", "brand", "name"),
    [
        ("card", "visa", "Visa"),
        ("card", "MASTERCARD", "Mastercard"),
        ("card", "", "Card"),
        ("card", "elo", "Elo"),
        ("bank_debit", "", "Bank debit"),
        ("bank_redirect", "ideal", "iDEAL"),
        ("bank_redirect", "belfius", "Online banking"),
        ("digital_currency", "", "Digital currency"),
        ("pigeon", "", "Other method"),
    ],
)
def test_method_name_by_kind(kind: str, brand: str, name: str) -> None:
    with translation.override("en"):
        assert spoken.method_name(kind, brand) == name


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_way_to_pay_has_a_name_of_its_own(language: str) -> None:
    kinds = [*MethodKind, "bank_transfer", "cheque", "cash"]
    with translation.override(language):
        names = {kind: spoken.method_name(kind) for kind in kinds}
        unknown = spoken.method_name("pigeon")
    assert [kind for kind, name in names.items() if name == unknown] == []
    assert len(set(names.values())) == len(kinds)


_PILLS = (
    re.compile(r'Pill\(_\("([^"]+)"'),
    re.compile(r'class="pill[^>]*>\{\{ _\("([^"]+)"'),
)


def pills() -> set[str]:
    """The words of every state that pages show as a pill."""
    source = Path(counterfoil.__file__).parent / "surfaces"
    files = [*source.rglob("*.py"), *source.rglob("*.html")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return {words for text in texts for one in _PILLS for words in one.findall(text)}


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_states_are_written_one_way_with_a_capital_at_the_beginning(language: str) -> None:
    found = pills()
    assert len(found) > 50
    with translation.override(language):
        shown = {one: translation.gettext(one) for one in found}
    small = sorted(one for one, said in shown.items() if said[0].islower())
    assert small == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Invoice HW-2026-00418 is open", ["HW-2026-00418"]),
        ("RE/2026/7, \u2068HW-2026-1\u2069.", ["RE/2026/7", "HW-2026-1"]),
        ("HW-2026-VERYLONGPREFIX-00000000418", ["HW-2026-VERYLONGPREFIX-00000000418"]),
        (Markup("it&#39;s <&amp; HW-1"), ["HW-1"]),
        ("A first-class <b>e-mail</b> of 7 & 8", []),
        ("", []),
    ],
)
def test_a_number_of_a_document_stays_in_one_piece(text: str, kept: list[str]) -> None:
    drawn = str(unbroken(text))
    whole = '<span class="(?:nowrap|unbroken)"><bdi>(.*?)</bdi></span>'
    assert re.findall(whole, drawn) == kept
    assert re.sub(whole, r"\1", drawn) == str(escape(text))


def test_an_amount_stands_over_nothing_but_a_limit() -> None:
    """In English, a payment over EUR 5 is one of more than EUR 5."""
    root = Path(counterfoil.__file__).parent
    files = [file for kind in ("py", "html", "txt", "mjml") for file in root.rglob(f"*.{kind}")]
    found = [
        line
        for file in files
        for line in re.findall(r"\S+ over (?:%\(amount\)s|it on)", file.read_text())
    ]
    assert found == ['_("%(what)s over %(amount)s']
