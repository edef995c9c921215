"""A debit after its attempt is recorded: the mandate first, if it is new, then the charge on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.debits import CURRENCIES
from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.mandate_outcomes import MandateTold
from counterfoil.domain.payments.rows import Account, MandateRow, NewMandate
from counterfoil.domain.payments.states import MandateState
from counterfoil.flows.debits.offer_mandates import Consent, confirmed_mandate
from counterfoil.flows.debits.settle_mandates import settle_mandates
from counterfoil.flows.gateways import mandates_of
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.mandates import (
    DebitScheme,
    MandateOutcome,
    MandateRequest,
)
from counterfoil.kernel.ports.gateways.mandates import MandateState as Told
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, MethodKind, Result

Call = Callable[[Account, ChargeRequest], Outcome]


@dataclass(frozen=True, slots=True)
class Debtor:
    """Whose account it is, and the form that they filled in."""

    customer_id: UUID
    currency: str
    form_key: str
    locale: str
    name: str


def take_mandate(
    business_id: BusinessId,
    wanted: Consent | UUID,
    debtor: Debtor,
    account: Account,
    *,
    at: datetime,
    by: Actor,
) -> UUID:
    """The mandate that a debit rests on, in the transaction of its payment: one that was confirmed
    with the payment is written; one that stands is held, so that it can't end before the payment
    is on record.

    Refuses `MandateChanged`, `MandateEnded`, and another customer's mandate (`NotFound`).
    """
    if isinstance(wanted, UUID):
        held = mandates.require_active(business_id, wanted, debtor.customer_id)
        is_fit = CURRENCIES[DebitScheme(held.scheme)] == debtor.currency
        if not (is_fit and held.can_be_charged_again and held.gateway_account_id == account.id):
            raise mandates.MandateEnded
        return held.id
    offer = confirmed_mandate(
        businesses.by_id(business_id),
        account,
        debtor.currency,
        wanted,
        form_key=debtor.form_key,
        locale=debtor.locale,
    )
    new = NewMandate(
        customer_id=debtor.customer_id,
        gateway_account_id=account.id,
        scheme=offer.scheme.value,
        reference=offer.reference,
        creditor_name=offer.creditor.name,
        creditor_ref="" if offer.is_elsewhere else offer.creditor.identifier,  # its own
        text=offer.text.whole,
        locale=debtor.locale,
        accepted_by=debtor.name,
        ip_address=wanted.ip_address,
        user_agent=wanted.user_agent,
        is_for_once=not wanted.is_kept,
    )
    return mandates.begin_mandate(business_id, new, at=at, by=by)


@outside_transaction
def debit(
    business_id: BusinessId,
    account: Account,
    request: ChargeRequest,
    attempt_id: UUID,
    *,
    at: datetime,
    call: Call,
) -> Outcome:
    """Sets a new mandate up, then charges on it; a mandate that stands is charged at once.

    What did not get as far as the charge moved no money for certain: ABSENT where the gateway has
    not said yes to the mandate, FAILED where it, or the payer meanwhile, said no; ACTION_REQUIRED
    where the payer gives it on the gateway's own page (`carry_on` goes on from there).
    """
    mandate, step = _mandate_of(business_id, attempt_id), None
    if mandate.state == MandateState.CREATED:
        asked = mandate_request(mandate, request.source, request.return_url)
        step = set_up(business_id, account, mandate.id, asked, at=at).step
        mandate = _mandate_of(business_id, attempt_id)  # as it stands at this moment
    if mandate.is_active:
        on_it = replace(
            request,
            source=mandate.source_ref or request.source,
            mandate=mandate.gateway_ref,
            method=MethodKind.BANK_DEBIT,
            save=not mandate.source_ref,
        )
        return call(account, on_it)
    if mandate.state in (MandateState.FAILED, MandateState.REVOKED, MandateState.EXPIRED):
        code = FailureCode.DEBIT_NOT_AUTHORISED
        failure = Failure(code, f"mandate {mandate.state}: {mandate.end_reason}")
        return Outcome(request.reference, Result.FAILED, failure=failure)
    if step is not None:
        return Outcome(request.reference, Result.ACTION_REQUIRED, step=step)
    return Outcome(request.reference, Result.ABSENT)


def _mandate_of(business_id: BusinessId, attempt_id: UUID) -> MandateRow:
    with reading(business_id):
        mandate_id = queries.attempt(business_id, attempt_id).mandate_id
        assert mandate_id is not None
        return mandates.mandate(business_id, mandate_id)


def mandate_request(mandate: MandateRow, source: str, back: str) -> MandateRequest:
    """What a gateway is asked for; `back` is where the payer returns to from its page."""
    return MandateRequest(
        reference=mandate.reference,
        source=source,
        scheme=DebitScheme(mandate.scheme),
        customer=encode("cus", mandate.customer_id),
        accepted_at=mandate.accepted_at,
        return_url=back,
        evidence={
            "ip_address": mandate.ip_address,
            "user_agent": mandate.user_agent,
            "accepted_by": mandate.accepted_by,
            "locale": mandate.locale,
        },
    )


@outside_transaction
def set_up(
    business_id: BusinessId,
    account: Account,
    mandate_id: UUID,
    request: MandateRequest,
    *,
    at: datetime,
) -> MandateOutcome:
    """Sets it up once and settles what the gateway says; a lost answer is looked up at once, and
    again by the sweep. One that waits for its payer is asked for again, to learn where its page
    is: the same reference is the same mandate."""
    gateway = mandates_of(account.kind)
    try:
        outcome = gateway.set_up(account.opened, request)
        if outcome.state is Told.UNKNOWN:
            found = gateway.look_up_mandate(account.opened, request.reference)
            outcome = outcome if found.state is Told.ABSENT else found
            if outcome.state is Told.PENDING:
                again = gateway.set_up(account.opened, request)
                outcome = outcome if again.state is Told.UNKNOWN else again
    except Unavailable:
        outcome = MandateOutcome(request.reference, Told.UNKNOWN)
    settle_mandates(business_id, [MandateTold(mandate_id, outcome)], at=at, by=SYSTEM)
    return outcome
