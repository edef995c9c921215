"""A payment from the first click to the gateway's answer: record, commit, call, settle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
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
from counterfoil.flows.gateways import account_for, charge_once, offers, once_asked, tokens_of
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.kernel import clock, purposes
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import Instrument, MethodKind

_BY_TOKEN = (MethodKind.CARD, MethodKind.WALLET)  # what a token alone may stand for


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


class PrepaymentsOff(Refused):
    """The business takes no money without an invoice (any more); nothing was started."""

    code = "prepayments_off"
    message = "This business takes no payments ahead. No money was moved."


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
    is_held: bool = False  # to the least part, to a note, and to whether money ahead is taken
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
class _Way:
    """Where it is charged, what is saved there, and by which method it is paid."""

    account: Account
    saved: MethodRow | None
    kind: str


@dataclass(frozen=True, slots=True)
class _Recorded:
    """An attempt that was written down, the numbers of its invoices, and by which methods it may be
    paid on a page."""

    id: UUID
    numbers: list[str]
    kinds: frozenset[MethodKind]


def start(
    business_id: BusinessId, command: PayCommand, *, by: Actor, at: datetime, quiet: bool = False
) -> AttemptRow:
    """Starts a payment and returns its attempt with the gateway's answer, as far as there is one.

    Refuses (nothing started): no gateway, nothing due, more than due, another customer's invoice, a
    part below the floor or without a note where the payer is held to them, money ahead where it is
    not taken, another surcharge than was quoted, a saved method that is not theirs (any more);
    `BeingPaid` if another attempt holds an invoice. A form that was sent before gets its own
    attempt back. A lost answer leaves the attempt UNKNOWN: the resolver asks. `Uncertain` if an
    answer is here and can't be written down. `quiet` sends no mail (history being seeded).
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
    way = _Way(account, saved, _kind(business_id, command, account, saved))
    call = partial(charge_once, began=clock.uptime())
    try:
        made = run(business_id, lambda: _record(business_id, command, way, by, at))
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


@outside_transaction
def _kind(
    business_id: BusinessId, command: PayCommand, account: Account, saved: MethodRow | None
) -> str:
    """By which method it is paid. Where the price depends on it, what a form says of its token is
    not believed: the gateway is asked. `Unavailable` if it can't be; nothing was started."""
    said = saved.kind if saved else command.kind
    is_tokens = bool(command.source) and command.debit is None
    if command.fee_minor is None or not is_tokens or not offers(account.kind, Capability.TOKENS):
        return said
    surcharges = businesses.by_id(business_id).surcharges
    if len({quote(surcharges, kind, _principal(command)).minor for kind in _BY_TOKEN}) == 1:
        return said
    return tokens_of(account.kind).kind_of(account.opened, command.source) or said


def _check_fee(command: PayCommand, kind: str, surcharges: Mapping[str, Any]) -> None:
    """The quote that the payer saw holds for what pays, or nothing is charged."""
    if command.fee_minor is None:
        return
    now = quote(surcharges, kind, _principal(command))
    if now.minor != command.fee_minor:
        message = f"Paying this way costs {now.minor} (minor units) now. No money was moved."
        raise SurchargeChanged(message, quote=now.minor, field="surcharge")


def _kinds_at(command: PayCommand, surcharges: Mapping[str, Any]) -> frozenset[MethodKind]:
    """The methods that cost what was quoted: on a page of the gateway the payer chooses after the
    quote, and is to find no other there. None is named where all cost the same, or nothing was
    quoted."""
    if command.fee_minor is None:
        return frozenset()
    principal, fee = _principal(command), command.fee_minor
    same = [kind for kind in MethodKind if quote(surcharges, kind, principal).minor == fee]
    return frozenset() if len(same) == len(MethodKind) else frozenset(same)


def _record(
    business_id: BusinessId,
    command: PayCommand,
    way: _Way,
    by: Actor,
    at: datetime,
) -> _Recorded:
    """TX 1: writes intent and attempt, locks the invoices and checks what is asked, by the settings
    of this moment; takes claims.

    The form is written first: a second click waits for it, and is told of it whatever became of
    the invoices meanwhile.
    """
    business = businesses.by_id(business_id)
    _check_request(business_id, command)
    if command.is_held and not command.parts and not business.takes_prepayments:
        raise PrepaymentsOff
    _check_fee(command, way.kind, business.surcharges)
    new = NewAttempt(
        customer_id=command.customer_id,
        gateway_account_id=way.account.id,
        amount=_amount(command),
        form_key=command.form_key,
        payer=command.payer,
        locale=command.locale,
        note=command.note,
        method_id=command.method_id,
        surcharge_minor=command.fee_minor or 0,
        instrument=way.saved.instrument if way.saved else _known_kind(command),
        mandate_id=_mandate(business_id, command, way.account, by, at),
    )
    if command.method_id is not None and not methods.hold(business_id, command.method_id):
        raise MethodGone
    attempt_id = payments.begin_attempt(business_id, new, at=at, by=by)
    numbers = _check_invoices(business_id, command, business.part_floor)
    receivables.take_claims(
        business_id, attempt_id, command.parts, at=at, taken_by=command.payer, by=by
    )
    return _Recorded(attempt_id, numbers, _kinds_at(command, business.surcharges))


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


def _check_invoices(business_id: BusinessId, command: PayCommand, floor: Decimal) -> list[str]:
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
        if command.is_held:
            due, paid = Money(item.due_minor, item.currency), Money(amount, item.currency)
            check_amount(paid, due, floor, field="amount")
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
        kinds=made.kinds,
    )
