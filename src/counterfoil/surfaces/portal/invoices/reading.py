"""Reads one invoice with everything on its page, in one transaction, and picks the stub's face."""

import secrets
from dataclasses import dataclass, replace

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.billing.drafts import LINES_MAX
from counterfoil.domain.billing.rows import CreditNoteHead, LineRow
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.insights.invoices import InvoiceFacts, invoice_facts
from counterfoil.domain.notifications.waiting import (
    arrived_and_rest,
    came_in_part,
    is_soon_known,
)
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import queries as methods
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import ItemRow, OpenClaim
from counterfoil.domain.receivables.rows import ReceivedRow as ReceivedFacts
from counterfoil.flows.aftermath.stop_payment import can_be_stopped
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import FailureCode
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest, is_theirs_to_end, may
from counterfoil.surfaces.portal.invoices.credits import credit_notes, credit_rows
from counterfoil.surfaces.portal.invoices.transfers import bank_details
from counterfoil.surfaces.portal.kept_link import began_here
from counterfoil.surfaces.portal.pages import (
    Busy,
    CameBack,
    Checking,
    Closed,
    Decline,
    GuestLink,
    InvoiceLine,
    InvoicePage,
    Offline,
    Paid,
    Payable,
    Processing,
    ReceivedRow,
    Seen,
    Stub,
    TaxRow,
)
from counterfoil.surfaces.portal.rows import invoice_state, method, step_of
from counterfoil.surfaces.portal.ways.debits import Debtor, with_debits
from counterfoil.surfaces.portal.ways.offering import (
    Payer,
    scripts_of,
    wallets_to_pay,
    ways_to_pay,
    with_fees,
)
from counterfoil.surfaces.portal.ways.ordering import habits
from counterfoil.surfaces.portal.ways.planning import plan_form, planned
from counterfoil.surfaces.portal.ways.sources import Sources, sources_of
from counterfoil.surfaces.portal.ways.values import Method, PlanForm
from counterfoil.surfaces.ui.context import lines_of

LINES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class InvoiceOnPage:
    """What the page of an invoice is drawn from, as it was in one moment."""

    invoice: InvoiceFacts
    received: list[ReceivedFacts]
    credits: list[CreditNoteHead]
    declined: AttemptRow | None
    sources: Sources
    plan: ScheduleRow | None

    @property
    def item(self) -> ItemRow:
        """What is owed for it."""
        return self.invoice.item


def find(request: PortalRequest, number: str) -> ItemRow:
    """The reader's own issued invoice with this number; anybody else's is `NotFound`."""
    with reading(request.scope.business_id):
        return _own(request, number).item


def _own(request: PortalRequest, number: str, *, lines_max: int = 0) -> InvoiceFacts:
    scope = request.scope
    found = invoice_facts(
        scope.business_id, invoice_id=scope.invoice_id, number=number, lines_max=lines_max
    )
    if found.item.customer_id != scope.customer_id:
        raise NotFound
    return found


def read_invoice(request: PortalRequest, number: str = "") -> InvoiceOnPage:
    """Everything in one snapshot: who pays at this moment can't tear the page in two."""
    business_id = request.scope.business_id
    lines_max = LINES_MAX if request.GET.get("lines") == "all" else LINES_SHOWN
    invoice = _own(request, number, lines_max=lines_max)
    item = invoice.item
    covered = item.paid_minor or item.credited_minor
    payable = item.due_minor and not invoice.claim and may(request, ContactRight.PAY)
    received = receivables.received(business_id, item.id) if covered else []
    return InvoiceOnPage(
        invoice=invoice,
        received=received,
        credits=credit_notes(business_id, item, received),
        declined=_declined(request, item),
        sources=sources_of(request) if payable else Sources(),
        plan=arrangements.schedule_of_invoice(business_id, item.id)
        if payable and request.person
        else None,
    )


def saved_methods(request: PortalRequest) -> list[MethodRow]:
    """What the reader's customer has saved, for people who signed in; a guest is never shown it."""
    if request.person is None:
        return []
    return methods.methods_of(request.scope.business_id, request.scope.customer_id)


