"""What a customer can pay with at this moment: the accounts that take new payments, what is saved,
the bank accounts that may be debited; and what their last payments were made with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from counterfoil.domain.payments.accounts.kinds import WITHOUT_ADAPTER
from counterfoil.domain.payments.mandates import MANDATES_OF
from counterfoil.domain.payments.methods.queries import METHODS_OF
from counterfoil.domain.payments.methods.rows import MethodRow, UseRow
from counterfoil.domain.payments.queries import ACCOUNTS, AccountColumns, accounts_of
from counterfoil.domain.payments.rows import Account, MandateRow
from counterfoil.infra.sql import Statement, Together
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class OfferedColumns:
    """They as they are stored."""

    accounts: list[AccountColumns]
    methods: list[MethodRow]
    mandates: list[MandateRow]
    uses: list[UseRow]


@dataclass(frozen=True, slots=True)
class Offered:
    """Each in the order of its own query."""

    accounts: Sequence[Account]
    methods: Sequence[MethodRow]
    mandates: Sequence[MandateRow]
    uses: Sequence[UseRow]


USES = Statement(__package__, "uses", UseRow)
OFFERED = Together(
    OfferedColumns, accounts=ACCOUNTS, methods=METHODS_OF, mandates=MANDATES_OF, uses=USES
)


def offered(business_id: BusinessId, customer_id: UUID) -> Offered:
    """As `active_accounts`, `methods_of` and `mandates_of`, with the last uses, in one query."""
    found = OFFERED.read(
        business_id=business_id,
        customer_id=customer_id,
        without_adapter=sorted(WITHOUT_ADAPTER),
    )
    accounts = [one for one in accounts_of(found.accounts) if one.is_active]
    return Offered(accounts, found.methods, found.mandates, found.uses)
