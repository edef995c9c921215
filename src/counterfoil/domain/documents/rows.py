"""The frozen rows of stored documents."""

from dataclasses import dataclass
from uuid import UUID

from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Which document: `kind` is invoice, receipt or credit_note; one file for each locale."""

    kind: str
    source_id: UUID
    locale: str

    def path(self, business_id: BusinessId) -> str:
        """Its key in the file store."""
        return f"b/{business_id}/{self.kind}/{self.source_id}-{self.locale}.pdf"


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A document that was made: where its bytes are and what they must hash to."""

    id: UUID
    kind: str
    source_id: UUID
    locale: str
    sha256: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """What a code or a file leads to: `is_in_force` is false for an invoice that was voided, and
    for the receipt of a payment that came back; `has_file` says that the asked file was handed out
    for this very document."""

    kind: str
    source_id: UUID
    customer_id: UUID
    number: str
    is_in_force: bool
    has_code: bool
    has_file: bool
