"""The draft's form: lines of any number, kept as typed until every one can be taken."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from counterfoil.domain.billing.arithmetic import LineInput, Sums, compute
from counterfoil.domain.billing.drafts import TERMS_DEFAULT_DAYS, NewInvoice, checked_sums
from counterfoil.domain.billing.rows import InvoiceHead, LineRow
from counterfoil.kernel.errors import FieldProblem, InvalidInput, Refused
from counterfoil.surfaces.backoffice.forms import (
    date_of,
    decimal_of,
    field_problems,
    texts,
    with_problem,
)
from counterfoil.surfaces.backoffice.invoices.pages import LineForm, Tax, Totals
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.words import problem_words

HEAD = ("currency", "due_date", "terms_days", "discount_percent", "notes", "external_ref")
NUMBERS = ("quantity", "unit_price", "tax_rate", "discount_percent")
LINE = ("description", *NUMBERS)
NEW_LINE = {"quantity": "1"}
LINES_AT_ONCE = 500
_NOBODY = UUID(int=0)  # sums do not depend on whose they are
_LINE_FIELD = re.compile(r"lines-(\d{1,4})-description\Z")


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as typed: the head's fields and the lines in order."""

    head: Mapping[str, str]
    lines: Sequence[Mapping[str, str]]


def read(post: Mapping[str, str]) -> Draft:
    """The form as it was sent; lines keep their order, their numbers are given anew."""
    found = (_LINE_FIELD.match(name) for name in post)
    numbers = sorted({int(one[1]) for one in found if one})[:LINES_AT_ONCE]
    lines = []
    for number in numbers:
        names = {f"lines-{number}-{name}": name for name in LINE}
        sent = texts(post, names)
        lines.append({names[long]: value for long, value in sent.items()})
    return Draft(texts(post, HEAD), lines)


def blank(currency: str) -> Draft:
    """A new invoice: the usual terms and one empty line."""
    return Draft({"currency": currency, "terms_days": str(TERMS_DEFAULT_DAYS)}, [NEW_LINE])


def stored(head: InvoiceHead, lines: Sequence[LineRow]) -> Draft:
    """A draft as it was saved."""
    terms = "" if head.terms_days is None else str(head.terms_days)
    values = {
        "currency": head.currency,
        "due_date": head.due_date.isoformat() if head.due_date else "",
        "terms_days": terms,
        "discount_percent": _plain(head.discount_percent),
        "notes": head.notes,
        "external_ref": head.external_ref,
    }
    return Draft(values, [_stored_line(row) for row in lines])


def _stored_line(row: LineRow) -> dict[str, str]:
    return {
        "description": row.description,
        "quantity": format(row.quantity.normalize(), "f"),
        "unit_price": format(row.unit_price.normalize(), "f"),
        "tax_rate": _plain(row.tax_rate),
        "discount_percent": _plain(row.discount_percent),
    }


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else ""


def with_line(draft: Draft) -> Draft:
    """One more line, with the tax rate of the one before: it is mostly the same."""
    last = draft.lines[-1] if draft.lines else {}
    return replace(draft, lines=[*draft.lines, {**NEW_LINE, "tax_rate": last.get("tax_rate", "")}])


def without_line(draft: Draft, index: int) -> Draft:
    """One line less; the last one leaves an empty line."""
    lines = [line for at, line in enumerate(draft.lines) if at != index]
    return replace(draft, lines=lines or [NEW_LINE])


def without_blanks(draft: Draft) -> Draft:
    """Without lines in which nothing was said; one is left to write in."""
    lines = [line for line in draft.lines if line.get("description") or line.get("unit_price")]
    return replace(draft, lines=lines or [NEW_LINE])


def new_invoice(draft: Draft, customer_id: UUID) -> NewInvoice:
    """The invoice that the form describes; every field that can't be taken is named at once."""
    problems: list[FieldProblem] = []
    lines = [_line(index, line, problems) for index, line in enumerate(draft.lines)]
    discount = _number(draft.head, "discount_percent", "discount_percent", problems)
    due_date, terms_days = _due(draft.head, problems)
    new = NewInvoice(
        customer_id=customer_id,
        currency=draft.head.get("currency", "").upper(),
        lines=lines,
        due_date=due_date,
        terms_days=None if due_date else terms_days,
        discount_percent=discount,
        notes=draft.head.get("notes", ""),
        external_ref=draft.head.get("external_ref", ""),
    )
    if problems:
        seen = {problem.field for problem in problems}
        problems += [one for one in _checked(new) if one.field not in seen]
        raise InvalidInput(problems)
    checked_sums(new)
    return new