def _declined(request: PortalRequest, item: ItemRow) -> AttemptRow | None:
    """The payment that the reader has just seen fail, if it was for this invoice."""
    try:
        attempt_id = decode("pay", request.GET.get("declined", ""))
        attempt = payments.attempt(request.scope.business_id, attempt_id)
    except NotFound:
        return None
    held = receivables.claims(request.scope.business_id, [attempt_id])
    is_ours = any(claim.invoice_id == item.id for claim in held)
    return attempt if is_ours and attempt.state in ("failed", "cancelled") else None


def invoice_page(request: PortalRequest, facts: InvoiceOnPage) -> tuple[InvoicePage, str]:
    """The page, and the address of the gateway's script if its fields are on it."""
    item = facts.item
    stub, gateway_url = _stub(request, facts)
    head, currency = facts.invoice.head, item.currency
    today = local_date(request.at, request.business.timezone)
    here = links.invoice_url(request, item.number)
    page = InvoicePage(
        number=item.number,
        state=invoice_state(item, today),
        issued_date=item.issue_date,
        due_date=item.due_date,
        due_in_days=(item.due_date - today).days,
        customer_name=head.party.get("name", ""),
        lines=tuple(_line(line, currency) for line in facts.invoice.lines),
        line_count=head.line_count,
        subtotal=Money(head.subtotal_minor, currency),
        taxes=tuple(
            TaxRow(row.rate, Money(row.base_minor, currency), Money(row.tax_minor, currency))
            for row in facts.invoice.tax_rows
        ),
        total=Money(item.total_minor, currency),
        amount_due=Money(item.due_minor, currency),
        stub=stub,
        pdf_url=links.pdf_url(request, item.number),
        paid_date=local_date(item.settled_at, request.business.timezone)
        if item.settled_at
        else None,
        customer_address=lines_of(head.party.get("address") or {}),
        customer_tax_id=head.party.get("tax_id", ""),
        seller_tax_id=request.business.tax_id,
        external_ref=item.external_ref,
        discount_percent=head.discount_percent or None,
        discount_total=Money(head.discount_minor, currency) if head.discount_minor else None,
        notes=head.notes,
        credits=credit_rows(request, item, facts.credits, facts.received),
        received=_received(request, facts),
        written_off=Money(item.written_off_minor, currency) if item.written_off_minor else None,
        all_lines_url="" if len(facts.invoice.drawn) == head.line_count else f"{here}?lines=all",
        guest_links=_guest_links(request, facts.invoice),
        is_by_link=request.link is not None,
    )
    return page, gateway_url


def _line(line: LineRow, currency: str) -> InvoiceLine:
    return InvoiceLine(
        description=line.description,
        quantity=line.quantity.normalize(),
        unit_price=line.unit_price.normalize(),
        net=Money(line.net_minor, currency),
        discount_percent=line.discount_percent.normalize() or None,
        tax_rate=line.tax_rate.normalize(),
    )


def _received(request: PortalRequest, facts: InvoiceOnPage) -> tuple[ReceivedRow, ...]:
    return tuple(
        ReceivedRow(
            at=row.at,
            amount=Money(row.amount_minor, facts.item.currency),
            method=_method(row),
            receipt_url=_receipt(request, row),
            is_contested=row.is_contested,
            is_moved=row.is_moved,
            is_from_credit=row.is_from_credit,
        )
        for row in facts.received
        if row.kind == "payment"
    )


def _method(row: ReceivedFacts) -> Method | None:
    """What paid: nothing where it came from credit and did not go back to the payer."""
    if row.is_from_credit and (row.amount_minor > 0 or row.is_moved):
        return None
    return method(row.instrument_kind, row.instrument_brand, row.instrument_last4)


def _receipt(request: PortalRequest, row: ReceivedFacts) -> str:
    """A guest may open a receipt that is of this invoice alone; the owner may open any."""
    may_open = row.is_for_this_alone or not request.link
    return links.receipt_url(request, row.credit_id) if may_open else ""


def _guest_links(request: PortalRequest, invoice: InvoiceFacts) -> tuple[GuestLink, ...]:
    if request.person is None:
        return ()
    return tuple(
        GuestLink(
            sent_to=link.sent_to,
            sent_at=link.created_at,
            expires_at=link.expires_at,
            revoke_url=links.revoke_url(invoice.item.number, link.id),
        )
        for link in invoice.open_links
        if link.expires_at > request.at and is_theirs_to_end(request, link.sent_to)
    )


