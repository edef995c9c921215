"""The document states of an invoice."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


class DocumentState(StrEnum):
    """What the document is; whether it is paid is another axis. DELETED leaves its history only."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOIDED = "voided"
    DELETED = "deleted"


INVOICE = Machine(
    name="invoice",
    initial=DocumentState.DRAFT,
    moves={
        DocumentState.DRAFT: frozenset({DocumentState.ISSUED, DocumentState.DELETED}),
        DocumentState.ISSUED: frozenset({DocumentState.VOIDED}),
    },
)