def _checked(new: NewInvoice) -> list[FieldProblem]:
    try:
        checked_sums(new)
    except Refused as problem:
        return field_problems(problem)
    return []


def _line(index: int, line: Mapping[str, str], problems: list[FieldProblem]) -> LineInput:
    numbers = {
        name: _number(line, name, f"lines.{index}.{name}", problems, needed=name in NUMBERS[:2])
        for name in NUMBERS
    }
    return LineInput(line.get("description", ""), **numbers)


def _number(
    values: Mapping[str, str],
    name: str,
    field: str,
    problems: list[FieldProblem],
    *,
    needed: bool = False,
) -> Decimal:
    """The number of a field; an empty one is zero unless it is needed."""
    text = values.get(name, "")
    if not text and not needed:
        return Decimal(0)
    if not text:
        problems.append(FieldProblem(field, "This is needed.", code="required"))
        return Decimal(0)
    try:
        return decimal_of(text, field)
    except FieldProblem as problem:
        problems.append(problem)
        return Decimal(0)


def _due(head: Mapping[str, str], problems: list[FieldProblem]) -> tuple[date | None, int | None]:
    due_date = None
    try:
        due_date = date_of(head.get("due_date", ""), "due_date")
    except FieldProblem as problem:
        problems.append(problem)
    terms = head.get("terms_days", "")
    if not terms or due_date:
        return due_date, None
    if not (terms.isascii() and terms.isdigit() and len(terms) < 6):  # noqa: PLR2004  digits
        message = "A whole number of days."
        problems.append(FieldProblem("terms_days", message, code="invalid"))
        return due_date, None
    return due_date, int(terms)


def shown(draft: Draft, problem: Refused | None = None) -> tuple[FormState, tuple[LineForm, ...]]:
    """Head and lines as the page draws them, each problem beside its field."""
    state = with_problem(draft.head, problem) if problem else FormState(draft.head)
    errors: list[dict[str, list[str]]] = [{} for _ in draft.lines]
    for one in field_problems(problem) if problem else []:
        kind, _dot, rest = one.field.partition(".")
        index, _dot, name = rest.partition(".")
        if kind == "lines" and index.isdigit() and int(index) < len(errors):
            errors[int(index)].setdefault(name, []).append(problem_words(one))
    lines = zip(draft.lines, errors, strict=True)
    return state, tuple(LineForm(dict(values), found) for values, found in lines)


def preview(draft: Draft) -> tuple[Totals | None, int]:
    """The sums over the lines that can be taken already, and how many are left out."""
    kept: list[LineInput] = []
    for index, line in enumerate(draft.lines):
        problems: list[FieldProblem] = []
        parsed = _line(index, {**line, "description": "…"}, problems)
        if not problems:
            kept.append(parsed)
    currency = draft.head.get("currency", "").upper()
    problems = []
    discount = _number(draft.head, "discount_percent", "discount_percent", problems)
    new = NewInvoice(_NOBODY, currency, kept, discount_percent=discount)
    left_out = len(draft.lines) - len(kept)
    if not kept or _checked(new):
        return None, left_out
    sums = compute(kept, discount_percent=discount, currency=currency)
    return totals(sums, discount), left_out


def totals(sums: Sums, discount_percent: Decimal) -> Totals:
    """Computed sums as a page draws them."""
    return Totals(
        subtotal=sums.subtotal,
        taxes=tuple(Tax(row.rate, row.base, row.tax) for row in sums.taxes if row.rate),
        total=sums.total,
        discount=sums.discount or None,
        discount_percent=discount_percent if sums.discount else None,
    )


def due_after(today: date, terms_days: int | None) -> date:
    """When a draft of these terms falls due if it is issued today."""
    return today + timedelta(days=TERMS_DEFAULT_DAYS if terms_days is None else terms_days)