def _stub(request: PortalRequest, facts: InvoiceOnPage) -> tuple[Stub, str]:
    item = facts.item
    if item.is_void:
        day = local_date(item.settled_at, request.business.timezone) if item.settled_at else None
        return Closed("void", day), ""
    if item.open_minor == 0:
        return _settled(request, facts), ""
    if item.due_minor == 0:
        return Closed("written_off", amount=Money(item.written_off_minor, item.currency)), ""
    claim, attempt = facts.invoice.claim, facts.invoice.attempt
    if claim and attempt:
        return _held(request, claim, attempt), ""
    is_locked = request.link is not None and request.link.pay_locked_at is not None
    if is_locked or not facts.sources.accounts:
        return _offline(request, facts, is_locked=is_locked), ""
    return _payable(request, facts)


def _offline(request: PortalRequest, facts: InvoiceOnPage, *, is_locked: bool) -> Stub:
    """For who may not pay (nothing was read for them to pay by), and where nothing takes it."""
    item = facts.item
    if not may(request, ContactRight.PAY):
        return Seen(Money(item.due_minor, item.currency))
    bank = bank_details(request, facts.invoice)
    sign_in_url = links.sign_in_url(links.address("invoice", item.number)) if is_locked else ""
    return Offline(Money(item.due_minor, item.currency), bank, is_locked, sign_in_url)


def _settled(request: PortalRequest, facts: InvoiceOnPage) -> Stub:
    item = facts.item
    moved = [row for row in facts.received if row.kind == "payment"]
    paid = [row for row in moved if row.amount_minor > 0]
    if item.total_minor and not (paid and item.paid_minor):  # whatever was paid went back
        is_against = any(note.invoice_id == item.id for note in facts.credits)
        return Closed("credited" if is_against else "covered")
    from_credit = sum(row.amount_minor for row in moved if row.is_from_credit)
    own = [row for row in paid if not row.is_from_credit]
    last = own[-1] if own and from_credit < item.paid_minor else None
    return Paid(
        amount=Money(item.paid_minor, item.currency),
        paid_at=(last or paid[-1]).at if paid else item.settled_at or request.at,
        method=_method(last) if last else None,
        reference=encode("pay", last.credit_id) if last else "",
        receipt_url=_receipt(request, last) if last else "",
        credit=Money(from_credit, item.currency) if from_credit > 0 else None,
    )


def _held(request: PortalRequest, claim: OpenClaim, attempt: AttemptRow) -> Stub:
    amount = Money(claim.amount_minor, attempt.currency)
    used = method(attempt.instrument_kind, attempt.instrument_brand, attempt.instrument_last4)
    poll = links.invoice_url(request, "" if request.link else _number(request))
    if attempt.state == "unknown":
        return Checking(amount, claim.taken_at, poll, used)
    if attempt.state == "processing":
        is_soon = attempt.until is None and is_soon_known(attempt.instrument_kind)
        return Processing(
            amount,
            claim.taken_at,
            expected_date=attempt.until,
            is_about=attempt.settles_date is None,
            method=used,
            payer_name=_payer(request, claim),
            payment_url=_payment_url(request, claim, attempt),
            arrived=arrived_and_rest(attempt)[0] if came_in_part(attempt) else None,
            poll_url=poll if is_soon else "",
        )
    is_theirs = claim.taken_by_ref == request.actor.label and may(request, ContactRight.PAY)
    is_self = is_theirs and began_here(request, attempt.id)
    is_asked = attempt.failure_code == FailureCode.AUTHENTICATION_REQUIRED
    is_for_all = is_asked and not request.link and may(request, ContactRight.PAY)
    waits = attempt.state == "action_required" and (is_self or is_for_all)
    return Busy(
        amount=amount,
        since=claim.taken_at,
        poll_url=poll,
        payer_name=_payer(request, claim),
        is_self=is_self,
        is_by_link=is_theirs and not is_self,
        link_sent_to=request.link.sent_to if request.link and is_theirs else "",
        method=used if is_self or request.person else None,
        resume_url=attempt.step_url if waits else "",
        step=step_of(attempt) if waits else None,
        stop_url=links.stop_url(request, attempt.id) if _may_stop(is_theirs, attempt) else "",
    )


