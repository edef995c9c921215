"""A bank account is added without paying: its mandate is given on the gateway's own page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.mandate_texts import mandate_reference
from counterfoil.domain.payments.operations import FormSentAlready
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.domain.payments.states import MandateState
from counterfoil.flows.debits.debit_account import (
    Debtor,
    mandate_request,
    set_up,
    take_mandate,
)
from counterfoil.flows.debits.offer_mandates import Consent
from counterfoil.flows.gateways import account_for
from counterfoil.flows.pay_invoices import NoGateway
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

_WAITING = (MandateState.CREATED, MandateState.PENDING, MandateState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Giving:
    """A mandate on its way: where its payer gives it; no address once it stands, or is over."""

    mandate: MandateRow
    url: str


def begin(
    business_id: BusinessId, consent: Consent, debtor: Debtor, *, at: datetime, by: Actor
) -> UUID:
    """Writes down what was agreed to, and returns the mandate's id; nothing is asked of the gateway
    yet. The same form gives one mandate.

    Refuses (`NoGateway`, `MandateChanged`) what is not offered as it was shown.
    """
    with reading(business_id):
        account = account_for(business_id, MethodKind.BANK_DEBIT, debtor.currency)
    if account is None:
        raise NoGateway

    def work() -> UUID:
        return take_mandate(business_id, consent, debtor, account, at=at, by=by)

    try:
        return run(business_id, work)
    except FormSentAlready:
        reference = mandate_reference(businesses.by_id(business_id).slug, debtor.form_key)
        with reading(business_id):
            known = mandates.mandate_told_of(business_id, account.id, reference, "")
        if known is None or known.customer_id != debtor.customer_id:
            raise NotFound from None
        return known.id


def lead(
    business_id: BusinessId, customer_id: UUID, mandate_id: UUID, back: str, *, at: datetime
) -> Giving:
    """Where the payer gives a mandate that waits for them, also if they left the page before;
    `NotFound` for another customer's. `Unavailable` while the gateway does not say where: asking
    again is safe, for the same reference is the same mandate."""
    with reading(business_id):
        mandate = mandates.mandate(business_id, mandate_id)
        account = queries.account(business_id, mandate.gateway_account_id)
    if mandate.customer_id != customer_id:
        raise NotFound
    if mandate.state not in _WAITING:
        return Giving(mandate, "")
    request = mandate_request(mandate, "", back)
    step = set_up(business_id, account, mandate_id, request, at=at).step
    with reading(business_id):
        mandate = mandates.mandate(business_id, mandate_id)
    if step is None and mandate.state in _WAITING:
        raise Unavailable("The gateway did not say where the mandate is given.")
    return Giving(mandate, step.url if step else "")
