"""Gathers what is to be paid, in one moment, and decides what can be: amounts, who else pays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.part_payments import check_amount
from counterfoil.domain.receivables.rows import ItemRow, OpenClaim
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import FieldProblem, NotFound
from counterfoil.kernel.ids import decode
from counterfoil.kernel.money import MINOR_MAX, BadAmount, Money, UnknownCurrency, exponent
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.portal.confirm.asked import Asked
from counterfoil.surfaces.portal.confirm.pages import ConfirmPage, Held, OneCurrency, Part
from counterfoil.surfaces.portal.invoices.reading import new_form_key, payable_form
from counterfoil.surfaces.portal.invoices.transfers import details_for_all
from counterfoil.surfaces.portal.kept_link import began_here
from counterfoil.surfaces.portal.pages import BankDetails, Payable
from counterfoil.surfaces.portal.rows import step_of
from counterfoil.surfaces.portal.ways.planning import plan_form
from counterfoil.surfaces.portal.ways.sources import Sources, sources_of
from counterfoil.surfaces.ui.amounts import typed, typed_amount
from counterfoil.surfaces.ui.words import problem_words

_STATES = {"processing": "processing", "unknown": "checking"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was asked for, as it stands."""

    items: tuple[ItemRow, ...]  # with something due, whoever pays it
    settled: tuple[str, ...]
    claims: dict[UUID, OpenClaim]
    attempts: dict[UUID, AttemptRow]
    sources: Sources
    declined: AttemptRow | None = None
    bank_accounts: tuple[BankAccountRow, ...] = ()
    planned: dict[UUID, date] = field(default_factory=dict)  # by invoice: the day it is planned for

    @property
    def free(self) -> tuple[ItemRow, ...]:
        """What nobody is paying right now."""
        return tuple(item for item in self.items if item.id not in self.claims)


def read(request: PortalRequest, asked: Asked) -> Facts:
    """The reader's own invoices that were asked for; another customer's are as if they were not
    there."""
    business_id = request.scope.business_id
    with reading(business_id):
        found = _items(request, asked)
        due = tuple(item for item in found if item.due_minor)
        claims = queries.open_claims(business_id, [item.id for item in due]) if due else {}
        held = [claim.attempt_id for claim in claims.values()]
        return Facts(
            items=due,
            settled=tuple(item.number for item in found if not item.due_minor),
            claims=claims,
            attempts=payments.attempts(business_id, held) if held else {},
            sources=sources_of(request),
            declined=_declined(request, asked),
            bank_accounts=tuple(
                one for one in businesses.bank_accounts(business_id) if one.is_active
            )
            if len(due) > 1 or links.is_balance(request)
            else (),
            planned=_planned(request) if due else {},
        )


def _planned(request: PortalRequest) -> dict[UUID, date]:
    scope = request.scope
    return {
        UUID(part["invoice"]): one.pay_date
        for one in arrangements.schedules_of(scope.business_id, scope.customer_id)
        for part in one.parts
    }


def _items(request: PortalRequest, asked: Asked) -> list[ItemRow]:
    scope = request.scope
    if asked.is_ahead:
        return []
    if scope.invoice_id is not None:
        return list(queries.items(scope.business_id, [scope.invoice_id]).values())
    if asked.numbers:
        numbers = list(asked.numbers)
        return queries.items_by_number(scope.business_id, scope.customer_id, numbers)
    return queries.open_items(scope.business_id, scope.customer_id, asked.currency)


def _declined(request: PortalRequest, asked: Asked) -> AttemptRow | None:
    """The payment that the reader has just seen fail."""
    if not asked.declined:
        return None
    try:
        attempt = payments.attempt(request.scope.business_id, decode("pay", asked.declined))
    except NotFound:
        return None
    is_own = attempt.customer_id == request.scope.customer_id
    return attempt if is_own and attempt.state in ("failed", "cancelled") else None


