"""What an API key may do (pure): reading and writing, by family of resources."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from counterfoil.domain.identity.roles import Act, Right


class Scope(StrEnum):
    """One thing that a key may be allowed to do. Who may write may read."""

    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    INVOICES_READ = "invoices:read"
    INVOICES_WRITE = "invoices:write"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    REFUNDS_READ = "refunds:read"
    REFUNDS_WRITE = "refunds:write"
    LEDGER_READ = "ledger:read"
    EVENTS_READ = "events:read"


EVERY_SCOPE = frozenset(Scope)
_NEEDS: Final[Mapping[Scope, frozenset[Right]]] = {
    Scope.CUSTOMERS_WRITE: frozenset({Right.EDIT_CUSTOMERS}),
    Scope.INVOICES_WRITE: frozenset({Right.EDIT_INVOICES, Right.CREDIT}),
    Scope.PAYMENTS_WRITE: frozenset({Right.RESOLVE_PAYMENTS, Right.REFUND}),  # it stops them, too
    Scope.REFUNDS_WRITE: frozenset({Right.REFUND}),
}
_REACHES: Final[Mapping[Scope, frozenset[Act]]] = {
    Scope.INVOICES_WRITE: frozenset({Act.CREDIT}),
    Scope.REFUNDS_WRITE: frozenset({Act.REFUND}),
}


def scopes_of(words: Iterable[str]) -> frozenset[Scope]:
    """Stored scopes, reading along with writing; a word of another version gives nothing."""
    known = {scope.value: scope for scope in Scope}
    wide = {word.replace(":write", ":read") for word in words} | set(words)
    return frozenset(known[word] for word in wide if word in known)


def rights_needed(scopes: Iterable[Scope]) -> frozenset[Right]:
    """What a person has to be allowed to do, to give a program these scopes."""
    return frozenset({Right.SEE}).union(*(_NEEDS.get(one, frozenset()) for one in scopes))


def acts_reached(scopes: Iterable[Scope]) -> frozenset[Act]:
    """What a program with these scopes does that a person may have a limit for; a program has
    none."""
    return frozenset[Act]().union(*(_REACHES.get(one, frozenset()) for one in scopes))
