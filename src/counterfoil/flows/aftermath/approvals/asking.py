"""Done at once within one's limits; over them, written down for a second person to decide."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from counterfoil.domain.approvals import operations as approvals
from counterfoil.domain.approvals import queries
from counterfoil.domain.approvals.deciders import NeedsSecondPerson, could_decide
from counterfoil.domain.approvals.rows import Wish
from counterfoil.domain.billing.drafts import NewCreditNote
from counterfoil.domain.billing.rows import InvoiceHead
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.customers.tags import tags_of
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Act, Limit, is_within
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.domain.payments.refunds import NothingToRefund, RefundTooHigh
from counterfoil.domain.receivables.rows import ItemRow, PaymentRow
from counterfoil.flows.aftermath.approvals import commands
from counterfoil.flows.aftermath.write_off import checked_reason
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.kernel.money import Money


class NobodyToApprove(Refused):
    """It needs a second person, and there is none."""

    code = "nobody_to_approve"
    message = "This needs the word of a second person, and nobody else here may give it."


def check_alone(business_id: BusinessId, act: Act, counted: Money) -> None:
    """Refuses (`NeedsSecondPerson`) what the business wants two people for: for programs, which
    can't ask anybody."""
    with reading(business_id):
        limits = team.limits_of_all(business_id)
    if not is_within(limits, act, counted.currency, counted.minor):
        raise NeedsSecondPerson


def alone_up_to(
    business_id: BusinessId, act: Act, currency: str, *, member: MemberRow | None = None
) -> int | None:
    """Up to how much of one payment or invoice a member, or a program, does a thing alone, in
    minor units; None without a limit. Whoever begins it asks again by this, the thing under lock,
    for two who begin at once are each judged by what stood before both."""
    with reading(business_id):
        limits = [*team.limits_of_all(business_id), *(member.limits if member else ())]
    found = [one.up_to_minor for one in limits if (one.act, one.currency) == (act, currency)]
    return min(found, default=None)


def waits_for_second(
    business_id: BusinessId, act: Act, counted: Money, *, member: MemberRow
) -> bool:
    """Whether somebody may not do this alone: their own limit or that of all is lower than what
    counts. Asks nobody."""
    return _is_over(business_id, act, counted.currency, counted.minor, member)


def given_back(row: PaymentRow) -> int:
    """What of a payment was given back before, or is on its way back, in minor units."""
    return row.refunding_minor + row.refunded_minor


def refund(
    business_id: BusinessId,
    row: PaymentRow,
    command: RefundCommand,
    *,
    member: MemberRow,
    at: datetime,
    by: Actor,
) -> UUID | None:
    """Asks for a refund over somebody's limit; None if they may do it alone. What counts is all
    that the payment gives back, so that no sum passes in parts. Refuses (`RefundTooHigh`,
    `NothingToRefund`) what could not be done anyway."""
    left = row.refundable_minor
    amount = Money(left if command.amount_minor is None else command.amount_minor, row.currency)
    wish = Wish(
        act=Act.REFUND,
        about_kind="payment",
        about_id=row.id,
        called=row.customer_name,
        command=commands.kept_refund(command),
        form_key=command.form_key,
        customer_id=row.customer_id,
        amount=amount,
        counted_minor=given_back(row) + amount.minor,
        reason=command.reason,
    )
    if not _is_over_limit(business_id, wish, member):
        return None
    with reading(business_id):
        is_new = queries.approval_of_form(business_id, wish.form_key) is None
    if is_new and not left:
        raise NothingToRefund
    if is_new and amount.minor > left:
        raise RefundTooHigh.beyond(Money(left, row.currency))
    return ask(business_id, wish, member=member, at=at, by=by)


def writing_off(  # noqa: PLR0913  what, why, who
    business_id: BusinessId,
    item: ItemRow,
    reason: str,
    *,
    form_key: str,
    member: MemberRow,
    at: datetime,
    by: Actor,
) -> UUID | None:
    """Asks for a write-off over somebody's limit; None if they may do it alone."""
    amount = Money(item.due_minor, item.currency)
    if not amount:
        return None
    wish = Wish(
        act=Act.WRITE_OFF,
        about_kind="invoice",
        about_id=item.id,
        called=item.number,
        command={},
        form_key=f"write_off:{form_key or new_id()}",
        customer_id=item.customer_id,
        amount=amount,
        counted_minor=amount.minor,
        reason=checked_reason(reason),
    )
    return _ask_over_limit(business_id, wish, member=member, at=at, by=by)


