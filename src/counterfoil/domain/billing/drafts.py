"""What a document is made from, and the rules that its input must pass (pure)."""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from counterfoil.domain.billing.arithmetic import (
    Credited,
    LineInput,
    Sums,
    compute,
    compute_credit,
)
from counterfoil.kernel.errors import FieldProblem, InvalidInput, Refused
from counterfoil.kernel.money import exponent

LINES_MAX = 10_000
DESCRIPTION_MAX = 2000
NOTES_MAX = 5000
REF_MAX = 120
FIRST_DUE, LAST_DUE = date(1990, 1, 1), date(2099, 12, 31)
TERMS_MAX_DAYS = 3650
PRICE_DECIMALS = 6
RATE_DECIMALS = 4
NUMBER_MAX = Decimal(10) ** 12
TERMS_DEFAULT_DAYS = 30
_KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A draft to write: `due_date` or `terms_days` (from issue), neither means 30 days."""

    customer_id: UUID
    currency: str
    lines: Sequence[LineInput]
    due_date: date | None = None
    terms_days: int | None = None
    discount_percent: Decimal = Decimal(0)
    notes: str = ""
    external_ref: str = ""


@dataclass(frozen=True, slots=True)
class NewCreditNote:
    """A credit note to issue: `invoice_id` None makes it free (unapplied credit).

    `line_ids` names, line by line, the invoice line that each one credits. `whole_at_most_minor` is
    what its invoice may be credited with it, where two people are wanted for more.
    """

    customer_id: UUID
    currency: str
    lines: Sequence[LineInput]
    invoice_id: UUID | None = None
    line_ids: Sequence[UUID | None] = ()
    discount_percent: Decimal = Decimal(0)
    reason: str = ""
    notes: str = ""
    external_ref: str = ""
    whole_at_most_minor: int | None = None


def clean_text(text: str) -> str:
    """Text as it may be kept: NFC, line feeds only, no other control marks, no bidi overrides."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) != "Cc")
    return "".join(c for c in kept if c not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068").strip()


def checked_sums(new: NewInvoice | NewCreditNote) -> Sums:
    """The computed document; refuses bad input with one `InvalidInput` that names every field."""
    if isinstance(new, NewCreditNote):
        return checked_credit(new, Credited())[0]
    with _checking(new):
        return compute(new.lines, discount_percent=new.discount_percent, currency=new.currency)


def checked_credit(new: NewCreditNote, before: Credited) -> tuple[Sums, Credited]:
    """The computed credit note, after what was credited of its invoice before, and what has been
    credited with it; refuses what `checked_sums` refuses."""
    with _checking(new):
        sums, after = compute_credit(
            new.lines,
            new.line_ids or [None] * len(new.lines),
            discount_percent=new.discount_percent,
            currency=new.currency,
            before=before,
        )
    if sums.total.minor <= 0:
        message = "A credit note must be for more than zero."
        raise InvalidInput([FieldProblem("lines", message, code="not_positive")])
    return sums, after


@contextmanager
def _checking(new: NewInvoice | NewCreditNote) -> Iterator[None]:
    """Refuses bad input before it is computed, and amounts that are too large."""
    problems = _problems(new)
    if problems:
        raise InvalidInput(problems)
    try:
        yield
    except Refused as error:
        raise InvalidInput([FieldProblem("lines", error.message, code=error.code)]) from None


def _problems(new: NewInvoice | NewCreditNote) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    try:
        exponent(new.currency)
    except Refused as error:
        problems.append(FieldProblem("currency", error.message, code=error.code))
    if not new.lines:
        problems.append(FieldProblem("lines", "At least one line is needed.", code="required"))
    if len(new.lines) > LINES_MAX:
        message = f"More than {LINES_MAX} lines can't be on one document."
        problems.append(FieldProblem("lines", message, code="too_many", most=LINES_MAX))
        return problems
    for index, line in enumerate(new.lines):
        problems += _line_problems(f"lines.{index}", line)
    problems += _percent(new.discount_percent, "discount_percent")
    for field, text, longest in (
        ("notes", new.notes, NOTES_MAX),
        ("external_ref", new.external_ref, REF_MAX),
    ):
        if len(text) > longest:
            message = f"At most {longest} characters."
            problems.append(FieldProblem(field, message, code="too_long", most=longest))
    if isinstance(new, NewInvoice):
        problems += _due_problems(new)
    return problems


def _due_problems(new: NewInvoice) -> list[FieldProblem]:
    if new.due_date is not None and new.terms_days is not None:
        return [FieldProblem("terms_days", "Give the due date or the terms, not both.")]
    if new.terms_days is not None and not 0 <= new.terms_days <= TERMS_MAX_DAYS:
        message = f"Between 0 and {TERMS_MAX_DAYS} days."
        return [FieldProblem("terms_days", message, most=TERMS_MAX_DAYS)]
    if new.due_date is not None and not FIRST_DUE <= new.due_date <= LAST_DUE:
        message = f"A day between {FIRST_DUE:%Y} and {LAST_DUE:%Y}."
        return [FieldProblem("due_date", message, code="out_of_range")]
    return []


def _line_problems(field: str, line: LineInput) -> list[FieldProblem]:
    problems = []
    if not line.description.strip():
        problems.append(FieldProblem(f"{field}.description", "Say what it is.", code="required"))
    if len(line.description) > DESCRIPTION_MAX:
        message = f"At most {DESCRIPTION_MAX} characters."
        problems.append(
            FieldProblem(f"{field}.description", message, code="too_long", most=DESCRIPTION_MAX)
        )
    problems += _number(line.quantity, f"{field}.quantity")
    problems += _number(line.unit_price, f"{field}.unit_price", zero=True)
    problems += _percent(line.tax_rate, f"{field}.tax_rate")
    problems += _percent(line.discount_percent, f"{field}.discount_percent")
    return problems


def _number(value: Decimal, field: str, *, zero: bool = False) -> list[FieldProblem]:
    if not value.is_finite():
        return [FieldProblem(field, "This is not a number.", code="not_a_number")]
    if value < 0 or (value == 0 and not zero):
        word = "at least zero" if zero else "more than zero"
        return [FieldProblem(field, f"It must be {word}.", code="not_positive")]
    if value >= NUMBER_MAX:
        return [FieldProblem(field, "This is too large.", code="too_large")]
    return _decimals(value, field, PRICE_DECIMALS)


def _percent(value: Decimal, field: str) -> list[FieldProblem]:
    if not value.is_finite() or not 0 <= value <= 100:  # noqa: PLR2004  percent
        return [FieldProblem(field, "Between 0 and 100 percent.", code="not_a_percentage")]
    return _decimals(value, field, RATE_DECIMALS)


def _decimals(value: Decimal, field: str, most: int) -> list[FieldProblem]:
    if _count_decimals(value) > most:
        message = f"At most {most} decimals."
        return [FieldProblem(field, message, code="too_many_decimals", most=most)]
    return []


@lru_cache(maxsize=10_000)
def _count_decimals(value: Decimal) -> int:
    """How many decimals a number needs; the same few come again and again in a file."""
    exponent_ = value.normalize().as_tuple().exponent
    return -exponent_ if isinstance(exponent_, int) else 0
