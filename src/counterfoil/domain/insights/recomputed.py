"""The proofs that compute again what was stored: sums of documents, and numbers of series."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from counterfoil.domain.billing.arithmetic import Credited, LineInput, line_net
from counterfoil.domain.billing.series import number_text
from counterfoil.domain.insights import queries
from counterfoil.domain.insights.rows import (
    CreditedInvoice,
    DocumentParts,
    SeriesNumber,
    Violation,
)
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money, round_half_up

Numbers = Sequence[int | Decimal]

_PLACE = re.compile(r"\{number[^}]*\}")
_YEAR = re.compile(r"\{year[^}]*\}")


def wrong_sums(business_id: BusinessId) -> Iterator[Violation]:
    """Documents whose stored amounts are not what `arithmetic` makes of their stored lines. One
    credit note against an invoice may be a minor unit off; all of them together may not."""
    for document in queries.documents(business_id):
        difference = _difference(document)
        if difference:
            yield Violation(f"document {document.number or document.id}", difference)
    for invoice, credited in queries.credited(business_id):
        difference = _left_over(invoice, credited)
        if difference:
            yield Violation(f"credit notes against {invoice.number}", difference)


def _difference(document: DocumentParts) -> str:
    """What is stored otherwise than it is computed; empty if nothing is."""
    if not document.quantities:
        return "no lines"
    slack = 1 if document.is_part else 0
    bases, taxes = document.tax_bases or [], document.tax_amounts or []
    rates, made_bases, made_taxes = _taxes(document)
    pairs: Sequence[tuple[str, Numbers, Numbers, int]] = (
        ("lines", [document.line_count], [len(document.nets)], 0),
        ("nets", document.nets, _nets(document), slack),
        ("rates", document.tax_rates or [], rates, 0),
        ("bases", bases, made_bases, slack),
        ("taxes", taxes, made_taxes, slack),
        ("subtotal", [document.subtotal_minor], [sum(document.nets)], 0),
        ("discount", [document.discount_minor], [sum(document.nets) - sum(bases)], 0),
        ("tax", [document.tax_minor], [sum(taxes)], 0),
        ("total", [document.total_minor], [sum(bases) + sum(taxes)], 0),
    )
    wrong = [f"{name} {_brief(kept)}, computed {_brief(made)}" for name, kept, made, within in pairs
             if not _agree(kept, made, within)]  # fmt: skip
    return "; ".join(wrong)


def _agree(kept: Numbers, made: Numbers, within: int) -> bool:
    return len(kept) == len(made) and all(
        -within <= one - other <= within for one, other in zip(kept, made, strict=True)
    )


def _brief(values: Numbers) -> str:
    text = ", ".join(map(str, values))
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004  a readable line


def _nets(document: DocumentParts) -> list[int]:
    """The nets that the stored lines come to, each by itself."""
    parts = zip(document.quantities, document.unit_prices, document.rates, document.discounts,
                strict=True)  # fmt: skip
    return [line_net(LineInput("", *part), document.currency).minor for part in parts]


def _taxes(document: DocumentParts) -> tuple[list[Decimal], list[int], list[int]]:
    """Rates, bases and taxes that the stored nets come to, the taxes on the stored bases."""
    by_rate: dict[Decimal, int] = {}
    for rate, net in zip(document.rates, document.nets, strict=True):
        by_rate[rate] = by_rate.get(rate, 0) + net
    rates = sorted(by_rate)
    percent: Decimal = document.discount_percent
    nets = [Money(by_rate[rate], document.currency) for rate in rates]
    bases = [(net - net.percent(percent)).minor for net in nets]
    kept = document.tax_bases or []
    taxes = [
        Money(base, document.currency).percent(rate).minor
        for rate, base in zip(rates, kept, strict=False)
    ]
    return rates, bases, taxes


def _left_over(invoice: CreditedInvoice, credited: Credited) -> str:
    """What the credit notes of an invoice have lost or made between them; empty if nothing."""
    lines, rates = credited.lines.values(), credited.rates.items()
    pairs = (
        ("nets", [one.net_minor for one in lines], [_rounded(one.exact) for one in lines]),
        (
            "allowances",
            [one.allowance_minor for _, one in rates],
            [_rounded(one.allowance) for _, one in rates],
        ),
        (
            "taxes",
            [one.tax_minor for _, one in rates],
            [_rounded(one.base_minor * rate / 100) for rate, one in rates],
        ),
    )
    wrong = [f"{name} {_brief(kept)}, computed {_brief(made)}" for name, kept, made in pairs
             if kept != made]  # fmt: skip
    if credited.total_minor > invoice.total_minor:
        wrong.append(f"credited {credited.total_minor} of {invoice.total_minor}")
    return "; ".join(wrong)


def _rounded(exact: Decimal) -> int:
    return int(round_half_up(exact))


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