def _may_stop(is_theirs: bool, attempt: AttemptRow) -> bool:  # noqa: FBT001  a plain fact
    return is_theirs and can_be_stopped(attempt, attempt.gateway_kind)


def _payment_url(request: PortalRequest, claim: OpenClaim, attempt: AttemptRow) -> str:
    """Its own page, for who may open it: a guest only if their link began it."""
    is_theirs = request.link is None or claim.taken_by_ref == request.actor.label
    return links.result_url(request, attempt.id) if is_theirs else ""


def _number(request: PortalRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs.get("number", "")) if match else ""


def payer_label(request: PortalRequest) -> str:
    """How others are told who is paying: a person's name; the address a link was sent to."""
    return request.actor.name


def new_form_key() -> str:
    """The key of one pay form: whatever is sent under it is one payment."""
    return secrets.token_urlsafe(18)


def _payer(request: PortalRequest, claim: OpenClaim) -> str:
    """A guest is told no names; a colleague of the same customer is."""
    return "" if request.link else claim.taken_by


def _payable(request: PortalRequest, facts: InvoiceOnPage) -> tuple[Stub, str]:
    item = facts.item
    due = Money(item.due_minor, item.currency)
    today = local_date(request.at, request.business.timezone)
    stub, script_url = payable_form(request, facts.sources, due, declined=facts.declined)
    if not (stub.ways or stub.wallets):
        return Offline(due, bank_details(request, facts.invoice)), ""
    credit = Money(facts.invoice.unapplied_minor, item.currency)
    signed_in = request.link is None
    stub = replace(
        stub,
        pay_url=links.pay_url(request, item.number),
        confirm_url=links.confirm_url(request),
        credit=credit if credit and signed_in else None,
        credit_url=links.credit_url(item.number) if credit and signed_in else "",
        bank=bank_details(request, facts.invoice),
        returned=_came_back(facts),
        planned=planned(facts.plan, today) if facts.plan else None,
        plan=None if facts.plan else _plan_form(request, due, item, stub),
    )
    return stub, script_url


def _plan_form(request: PortalRequest, due: Money, item: ItemRow, stub: Payable) -> PlanForm | None:
    parts, days = [(due.minor, item.number)], [item.due_date]
    return plan_form(request, parts, due.currency, stub.ways, new_form_key(), days)


def _came_back(facts: InvoiceOnPage) -> CameBack | None:
    found = facts.invoice.taken_back
    if found is None:
        return None
    amount = Money(found.amount_minor, facts.item.currency)
    return CameBack(found.at, amount, found.code, found.is_contested, found.is_refused)


def payable_form(
    request: PortalRequest, sources: Sources, amount: Money, *, declined: AttemptRow | None
) -> tuple[Payable, str]:
    """The form that pays this amount, sent to where the reader is, and the address of the
    gateway's script."""
    today = local_date(request.at, request.business.timezone)
    can_save = may(request, ContactRight.METHODS)
    payer = Payer(sources.saved, can_save=can_save, today=today, declined=declined)
    form_key = new_form_key()
    surcharges, accounts = request.business.surcharges, sources.accounts
    ways, wallets = (
        ways_to_pay(accounts, amount, payer),
        wallets_to_pay(accounts, amount, surcharges),
    )
    used = habits(sources.uses, sources.saved, sources.given)
    debtor = Debtor(sources.given, declined, form_key, used)
    ways = with_fees(surcharges, with_debits(request, ways, accounts, amount, debtor))
    wallets = tuple(sorted(wallets, key=used.of, reverse=True))
    put_first = any(way.is_default for way in ways)
    by_ways, by_wallets = used.best(ways), used.best(wallets)
    decline = None
    if declined is not None:
        tried = method(
            declined.instrument_kind, declined.instrument_brand, declined.instrument_last4
        )
        decline = Decline(declined.failure_code, declined.finished_at, tried)
    mail = request.person.email if request.person else request.link.sent_to if request.link else ""
    stub = Payable(
        amount=amount,
        pay_url=request.get_full_path(),
        form_key=form_key,
        ways=ways,
        wallets=wallets,
        wallets_last=put_first or by_ways > by_wallets,
        transfer_first=not put_first and used.transfer > max(by_ways, by_wallets),
        decline=decline,
        email=mail,
    )
    return stub, scripts_of((*stub.wallets, *ways))
