"""What staff may do, by role (pure): enforced on server and page alike."""

from enum import StrEnum


class Role(StrEnum):
    """The presets of a business's staff."""

    OWNER = "owner"
    FINANCE = "finance"
    READONLY = "readonly"


class Right(StrEnum):
    """One thing that staff may be allowed to do."""

    SEE = "see"
    EDIT_CUSTOMERS = "edit_customers"
    EDIT_INVOICES = "edit_invoices"
    CREDIT = "credit"
    RESOLVE_PAYMENTS = "resolve_payments"
    REFUND = "refund"
    IMPORT = "import"
    SETTINGS = "settings"


_FINANCE = frozenset(
    {
        Right.SEE,
        Right.EDIT_CUSTOMERS,
        Right.EDIT_INVOICES,
        Right.CREDIT,
        Right.RESOLVE_PAYMENTS,
        Right.REFUND,
        Right.IMPORT,
    }
)
RIGHTS = {
    Role.OWNER: frozenset(Right),
    Role.FINANCE: _FINANCE,
    Role.READONLY: frozenset({Right.SEE}),
}


def may(role: Role, right: Right) -> bool:
    """Whether the role has the right."""
    return right in RIGHTS[role]
