"""What the reader can pay from at this moment, before it is drawn as ways to pay."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments.methods.offered import offered
from counterfoil.domain.payments.methods.rows import MethodRow, UseRow
from counterfoil.domain.payments.rows import Account, MandateRow
from counterfoil.flows.gateways import usable, usable_accounts
from counterfoil.surfaces.portal.access import PortalRequest


@dataclass(frozen=True, slots=True)
class Sources:
    """The accounts that a payment can go to, the methods that are saved, the mandates that bank
    accounts can be debited on again, and what the last payments were made with."""

    accounts: list[Account] = field(default_factory=list)
    saved: list[MethodRow] = field(default_factory=list)
    given: list[MandateRow] = field(default_factory=list)
    uses: list[UseRow] = field(default_factory=list)


def sources_of(request: PortalRequest) -> Sources:
    """The reader's, in one query; inside `reading`. A guest is never shown what is saved.

    What the business asks for (a fee, the least part) is read anew where it has changed: this
    process may still have the old, and what a payer reads has to be what they are held to.
    """
    scope = request.scope
    if request.person is None:
        accounts = usable_accounts(scope.business_id)
        _read_anew(request, accounts)
        return Sources(accounts)
    found = offered(scope.business_id, scope.customer_id)
    _read_anew(request, found.accounts)
    given = [one for one in found.mandates if one.can_be_charged_again]
    return Sources(usable(found.accounts), list(found.methods), given, list(found.uses))


def _read_anew(request: PortalRequest, accounts: Sequence[Account]) -> None:
    """The business of this request, if it has another version than the accounts tell of."""
    if any(one.business_version != request.business.brand_version for one in accounts):
        request.business = businesses.by_id(request.scope.business_id)
