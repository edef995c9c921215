"""What several resources share: references to other objects, lines and taxes of documents."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.rows import LineRow, TaxRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import CustomerRow
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.surfaces.api.fields import (
    Body,
    DecimalText,
    LineId,
    Minor,
    Shown,
    Text,
)

LINES_MAX = 10_000


class NotIssued(Conflict):
    """A draft has no number and no debt yet."""

    code = "not_issued"
    message = "This invoice is a draft: issue it first."


def named(prefix: str, text: str, field: str) -> UUID:
    """The id that a field names; one that can't exist is `NotFound`, like one that does not."""
    try:
        return decode(prefix, text)
    except NotFound:
        raise missing(field) from None


def missing(field: str) -> NotFound:
    """What a field names does not exist, or is somebody else's."""
    return NotFound("There is no such object.", field=field)


def named_customer(business_id: BusinessId, text: str, field: str = "customer") -> CustomerRow:
    """The customer that a field names; inside `reading`."""
    try:
        return customers.customer(business_id, decode("cus", text))
    except NotFound:
        raise missing(field) from None


def shown_text(text: str) -> str | None:
    """No text is null outside."""
    return text or None


class NoFields(Body):
    """Nothing needs to be said."""


class LineIn(Body):
    """A line to write: `unit_price` in major units, rates in percent."""

    description: Text
    quantity: DecimalText = Decimal(1)
    unit_price: DecimalText
    tax_rate: DecimalText = Decimal(0)
    discount_percent: DecimalText = Decimal(0)

    def line(self) -> LineInput:
        """The line as a document takes it."""
        return LineInput(
            description=self.description,
            quantity=self.quantity,
            unit_price=self.unit_price,
            tax_rate=self.tax_rate,
            discount_percent=self.discount_percent,
        )


class LineShown(Shown):
    """A line of a document; `amount` is its net, rounded half up to the minor unit."""

    id: LineId
    description: str
    quantity: DecimalText
    unit_price: DecimalText
    tax_rate: DecimalText
    discount_percent: DecimalText
    amount: Minor


class TaxShown(Shown):
    """Tax of one rate on the sum of its lines, after the document's own discount."""

    rate: DecimalText
    base: Minor
    amount: Minor


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=LINES_MAX)]


def shown_lines(rows: Sequence[LineRow], prefix: str = "line") -> list[LineShown]:
    """The lines of a document."""
    return [
        LineShown(
            id=encode(prefix, row.id),
            description=row.description,
            quantity=row.quantity,
            unit_price=row.unit_price,
            tax_rate=row.tax_rate,
            discount_percent=row.discount_percent,
            amount=row.net_minor,
        )
        for row in rows
    ]


def shown_taxes(rows: Sequence[TaxRow]) -> list[TaxShown]:
    """The taxes of a document."""
    return [TaxShown(rate=row.rate, base=row.base_minor, amount=row.tax_minor) for row in rows]


def given(body: Body) -> dict[str, Any]:
    """Only what the caller has named, so that a PATCH changes nothing else."""
    return {name: getattr(body, name) for name in body.model_fields_set}
