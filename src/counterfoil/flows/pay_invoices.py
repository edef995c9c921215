"""A payment from the first click to the gateway's answer: record, commit, call, settle."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.surcharges import quote
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries as method_queries
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.domain.payments.operations import FormSentAlready
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow, NewAttempt
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables.part_payments import check_amount, check_note
from counterfoil.flows.addresses import return_url
from counterfoil.flows.debits.debit_account import Debtor, debit, take_mandate
from counterfoil.flows.debits.offer_mandates import Consent
from counterfoil.flows.gateways import account_for, charge_once, once_asked
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading, run
from counterfoil.kernel import clock, purposes
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import Instrument, MethodKind


class NoGateway(Refused):
    """The business has no gateway account that takes payments."""

    code = "no_gateway"
    message = "This business does not take payments online at the moment. No money was moved."


class MethodGone(Refused):
    """The saved method was removed, or never was this customer's."""

    code = "method_gone"
    message = "This saved method is not there any more. No money was moved."


class SurchargeChanged(Refused):
    """What paying this way costs is not what was quoted; nothing was started."""

    code = "surcharge_changed"
    message = "What paying this way costs has changed. No money was moved."


@dataclass(frozen=True, slots=True)
class PayCommand:
    """What a payer asks for: a token or a saved method, and how much of which invoices of one
    customer. Off session nobody is there who could take a step at their bank."""

    customer_id: UUID
    currency: str
    source: str
    parts: tuple[tuple[UUID, int], ...]
    form_key: str
    site: str  # where the payer comes back to: `https://pay.harrow.example`; empty: nowhere
    payer: str = ""
    locale: str = "en"
    amount_minor: int | None = None  # more than the parts: the rest becomes credit
    note: str = ""  # why it is less than is due
    part_floor: Decimal | None = None  # the least part, if the payer is held to it and to a note
    method: MethodKind = MethodKind.CARD
    account_id: UUID | None = None  # the gateway account that the token is of; None: as routed
    method_id: UUID | None = None  # a saved one, instead of a token
    save: bool = False  # keep what pays for next time
    fee_minor: int | None = None  # the surcharge as it was quoted; None: nobody asks for one
    is_off_session: bool = False
    debit: Consent | UUID | None = None  # the mandate given with the payment, or one that stands

    @property
    def kind(self) -> MethodKind:
        """How it is paid, for the choice of the gateway account."""
        return MethodKind.BANK_DEBIT if self.debit is not None else self.method


@dataclass(frozen=True, slots=True)
class _Recorded:
    """An attempt that was written down, and the numbers of its invoices."""

    id: UUID
    numbers: list[str]


def start(
    business_id: BusinessId, command: PayCommand, *, by: Actor, at: datetime, quiet: bool = False
) -> AttemptRow:
    """Starts a payment and returns its attempt with the gateway's answer, as far as there is one.

    Refuses (nothing started): no gateway, nothing due, more than due, another customer's invoice,
    a part below the floor or without a note where the payer is held to them, a saved method that
    is not theirs (any more); `BeingPaid` if another attempt holds an invoice. A form that was
    sent before gets its own attempt back. A lost answer leaves the attempt UNKNOWN: the resolver
    asks. `Uncertain` if an answer is here and can't be written down. `quiet` sends no mail (history
    being seeded).
    """
    with reading(business_id):
        sent = queries.attempt_of_form(business_id, command.form_key)
        if sent is None:
            saved = _saved(business_id, command)
            account = _account(business_id, command, saved)
    if sent is not None:
        return _own(sent, command)
    if account is None:
        raise NoGateway
    _check_fee(business_id, command, saved)
    call = partial(charge_once, began=clock.uptime())
    try:
        made = run(business_id, lambda: _record(business_id, command, account, saved, by, at))
    except FormSentAlready:
        return _own(_of_form(business_id, command.form_key), command)
    attempt_id = made.id
    back = return_url(business_id, command.site, attempt_id, at=at)
    request = _request(command, saved, made, back)
    if command.debit is None:
        outcome = call(account, request)
    else:
        outcome = debit(business_id, account, request, attempt_id, at=at, call=call)
    with once_asked():
        settle(business_id, [AttemptOutcome(attempt_id, outcome)], at=at, by=SYSTEM, quiet=quiet)
    with reading(business_id):
        return queries.attempt(business_id, attempt_id)


def _saved(business_id: BusinessId, command: PayCommand) -> MethodRow | None:
    if command.method_id is None:
        return None
    try:
        return method_queries.method_for(business_id, command.customer_id, command.method_id)
    except NotFound:
        raise MethodGone from None


def _account(
    business_id: BusinessId, command: PayCommand, saved: MethodRow | None
) -> Account | None:
    """A saved method and a mandate are charged where they are kept, a token where it is said to be
    of; anything else where new payments go to."""
    kept_at = saved.gateway_account_id if saved else command.account_id
    if isinstance(command.debit, UUID):
        kept_at = mandates.mandate(business_id, command.debit).gateway_account_id
    if kept_at is None:
        return account_for(business_id, command.kind, command.currency)
    account = queries.account(business_id, kept_at)
    return account if account.is_active else None


def _of_form(business_id: BusinessId, form_key: str) -> AttemptRow:
    with reading(business_id):
        found = queries.attempt_of_form(business_id, form_key)
    if found is None:
        raise NotFound
    return found