def confirm_page(request: PortalRequest, asked: Asked, facts: Facts) -> tuple[ConfirmPage, str]:
    """The page, and the address of the gateway's script if its fields are on it."""
    currencies = sorted({item.currency for item in facts.free if asked.currency in
                         ("", item.currency)})  # fmt: skip
    if len(currencies) > 1:
        return _several(request, asked, facts, currencies), ""
    currency = currencies[0] if currencies else _currency(request, asked, facts)
    if asked.is_ahead:
        return _ahead(request, asked, facts, currency)
    return _invoices(request, asked, facts, currency)


def _currency(request: PortalRequest, asked: Asked, facts: Facts) -> str:
    """The one that was asked for, if there is such a one; else the customer's own."""
    try:
        exponent(asked.currency)
    except UnknownCurrency:
        own = request.person.currency if request.person else request.business.currency
        return facts.items[0].currency if facts.items else own
    return asked.currency


def _several(
    request: PortalRequest, asked: Asked, facts: Facts, currencies: Sequence[str]
) -> ConfirmPage:
    """One payment a currency: they are never mixed."""
    offers = []
    for currency in currencies:
        items = [item for item in facts.free if item.currency == currency]
        fields = [("currency", currency)]
        if asked.numbers:
            fields += [("invoice", item.number) for item in items]
        amount = Money(sum(item.due_minor for item in items), currency)
        offers.append(OneCurrency(amount, len(items), tuple(fields)))
    return ConfirmPage(
        confirm_url=links.confirm_url(request),
        currency="",
        currencies=tuple(offers),
        held=_held(request, facts, ""),
        back_url=_back_url(request, facts),
    )


def _invoices(
    request: PortalRequest, asked: Asked, facts: Facts, currency: str
) -> tuple[ConfirmPage, str]:
    mine = [item for item in facts.free if item.currency == currency]
    parts = tuple(
        replace(
            _part(request, asked, item, is_only=len(mine) == 1), planned=facts.planned.get(item.id)
        )
        for item in mine
    )
    due = Money(sum(item.due_minor for item in mine), currency)
    amounts = [part.amount for part in parts]
    more = [part.more for part in parts if part.more]
    total = None
    if all(amount is not None for amount in amounts):
        total = Money(sum(amount.minor for amount in amounts if amount), currency)
    is_good = bool(total) and not any(part.errors for part in parts)
    stub, gateway_url = _form(request, facts, total if is_good else None)
    if stub and not more and not any(part.planned for part in parts):
        chosen = [(min(part.amount.minor, part.due.minor), part.number)
                  for part in parts if part.amount]  # fmt: skip
        days = [item.due_date for item in mine]
        plan = plan_form(request, chosen, currency, stub.ways, new_form_key(), days)
        stub = replace(stub, plan=plan)
    page = ConfirmPage(
        confirm_url=links.confirm_url(request),
        currency=currency,
        parts=parts,
        held=_held(request, facts, currency),
        settled=facts.settled,
        total=total if is_good else None,
        due=due,
        extra=Money(sum(one.minor for one in more), currency) if more else None,
        pay=stub,
        sent=_sent(parts, currency) if stub else (),
        note=asked.note,
        needs_note=any(part.left and part.amount for part in parts),
        bank=_bank(request, facts, total if is_good else None),
        is_online=bool(stub) if is_good else bool(facts.sources.accounts),
        is_locked=_is_locked(request),
        sign_in_url=links.sign_in_url(links.address("invoices")),
        is_cut=len(facts.items) >= queries.PARTS_MAX,
        back_url=_back_url(request, facts),
    )
    return page, gateway_url


def _form(request: PortalRequest, facts: Facts, total: Money | None) -> tuple[Payable | None, str]:
    """The form that pays it, if there is something to pay and a gateway to pay by."""
    if not total or not facts.sources.accounts or _is_locked(request):
        return None, ""
    stub, gateway_url = payable_form(request, facts.sources, total, declined=facts.declined)
    return (stub, gateway_url) if stub.ways or stub.wallets else (None, "")


def _bank(request: PortalRequest, facts: Facts, total: Money | None) -> BankDetails | None:
    """How it is paid by transfer, for a reader of all that the customer owes."""
    if not total or request.scope.invoice_id is not None:
        return None
    return details_for_all(request, facts.bank_accounts, total, request.scope.customer_id)


