"""What was typed into staff forms: raw values out, domain values in, errors by field."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from babel.numbers import get_decimal_symbol

from counterfoil.kernel.errors import FieldProblem, InvalidInput, Problem, Refused
from counterfoil.kernel.money import parse_decimal
from counterfoil.surfaces.ui.formatting import number_locale
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.words import problem_words

TEXT_MAX = 6000
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")


def form_key() -> str:
    """Born with a form: the form is taken once (`access.is_first_time`)."""
    return secrets.token_urlsafe(16)


def texts(post: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The named fields as sent, none of them longer than any text may be."""
    return {name: post.get(name, "")[:TEXT_MAX].strip() for name in names}


def decimal_of(text: str, field: str) -> Decimal:
    """The number that a person typed: with a point, or with the comma of their language.

    A comma is never read as a mark of thousands; what could mean two things is refused.
    """
    plain = text.translate(_DIGITS).replace("\u00a0", "").replace(" ", "")
    if get_decimal_symbol(number_locale()) == "," and "." not in plain:
        plain = plain.replace(",", ".", 1)
    try:
        return parse_decimal(plain)
    except Refused as error:
        raise FieldProblem(field, error.message, code="not_a_number") from None


def date_of(text: str, field: str) -> date | None:
    """A date as date fields send it; None for an empty one."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldProblem(field, "This is not a date.", code="not_a_date") from None


def with_problem(values: Mapping[str, str], problem: Problem) -> FormState:
    """The form again, with what is wrong beside its fields or on top."""
    problems = field_problems(problem)
    if not problems:
        return FormState(values, form_errors=(problem_words(problem),))
    errors: dict[str, list[str]] = {}
    for one in problems:
        errors.setdefault(one.field, []).append(problem_words(one))
    return FormState(values, errors)


def field_problems(problem: Problem) -> list[FieldProblem]:
    """The problem as problems of fields; empty if it is about the whole."""
    if isinstance(problem, InvalidInput):
        return problem.problems
    return [problem] if isinstance(problem, FieldProblem) else []