def _own(sent: AttemptRow, command: PayCommand) -> AttemptRow:
    """The attempt that a form started is shown to its own customer only."""
    if sent.customer_id != command.customer_id:
        raise NotFound
    return sent


def _principal(command: PayCommand) -> Money:
    """What it is for: invoices, and what is over as credit."""
    parts = sum(amount for _, amount in command.parts)
    return Money(command.amount_minor or parts, command.currency)


def _amount(command: PayCommand) -> Money:
    """What is charged: with what paying this way costs."""
    return _principal(command) + Money(command.fee_minor or 0, command.currency)


def _check_fee(business_id: BusinessId, command: PayCommand, saved: MethodRow | None) -> None:
    """The quote that the payer saw holds, or nothing is charged."""
    if command.fee_minor is None:
        return
    kind = saved.kind if saved else MethodKind.BANK_DEBIT if command.debit else command.method
    surcharges = businesses.by_id(business_id).surcharges
    now = quote(surcharges, kind, _principal(command))
    if now.minor != command.fee_minor:
        message = f"Paying this way costs {now.minor} (minor units) now. No money was moved."
        raise SurchargeChanged(message, quote=now.minor, field="surcharge")


def _record(
    business_id: BusinessId,
    command: PayCommand,
    account: Account,
    saved: MethodRow | None,
    by: Actor,
    at: datetime,
) -> _Recorded:
    """TX 1: writes intent and attempt, locks the invoices and checks what is asked, takes claims.

    The form is written first: a second click waits for it, and is told of it whatever became of
    the invoices meanwhile.
    """
    _check_request(business_id, command)
    new = NewAttempt(
        customer_id=command.customer_id,
        gateway_account_id=account.id,
        amount=_amount(command),
        form_key=command.form_key,
        payer=command.payer,
        locale=command.locale,
        note=command.note,
        method_id=command.method_id,
        surcharge_minor=command.fee_minor or 0,
        instrument=saved.instrument if saved else _known_kind(command),
        mandate_id=_mandate(business_id, command, account, by, at),
    )
    if command.method_id is not None and not methods.hold(business_id, command.method_id):
        raise MethodGone
    attempt_id = payments.begin_attempt(business_id, new, at=at, by=by)
    numbers = _check_invoices(business_id, command)
    receivables.take_claims(
        business_id, attempt_id, command.parts, at=at, taken_by=command.payer, by=by
    )
    return _Recorded(attempt_id, numbers)


def _known_kind(command: PayCommand) -> Instrument | None:
    """A debit is called one from the start: its gateway may never get as far as to say so."""
    return Instrument(MethodKind.BANK_DEBIT) if command.debit is not None else None


def _mandate(
    business_id: BusinessId, command: PayCommand, account: Account, by: Actor, at: datetime
) -> UUID | None:
    if command.debit is None:
        return None
    debtor = Debtor(
        command.customer_id, command.currency, command.form_key, command.locale, command.payer
    )
    return take_mandate(business_id, command.debit, debtor, account, at=at, by=by)


def _check_request(business_id: BusinessId, command: PayCommand) -> None:
    if command.customer_id not in customers.customers(business_id, [command.customer_id]):
        raise NotFound
    if _principal(command).minor <= 0 or any(amount <= 0 for _, amount in command.parts):
        message = "The amount must be more than zero."
        raise InvalidInput([FieldProblem("amount", message, code="not_positive")])
    if sum(amount for _, amount in command.parts) > _principal(command).minor:
        message = "The parts come to more than the amount."
        raise InvalidInput([FieldProblem("amount", message, code="parts_exceed_amount")])
    if len({invoice_id for invoice_id, _ in command.parts}) != len(command.parts):
        message = "An invoice is named twice."
        raise InvalidInput([FieldProblem("invoices", message, code="named_twice")])


def _check_invoices(business_id: BusinessId, command: PayCommand) -> list[str]:
    """Locks them; gives their numbers."""
    items = receivables.lock_items(business_id, [invoice for invoice, _ in command.parts])
    for index, (invoice_id, amount) in enumerate(command.parts):
        item, field = items[invoice_id], f"invoices.{index}"
        if item.customer_id != command.customer_id:
            raise NotFound
        if item.currency != command.currency:
            message = "The invoice is in another currency."
            raise InvalidInput([FieldProblem("currency", message, code="currency_mismatch")])
        if item.open_minor == 0:
            raise receivables.NothingDue(field=f"{field}.invoice")
        if amount > item.open_minor:
            raise receivables.MoreThanDue(field=f"{field}.amount")
        if command.part_floor is not None:
            due, paid = Money(item.due_minor, item.currency), Money(amount, item.currency)
            check_amount(paid, due, command.part_floor, field="amount")
            check_note(paid, due, command.note)
    return [items[invoice_id].number for invoice_id, _ in command.parts]


def _request(
    command: PayCommand, saved: MethodRow | None, made: _Recorded, back: str
) -> ChargeRequest:
    reference = encode("pay", made.id)
    return ChargeRequest(
        reference=reference,
        amount=_amount(command),
        source=saved.gateway_ref if saved else command.source,
        customer=encode("cus", command.customer_id),
        description=purposes.told(made.numbers) or reference,
        return_url=back,
        method=MethodKind(saved.kind) if saved else command.method,
        is_off_session=command.is_off_session,
        save=command.save,
        locale=command.locale,
    )
