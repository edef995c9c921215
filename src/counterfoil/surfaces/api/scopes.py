"""Which scope of a key each operation needs: by the family of its address, and whether it writes.

What has no family here is refused to every key, so that a new resource can't be forgotten."""

from counterfoil.domain.identity.scopes import Scope
from counterfoil.kernel.errors import Forbidden

_FAMILIES = {
    "customers": "customers",
    "invoices": "invoices",
    "credit-notes": "invoices",
    "payments": "payments",
    "mandates": "payments",
    "gateways": "payments",
    "ledger": "ledger",
    "events": "events",
}
_READING = ("GET", "HEAD", "OPTIONS")


class InsufficientScope(Forbidden):
    """The key is good, and may not do this."""

    code = "insufficient_scope"


def scope_of(path: str, method: str) -> Scope | None:
    """The scope that an operation needs; None for an address without a family. `path` begins after
    the API's version: `/payments/pay_…/refunds`."""
    parts = path.strip("/").split("/")
    family = _FAMILIES.get(parts[0])
    if family == "payments" and parts[2:3] == ["refunds"]:
        family = "refunds"
    if family == "customers" and parts[2:3] == ["payment-methods"]:
        family = "payments"
    verb = "read" if method.upper() in _READING else "write"
    wanted = f"{family}:{verb}"
    return Scope(wanted) if wanted in list(Scope) else None


def check_scope(scopes: frozenset[Scope], path: str, method: str) -> None:
    """Refuses (`InsufficientScope`) what a key with these scopes may not do."""
    wanted = scope_of(path, method)
    if wanted is None or wanted not in scopes:
        needed = f"It needs the scope {wanted}." if wanted else ""
        raise InsufficientScope(f"This key may not do this. {needed}".strip())