def _is_locked(request: PortalRequest) -> bool:
    """Whether nobody can pay by the reader's link any more."""
    return request.link is not None and request.link.pay_locked_at is not None


def _part(request: PortalRequest, asked: Asked, item: ItemRow, *, is_only: bool) -> Part:
    due = Money(item.due_minor, item.currency)
    text = asked.amounts.get(item.number)
    if text is None and is_only:
        text = asked.amount
    amount: Money | None = due
    errors: tuple[str, ...] = ()
    if text is not None:
        amount, errors = _checked(text, due, request.business.part_floor, may_skip=not is_only)
    return Part(
        number=item.number,
        url=links.invoice_url(request, item.number),
        due_in_days=(item.due_date - local_date(request.at, request.business.timezone)).days,
        due=due,
        amount=amount,
        typed=text if text is not None else typed(due),
        errors=errors,
    )


def _checked(
    text: str, due: Money, floor: Decimal, *, may_skip: bool = False
) -> tuple[Money | None, tuple[str, ...]]:
    """The amount that was typed, or what is wrong with it; among several, nothing leaves one
    out."""
    try:
        amount = typed_amount(text, due.currency)
        if amount or not may_skip:
            check_amount(amount, due, floor, field="amount")
    except (FieldProblem, BadAmount) as problem:
        return None, (problem_words(problem),)
    return amount, ()


def _ahead(
    request: PortalRequest, asked: Asked, facts: Facts, currency: str
) -> tuple[ConfirmPage, str]:
    """Money without an invoice: it becomes credit at once."""
    total: Money | None = None
    errors: tuple[str, ...] = ()
    if asked.amount is not None:
        whole = Money(MINOR_MAX, currency)
        total, errors = _checked(asked.amount, whole, request.business.part_floor)
    stub, gateway_url = _form(request, facts, total)
    page = ConfirmPage(
        confirm_url=links.confirm_url(request),
        currency=currency,
        total=total,
        extra=total,
        is_ahead=True,
        amount_typed=asked.amount or "",
        amount_errors=errors,
        pay=stub,
        sent=(("currency", currency), ("ahead", "1"), ("total", str(total.minor)))
        if total and stub
        else (),
        is_online=bool(stub) if total else bool(facts.sources.accounts),
        back_url=_back_url(request, facts),
    )
    return page, gateway_url


def _sent(parts: Sequence[Part], currency: str) -> tuple[tuple[str, str], ...]:
    """Exactly what is confirmed, to the minor unit: so much of each invoice, and the whole."""
    chosen = [(part, part.amount) for part in parts if part.amount]
    whole = sum(amount.minor for _, amount in chosen)
    pieces = [("part", f"{min(amount.minor, part.due.minor)}:{part.number}")
              for part, amount in chosen]  # fmt: skip
    return (("currency", currency), ("total", str(whole)), *pieces)


def _held(request: PortalRequest, facts: Facts, currency: str) -> tuple[Held, ...]:
    """What someone is paying: a guest is told no names."""
    rows = []
    for item in facts.items:
        claim = facts.claims.get(item.id)
        if claim is None or currency not in ("", item.currency):
            continue
        attempt = facts.attempts[claim.attempt_id]
        is_theirs = claim.taken_by_ref == request.actor.label
        is_self = is_theirs and began_here(request, attempt.id)
        waits = attempt.state == "action_required" and is_self
        rows.append(
            Held(
                number=item.number,
                url=links.invoice_url(request, item.number),
                due=Money(item.due_minor, item.currency),
                since=claim.taken_at,
                state=_STATES.get(attempt.state, "busy"),
                payer_name="" if request.link else claim.taken_by,
                is_self=is_self,
                is_by_link=is_theirs and not is_self,
                resume_url=attempt.step_url if waits else "",
                step=step_of(attempt) if waits else None,
            )
        )
    return tuple(rows)


def _back_url(request: PortalRequest, facts: Facts) -> str:
    """The invoice that it is about, or the first page."""
    if links.is_balance(request):
        return ""
    if len(facts.items) == 1:
        return links.invoice_url(request, facts.items[0].number)
    return links.invoice_url(request, "") if request.link else links.home_url()
