"""A bank account whose owner gave the mandate to the business elsewhere: an integration, which has
the business's key, vouches for it."""

from collections.abc import Iterable
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.debits.offer_mandates import Consent, offered_mandates
from counterfoil.flows.gateways import offers, tokens_of, usable_accounts
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.errors import Conflict, Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.mandates import DebitScheme


class DebitNotOffered(Conflict):
    """A bank account of a kind, or in a currency, that the business does not debit."""

    code = "debit_not_offered"
    message = (
        "The source is a bank account that your settings do not debit in this currency. "
        "Nothing was charged."
    )


def vouched_consent(
    business_id: BusinessId,
    source: str,
    currency: str,
    *,
    account_id: UUID | None,
    form_key: str,
    locale: str,
) -> tuple[UUID, Consent] | None:
    """The gateway account that a source is of and the mandate that its debit rests on; None where
    the source is no bank account's, or nobody can say so now.

    The consent names no address and no browser: the caller of the API is the one who vouches, and
    the mandate keeps their name. Refuses `DebitNotOffered`.
    """
    with reading(business_id):
        business = businesses.by_id(business_id)
        accounts = usable_accounts(business_id)
        if account_id is not None:
            accounts = [one for one in accounts if one.id == account_id]
    found = _account_of(accounts, source)
    if found is None:
        return None
    account, scheme = found
    with reading(business_id):
        offered = offered_mandates(business, account, currency, form_key=form_key, locale=locale)
    for offer in offered:
        if offer.scheme is scheme and not offer.is_elsewhere:
            return account.id, Consent(scheme, offer.text.digest, ip_address="", user_agent="")
    raise DebitNotOffered(field="source")


@outside_transaction
def _account_of(accounts: Iterable[Account], source: str) -> tuple[Account, DebitScheme] | None:
    for account in accounts:
        if not offers(account.kind, Capability.TOKENS):
            continue
        try:
            scheme = tokens_of(account.kind).scheme_of(account.opened, source)
        except Unavailable:
            continue  # its charge will say the same
        if scheme is not None:
            return account, scheme
    return None