def credit(  # noqa: PLR0913  what, how much, who
    business_id: BusinessId,
    head: InvoiceHead,
    new: NewCreditNote,
    amount: Money,
    *,
    credited_minor: int,
    form_key: str,
    member: MemberRow,
    at: datetime,
    by: Actor,
) -> UUID | None:
    """Asks for a credit note over somebody's limit; None if they may write it alone. What counts is
    all that the invoice was credited."""
    wish = Wish(
        act=Act.CREDIT,
        about_kind="invoice",
        about_id=head.id,
        called=head.number,
        command=commands.kept_credit(new),
        form_key=f"credit:{form_key}",
        customer_id=new.customer_id,
        amount=amount,
        counted_minor=credited_minor + amount.minor,
        reason=new.reason,
    )
    return _ask_over_limit(business_id, wish, member=member, at=at, by=by)


def adding_account(  # noqa: PLR0913  what, who
    business_id: BusinessId,
    new: NewBankAccount,
    fields: dict[str, str],
    *,
    form_key: str,
    member: MemberRow,
    at: datetime,
    by: Actor,
) -> UUID | None:
    """Asks for another bank account to pay to; None where one person is enough."""
    wish = Wish(
        act=Act.BANK_DATA,
        about_kind="business",
        about_id=business_id,
        called=new.iban or new.number,
        command={"do": "add", "account": fields},
        form_key=form_key,
    )
    return _ask_over_limit(business_id, wish, member=member, at=at, by=by)


def showing_account(  # noqa: PLR0913  which, what, who
    business_id: BusinessId,
    account_id: UUID,
    called: str,
    *,
    is_active: bool,
    form_key: str,
    member: MemberRow,
    at: datetime,
    by: Actor,
) -> UUID | None:
    """Asks for an account to be shown to customers, or no more; None where one is enough."""
    wish = Wish(
        act=Act.BANK_DATA,
        about_kind="bank_account",
        about_id=account_id,
        called=called,
        command={"do": "show", "account": str(account_id), "is_active": is_active},
        form_key=form_key,
    )
    return _ask_over_limit(business_id, wish, member=member, at=at, by=by)


def _ask_over_limit(
    business_id: BusinessId, wish: Wish, *, member: MemberRow, at: datetime, by: Actor
) -> UUID | None:
    if not _is_over_limit(business_id, wish, member):
        return None
    return ask(business_id, wish, member=member, at=at, by=by)


def _is_over_limit(business_id: BusinessId, wish: Wish, member: MemberRow) -> bool:
    currency = wish.amount.currency if wish.amount else ""
    return _is_over(business_id, Act(wish.act), currency, wish.counted_minor, member)


def _is_over(
    business_id: BusinessId, act: Act, currency: str, counted_minor: int, member: MemberRow
) -> bool:
    with reading(business_id):
        of_all = team.limits_of_all(business_id)
    return not all(
        is_within(limits, act, currency, max(counted_minor, 1))
        for limits in (of_all, _about(member.limits, act))
    )


def _about(limits: Iterable[Limit], act: str) -> list[Limit]:
    return [one for one in limits if one.act == act]


def ask(business_id: BusinessId, wish: Wish, *, member: MemberRow, at: datetime, by: Actor) -> UUID:
    """Writes down what needs a second person, and tells those who may be it. Refuses
    (`NobodyToApprove`) where there is none, `AskedAlready`."""
    currency = wish.amount.currency if wish.amount else ""
    with reading(business_id):
        others = [one for one in identity.members(business_id) if one.user_id != member.user_id]
        tags = tags_of(business_id, wish.customer_id) if wish.customer_id else []
    if not any(could_decide(one, wish.act, currency, wish.counted_minor, tags) for one in others):
        raise NobodyToApprove
    name = member.name or member.email

    def work() -> UUID:
        asked = approvals.ask(business_id, wish, member.user_id, name, at=at, by=by)
        jobs.defer(business_id, "send_approval", approval_id=str(asked))
        return asked

    return run(business_id, work)
