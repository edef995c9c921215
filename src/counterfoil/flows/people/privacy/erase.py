"""Forgetting somebody: asked for, looked at by staff, carried out; the books stay as they must.

A whole customer is refused while money is open, and their saved methods and mandates end first:
here, then at their gateways. Then all rows go in one transaction, and after it the files of copies;
done again, it changes nothing. Gateway messages that are not settled yet stay until they are.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers.writing import invitations
from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.mandate_outcomes import REVOKED_BY_BUSINESS
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries as method_queries
from counterfoil.domain.privacy import erasing, operations, queries, sealed_texts, trail
from counterfoil.domain.privacy.operations import ErasureDecided
from counterfoil.domain.privacy.retention import books_until, days_of
from counterfoil.domain.privacy.rows import ErasureRow, Known, OpenMoney, Subject
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.people.privacy import export
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ids import BusinessId


class MoneyOpen(Refused):
    """Something is still to be paid, given back or decided; nothing was erased."""

    code = "money_open"
    message = "Money is still open, so nothing was erased. See to it first, then erase."

    def __init__(self, money: OpenMoney) -> None:
        super().__init__()
        self.money = money


@dataclass(frozen=True, slots=True)
class Review:
    """What staff look at before they confirm: what goes and how much, what stays and until when."""

    erasure: ErasureRow
    subject: Subject
    goes: dict[str, int]
    sign_ins: int
    trail_values: int
    money: OpenMoney | None
    methods: int
    mandates: int
    mandate_days: int
    events_that_wait: int
    books_until: date | None


def ask(subject: Subject, *, at: datetime, by: Actor) -> UUID:
    """Somebody wants to be forgotten; staff decide. Asked again while that waits, it is the same
    request."""
    business_id = subject.business_id

    def work() -> UUID:
        erasure_id, is_new = operations.ask_erasure(business_id, subject, at=at, by=by)
        if is_new:
            _note(subject, "asked", at)
        return erasure_id

    return run(business_id, work)


def decline(
    business_id: BusinessId, erasure_id: UUID, *, reason: str, at: datetime, by: Actor
) -> None:
    """It is not done, for this reason; refuses (`ErasureDecided`) what was decided."""

    def work() -> None:
        row = queries.erasure(business_id, erasure_id)
        operations.decline(business_id, erasure_id, reason=reason, at=at, by=by)
        _note(_subject(business_id, row), "declined", at)

    run(business_id, work)


def review(business_id: BusinessId, erasure_id: UUID, *, at: datetime) -> Review:
    """What would happen now."""
    with reading(business_id):
        row = queries.erasure(business_id, erasure_id)
        subject = _subject(business_id, row)
        known_as = erasing.known_or_left(subject)
        counted = queries.counts(known_as, at=at)
        is_whole = subject.contact_id is None
        customer_id = subject.customer_id
        money = queries.open_money(business_id, customer_id) if is_whole else None
        standing = [one for one in mandates.mandates_of(business_id, customer_id) if one.is_active]
        saved = method_queries.methods_of(business_id, customer_id)
        trail_values = len(trail.about(known_as))
        last = queries.last_document(business_id, customer_id)
        days = days_of(queries.retention(business_id))
        waiting = sealed_texts.events_that_wait(known_as)
    return Review(
        erasure=row,
        subject=subject,
        goes={table: counted[table] for table in erasing.rewritten() if counted.get(table)},
        sign_ins=len(_lonely(known_as)),
        trail_values=trail_values,
        money=money if money and money.reasons else None,
        methods=len(saved) if is_whole else 0,
        mandates=len(standing) if is_whole else 0,
        mandate_days=days["mandates"],
        events_that_wait=waiting,
        books_until=books_until(last) if last else None,
    )


def confirm(
    business_id: BusinessId, erasure_id: UUID, *, at: datetime, by: Actor
) -> dict[str, int]:
    """Carries it out; how much went, by table. Again gives what it was.

    Refuses (`MoneyOpen`) while money of the customer is open, and (`ErasureDecided`) what was
    declined. A gateway that can't be reached is told of ended mandates and methods later.
    """
    with reading(business_id):
        row = queries.erasure(business_id, erasure_id)
        if row.erased_at is not None:
            return _figures(row)
        if row.declined_at is not None:
            raise ErasureDecided
        subject = _subject(business_id, row)
        _require_quiet(subject)
    if subject.contact_id is None:
        _end_ways(subject, at=at, by=by)
    everybody = [one.id for one in businesses.every()]
    copies: list[UUID] = []

    def work() -> dict[str, int]:
        erasing.lock_customer(business_id, subject.customer_id)
        locked = operations.lock_erasure(business_id, erasure_id)
        if locked.erased_at is not None:
            return _figures(locked)
        if locked.declined_at is not None:
            raise ErasureDecided
        _require_quiet(subject)
        known_as = erasing.known_or_left(subject)
        _take_along(subject, at)
        lonely = erasing.lonely_now(business_id, known_as.users, subject, everybody)
        copies[:] = operations.take_back(business_id, subject, at=at)
        for message_id in queries.queued_messages(known_as):
            messages.claim(business_id, message_id, at=at, skip="erased")
        days = days_of(queries.retention(business_id))["mandates"]
        figures = erasing.erase(
            business_id, known_as, lonely, mandates_before=at - timedelta(days=days), at=at
        )
        if copies:
            figures["privacy_copy"] = len(copies)
        operations.note_erased(business_id, erasure_id, figures, at=at, by=by)
        _note(subject, "erased", at, copies=len(copies))
        return figures

    figures = run(business_id, work)
    for copy_id in copies:
        export.remove(business_id, copy_id, at=at)
    return figures


def _take_along(subject: Subject, at: datetime) -> None:
    """Whom somebody who goes has asked in may not come any more."""
    if subject.contact_id is not None:
        gone = Actor(ActorKind.CONTACT, str(subject.contact_id))
        invitations.withdraw_beyond(
            subject.business_id, subject.customer_id, gone, frozenset(), at=at
        )


def _require_quiet(subject: Subject) -> None:
    if subject.contact_id is not None:
        return
    money = queries.open_money(subject.business_id, subject.customer_id)
    if money.reasons:
        raise MoneyOpen(money)


def _end_ways(subject: Subject, *, at: datetime, by: Actor) -> None:
    """From here on nothing is charged to this customer by itself."""
    business_id, customer_id = subject.business_id, subject.customer_id
    with reading(business_id):
        standing = [one for one in mandates.mandates_of(business_id, customer_id) if one.is_active]
        saved = method_queries.methods_of(business_id, customer_id)
    for mandate in standing:
        end_mandate(
            business_id,
            mandate.id,
            customer_id=customer_id,
            at=at,
            by=by,
            reason=REVOKED_BY_BUSINESS,
        )
    for method in saved:
        methods.remove(business_id, customer_id, method.id, at=at)


def _lonely(known_as: Known) -> list[UUID]:
    """The sign-ins that no other customer and no other business knows."""
    left = set(known_as.users)
    for business in businesses.every() if left else ():
        with reading(business.id):
            left -= erasing.used_here(business.id, sorted(left), known_as.subject)
    return sorted(left)


def _subject(business_id: BusinessId, row: ErasureRow) -> Subject:
    return Subject(business_id, row.customer_id, row.contact_id)


def _figures(row: ErasureRow) -> dict[str, int]:
    return {table: int(count) for table, count in row.figures.items()}


def _note(subject: Subject, what: str, at: datetime, *, copies: int = 0) -> None:
    whom = f"contact:{subject.contact_id}" if subject.contact_id else ""
    audit.note(
        subject.business_id,
        NoteKind.ERASED,
        subject=whom or f"customer:{subject.customer_id}",
        customer_id=subject.customer_id,
        facts={"step": what, "copies": str(copies)} if copies else {"step": what},
        at=at,
    )
