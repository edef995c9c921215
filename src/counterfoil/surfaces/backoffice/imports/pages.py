"""The values of the import's pages."""

from dataclasses import dataclass

from counterfoil.kernel.money import Money

LINES_MAX = 50_000


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that will not come in, and why."""

    line: int
    field: str
    value: str
    message: str
    is_cause: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """One document or customer that will come in."""

    name: str
    words: str
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds. Everything is counted in lines and in things (documents, customers)."""

    kind: str
    file_name: str
    fingerprint: str
    lines: int
    ready: int
    ready_lines: int
    already: int
    already_lines: int
    refused_lines: int
    refused: tuple[Refused, ...]
    samples: tuple[Sample, ...]
    totals: tuple[Money, ...]
    columns: tuple[tuple[str, str], ...]
    problem: str
    refused_url: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Choose a file; then what it holds. `errors` are about the file."""

    kind: str = "invoices"
    errors: tuple[str, ...] = ()
    preview: Preview | None = None
    lines_most: int = LINES_MAX
