"""What a preview finds in a file: documents that are ready, those already there, lines refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, Protocol, TypeVar

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.kernel.money import Money

Progress = Callable[[int, int], None]
"""Told after each transaction: lines done, lines in all."""


class Planned(Protocol):
    """What a plan is made of: it knows its lines of the file."""

    @property
    def file_lines(self) -> tuple[int, ...]:
        """Their numbers."""


P = TypeVar("P", bound=Planned)


def silent(_done: int, _total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One line that is not imported: the field at fault, why, and what stands there.

    `is_cause` is False for a line that is well itself, but another line of its document is not.
    """

    line: int
    field: str
    message: str
    value: str = ""
    document: str = ""
    is_cause: bool = True


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document of the file that can be imported, with the lines of the file it is made of.

    `kind` is `invoice` or `credit_note` (its quantities are positive: it is the customer's credit).
    """

    number: str
    kind: str
    customer_ref: str
    currency: str
    day: date
    due_date: date | None
    lines: tuple[LineInput, ...]
    file_lines: tuple[int, ...]
    total: Money
    notes: str = ""


@dataclass(frozen=True, slots=True)
class PlannedCustomer:
    """A customer of the file who can be imported, with the lines they are made of."""

    new: NewCustomer
    file_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FilePlan(Generic[P]):
    """What `apply` would do with a file; each line is in exactly one of ready, already, refused.

    `headers` says which header of the file was taken for which field. A `problem` with the whole
    file is also the reason of each of its lines.
    """

    headers: dict[str, str]
    total_lines: int
    ready: tuple[P, ...] = ()
    already: tuple[P, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    problem: str = ""  # why nothing in the file can be imported
    hint: str = ""  # what the file seems to hold instead

    @property
    def ready_lines(self) -> int:
        """Lines of what can be imported."""
        return sum(len(one.file_lines) for one in self.ready)

    @property
    def already_lines(self) -> int:
        """Lines of what was imported before."""
        return sum(len(one.file_lines) for one in self.already)

    @property
    def refused_lines(self) -> int:
        """Lines that are not imported."""
        return len(self.refused)


@dataclass(frozen=True, slots=True)
class Plan(FilePlan[PlannedDocument]):
    """A file of documents, and the `customers` that they need by reference, whether those are
    there already or not."""

    customers: dict[str, NewCustomer] = field(default_factory=dict)

    def totals(self) -> dict[tuple[str, str], int]:
        """What the ready documents come to in minor units, by kind and currency."""
        found: dict[tuple[str, str], int] = {}
        for one in self.ready:
            key = (one.kind, one.currency)
            found[key] = found.get(key, 0) + one.total.minor
        return found


@dataclass(frozen=True, slots=True)
class CustomerPlan(FilePlan[PlannedCustomer]):
    """A file of customers."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; documents and lines that were there already are not counted as new."""

    documents: int = 0
    lines: int = 0
    customers: int = 0
    already_documents: int = 0
    already_lines: int = 0


def refused_whole(
    lines: Sequence[int],
    causes: Sequence[RefusedLine],
    *,
    document: str,
    what: Literal["document", "customer"] = "document",
) -> list[RefusedLine]:
    """One refusal for each line of a document or a customer: the first cause on its own line, and
    for the others a word on the line that holds the whole of it back."""
    own = {one.line: one for one in reversed(causes)}
    first = causes[0]
    also = {
        "document": f"Another line of the same document is refused (line {first.line}).",
        "customer": f"Another line of the same customer is refused (line {first.line}).",
    }[what]
    return [
        own.get(line) or RefusedLine(line, what, also, "", document, is_cause=False)
        for line in lines
    ]
