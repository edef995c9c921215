"""The proofs that compute again what was stored: sums of documents, and numbers of series."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from counterfoil.domain.billing.arithmetic import LineInput, Sums, compute
from counterfoil.domain.billing.series import number_text
from counterfoil.domain.insights import queries
from counterfoil.domain.insights.rows import DocumentParts, SeriesNumber, Violation
from counterfoil.kernel.ids import BusinessId

_PLACE = re.compile(r"\{number[^}]*\}")
_YEAR = re.compile(r"\{year[^}]*\}")


def wrong_sums(business_id: BusinessId) -> Iterator[Violation]:
    """Documents whose stored amounts are not what `arithmetic` makes of their stored lines."""
    for statement in (queries.INVOICE_PARTS, queries.CREDIT_NOTE_PARTS):
        for document in queries.documents(business_id, statement):
            difference = _difference(document)
            if difference:
                subject = f"document {document.number or document.id}"
                yield Violation(subject, difference)


def _difference(document: DocumentParts) -> str:
    """What is stored otherwise than it is computed; empty if nothing is."""
    if not document.quantities:
        return "no lines"
    sums = _computed(document)
    stored_taxes = list(
        zip(
            document.tax_rates or [],
            document.tax_bases or [],
            document.tax_amounts or [],
            strict=True,
        )
    )
    pairs: Sequence[tuple[str, object, object]] = (
        ("lines", document.line_count, len(document.nets)),
        ("nets", document.nets, [net.minor for net in sums.nets]),
        ("taxes", stored_taxes, [(t.rate, t.base.minor, t.tax.minor) for t in sums.taxes]),
        ("subtotal", document.subtotal_minor, sums.subtotal.minor),
        ("discount", document.discount_minor, sums.discount.minor),
        ("tax", document.tax_minor, sums.tax.minor),
        ("total", document.total_minor, sums.total.minor),
    )
    wrong = [f"{name} {_brief(kept)}, computed {_brief(made)}" for name, kept, made in pairs
             if kept != made]  # fmt: skip
    return "; ".join(wrong)


def _brief(value: object) -> str:
    text = str([str(one) for one in value] if isinstance(value, list) else value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004  a readable line


def _computed(document: DocumentParts) -> Sums:
    lines = [
        LineInput("", quantity, price, rate, discount)
        for quantity, price, rate, discount in zip(
            document.quantities,
            document.unit_prices,
            document.rates,
            document.discounts,
            strict=True,
        )
    ]
    percent: Decimal = document.discount_percent
    return compute(lines, discount_percent=percent, currency=document.currency)


def numbers_with_gaps(business_id: BusinessId) -> Iterator[Violation]:
    """Series whose given numbers are not 1, 2, 3 ... up to the last one given."""
    by_series: dict[str, list[SeriesNumber]] = {}
    for row in queries.SERIES_NUMBERS.rows(business_id=business_id):
        by_series.setdefault(row.code, []).append(row)
    for code, rows in by_series.items():
        yield from _of_series(code, rows)


def _of_series(code: str, rows: Sequence[SeriesNumber]) -> Iterator[Violation]:
    template, following = rows[0].format, rows[0].next_number
    shape = _shape(template)
    given: set[int] = set()
    for row in rows:
        if not row.number or row.issue_date is None:
            continue
        found = shape.fullmatch(row.number)
        number = int(found.group("number")) if found else 0
        if not found or number_text(template, number, on=row.issue_date) != row.number:
            yield Violation(f"series {code}", f"{row.number} is not of the form {template}")
        elif number in given:
            yield Violation(f"series {code}", f"{row.number} was given twice")
        given.add(number)
    missing = sorted(set(range(1, following)) - given)
    if missing:
        shown = ", ".join(map(str, missing[:10]))
        yield Violation(f"series {code}", f"{len(missing)} numbers are missing: {shown}")
    beyond = sorted(number for number in given if number >= following)
    if beyond:
        yield Violation(f"series {code}", f"{beyond[-1]} was given, the next one is {following}")


def _shape(template: str) -> re.Pattern[str]:
    """The pattern of a series' numbers."""
    text = _YEAR.sub("\0", _PLACE.sub("\1", template))
    pattern = re.escape(text).replace("\1", r"(?P<number>\d+)", 1).replace("\0", r"\d+")
    return re.compile(pattern)
