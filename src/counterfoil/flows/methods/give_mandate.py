"""A bank account is added without paying: its mandate is given here, in the gateway's fields, or on
its own page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.mandate_texts import mandate_reference
from counterfoil.domain.payments.operations import FormSentAlready
from counterfoil.domain.payments.rows import Account, MandateRow
from counterfoil.domain.payments.states import MandateState
from counterfoil.flows.debits.debit_account import (
    Debtor,
    mandate_request,
    set_up,
    take_mandate,
)
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.debits.offer_mandates import Consent
from counterfoil.flows.gateways import account_for, methods_of
from counterfoil.flows.pay_invoices import NoGateway
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Refused, Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

NOT_KEPT = "not_kept"
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


def keep(
    business_id: BusinessId,
    customer_id: UUID,
    mandate_id: UUID,
    source: str,
    *,
    at: datetime,
    by: Actor,
) -> MandateRow:
    """Sets a mandate up for the account that a token of the hosted fields stands for, and has the
    gateway keep the account, so that the mandate can be debited later; nothing is charged. Sending
    it again is safe.

    Refuses what the gateway does not keep (`Refused`): the mandate is ended then. `Unavailable` and
    `Uncertain` while the gateway does not say; `NotFound` for another customer's mandate.
    """
    mandate, account = _read(business_id, customer_id, mandate_id)
    if mandate.state in _WAITING:
        set_up(business_id, account, mandate_id, mandate_request(mandate, source, ""), at=at)
        mandate, _ = _read(business_id, customer_id, mandate_id)
    if mandate.state in (MandateState.CREATED, MandateState.UNKNOWN):
        raise Unavailable("The gateway did not say whether the mandate stands.")
    if mandate.is_active and not mandate.source_ref:
        try:
            kept = _kept(account, mandate, source)
        except Refused:
            end_mandate(business_id, mandate_id, customer_id=None, at=at, by=by, reason=NOT_KEPT)
            raise
        run(business_id, lambda: mandates.note_sources(business_id, {mandate_id: kept}))
        mandate, _ = _read(business_id, customer_id, mandate_id)
    return mandate


@outside_transaction
def _kept(account: Account, mandate: MandateRow, source: str) -> str:
    saved = methods_of(account.kind).save(
        account.opened,
        source=source,
        customer=encode("cus", mandate.customer_id),
        reference=f"account:{mandate.reference}",
    )
    return saved.gateway_ref


def _read(
    business_id: BusinessId, customer_id: UUID, mandate_id: UUID
) -> tuple[MandateRow, Account]:
    with reading(business_id):
        mandate = mandates.mandate(business_id, mandate_id)
        account = queries.account(business_id, mandate.gateway_account_id)
    if mandate.customer_id != customer_id:
        raise NotFound
    return mandate, account


def lead(
    business_id: BusinessId, customer_id: UUID, mandate_id: UUID, back: str, *, at: datetime
) -> Giving:
    """Where the payer gives a mandate that waits for them, also if they left the page before;
    `NotFound` for another customer's. `Unavailable` while the gateway does not say where: asking
    again is safe, for the same reference is the same mandate."""
    mandate, account = _read(business_id, customer_id, mandate_id)
    if mandate.state not in _WAITING:
        return Giving(mandate, "")
    request = mandate_request(mandate, "", back)
    step = set_up(business_id, account, mandate_id, request, at=at).step
    with reading(business_id):
        mandate = mandates.mandate(business_id, mandate_id)
    if step is None and mandate.state in _WAITING:
        raise Unavailable("The gateway did not say where the mandate is given.")
    return Giving(mandate, step.url if step else "")
