"""Puts each kind of trouble in words: what it is, why it waits, and the one thing to do."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights.work import EACH_SHOWN, LATE_DAYS, SegmentWork, WorkList
from counterfoil.domain.insights.work_rows import (
    AsideEvent,
    FailedMail,
    IdleCredit,
    LateInvoice,
    StuckPayment,
    StuckRefund,
    WaitingApproval,
    WaitingChargeback,
    WaitingDifference,
)
from counterfoil.domain.notifications.waiting import awaited, left_words
from counterfoil.domain.notifications.words import decline_reason
from counterfoil.domain.payments.rows import Account
from counterfoil.kernel.errors import Problem, Refused
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.approvals.acts import act_words
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.backoffice.payments.chargebacks.words import (
    chargeback_pill,
    chargeback_problem,
    chargeback_reason,
)
from counterfoil.surfaces.backoffice.payments.differences.words import difference_title
from counterfoil.surfaces.backoffice.payments.refund_words import refund_failure, refund_pill
from counterfoil.surfaces.backoffice.settings.words import account_trouble
from counterfoil.surfaces.backoffice.words import mail_words, span_words
from counterfoil.surfaces.backoffice.worklist.alarms import alarm_trouble
from counterfoil.surfaces.backoffice.worklist.pages import Trouble
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.words import Pill, due_words

_SAID = re.compile(r"the gateway says (\d+) ([A-Z]{3})")


def troubles(found: WorkList, *, today: date, at: datetime) -> tuple[Trouble, ...]:
    """Every row of the work list, the most urgent kind first."""
    rows = [alarm_trouble(one) for one in found.alarms]
    rows += [_payment(one, at) for one in found.payments]
    rows += [_refund(one, at) for one in found.refunds]
    rows += [_chargeback(one, at) for one in found.chargebacks]
    rows += [_difference(one, at) for one in found.differences]
    rows += [_approval(one) for one in found.approvals]
    rows += [_event(one, at) for one in found.events]
    rows += [_mail(one) for one in found.mails]
    rows += [_bank_lines(found.count.bank_lines)] if found.count.bank_lines else []
    rows += [_registrations(found.count.registrations)] if found.count.registrations else []
    rows += [_erasures(found.count.erasures)] if found.count.erasures else []
    rows += _credits(found.credits, found.count.credits)
    rows += list(_late(found.late, today))
    apart = found.count.late + found.count.bank_lines + min(found.count.credits, 1)
    apart += found.count.registrations + found.count.erasures
    hidden = found.count.total - apart - sum(
        min(count, EACH_SHOWN)
        for count in (
            found.count.payments, found.count.refunds, found.count.events, found.count.mails,
            found.count.chargebacks,
            found.count.differences, found.count.approvals, found.count.alarms,
        )
    )  # fmt: skip
    if hidden > 0:
        rows.append(_more(hidden))
    return tuple(rows)


def segment_troubles(found: SegmentWork, *, today: date, at: datetime) -> tuple[Trouble, ...]:
    """Every row of the work list of a segment."""
    rows = [_payment(one, at) for one in found.payments]
    rows += [_refund(one, at) for one in found.refunds]
    rows += [_approval(one) for one in found.approvals]
    return (*rows, *_late(found.late, today))


def broken_gateway(account: Account, problem: Problem) -> Trouble:
    """A gateway account that payers are not offered, for it could not take their payment."""
    title = _("No payment can go to a gateway account: %(gateway)s") % {
        "gateway": account.opened.name
    }
    action = _opens(reverse("backoffice_gateways"))
    pill = Pill(_("Can’t be used"), "bad")
    return Trouble(title, account_trouble(problem), pill, action, right=Right.GATEWAYS)


def _payment(row: StuckPayment, at: datetime) -> Trouble:
    amount = Money(row.amount_minor, row.currency)
    action = _opens(reverse("backoffice_payment", args=[row.id]))
    span = span_words(at - row.since)
    about = f"{money(amount)}, {row.customer_name}."
    if row.failure_code == "amount_mismatch":
        title = _("The gateway took another amount: %(customer)s") % {"customer": row.customer_name}
        return Trouble(title, _mismatch(row, amount), Pill(_("Amounts differ"), "bad"), action)
    if row.state == "returned":
        title = _("A debit came back: %(customer)s") % {"customer": row.customer_name}
        why = decline_reason(row.failure_code, "bank_debit")
        told = _("The invoice is open again, and the customer was told.")
        return Trouble(title, f"{about} {why} {told}", Pill(_("Came back"), "bad"), action)
    if row.state == "action_required":
        title, why = left_words(awaited(row), span)
        return Trouble(title, f"{about} {why}", Pill(_("Waiting"), "warn"), action)
    if row.state == "processing":
        title = _("Payment processing for %(span)s") % {"span": span}
        why = _("The gateway has not said yet whether the money came.")
        return Trouble(title, f"{about} {why}", Pill(_("Slow"), "warn"), action)
    title = _("Payment outcome unknown for %(span)s") % {"span": span}
    asked = ngettext(
        "The gateway has been asked %(n)s time; the customer sees “checking”.",
        "The gateway has been asked %(n)s times; the customer sees “checking”.",
        row.checks,
    ) % {"n": row.checks}
    return Trouble(title, f"{about} {asked}", Pill(_("Checking"), "warn"), action)


def _refund(row: StuckRefund, at: datetime) -> Trouble:
    """A refund that needs a person: its page says what happened and what to do."""
    action = _opens(reverse("backoffice_payment", args=[row.attempt_id]))
    pill = refund_pill(row.state, row.failure_code, row.method)
    about = f"{money(Money(row.amount_minor, row.currency))}, {row.customer_name}."
    words = {"customer": row.customer_name, "span": span_words(at - row.since)}
    if row.state == "failed":
        title = _("Refund failed: %(customer)s") % words
        why = " ".join((refund_failure(row.failure_code), _("No money moved.")))
    elif row.state == "returned":
        title = _("Refund came back: %(customer)s") % words
        why = _("The payer's bank sent the money back; the customer has it as credit.")
    elif row.state == "pending" and row.method:
        title = _("Refund to send: %(customer)s") % words
        why = _(
            "Send it from your bank with the reference on its page, and say there that it went."
        )
    elif row.state == "pending":
        title = _("Refund not sent for %(span)s") % words
        why = _("The gateway has accepted it and has not sent the money yet.")
    else:
        title = _("Refund outcome unknown for %(span)s") % words
        why = _("We ask the gateway until it is certain; nothing is sent a second time.")
    return Trouble(title, f"{about} {why}", pill, action)


def _chargeback(row: WaitingChargeback, at: datetime) -> Trouble:
    """A chargeback: until when it has to be answered, or that it was lost."""
    action = _opens(reverse("backoffice_chargeback", args=[row.id]))
    words = {"customer": row.customer_name}
    about = f"{money(Money(row.amount_minor, row.currency))}."
    if row.state == "open":
        title = _("Chargeback to answer: %(customer)s") % words
        until = ""
        if row.evidence_due_at is not None:
            left = {"span": span_words(row.evidence_due_at - at)}
            until = _("%(span)s left to answer.") % left
        if row.evidence_due_at is not None and row.evidence_due_at <= at:
            until = _("The time to answer is over.")
        why = f"{about} {chargeback_reason(row.reason_code)} {until}"
    elif row.state == "lost":
        title = _("Chargeback lost: %(customer)s") % words
        why = " ".join((about, _("What the payment covered is owed again.")))
    else:
        title = _("A chargeback does not add up: %(customer)s") % words
        why = f"{about} {chargeback_problem(row.problem)}"
    return Trouble(title, why.strip(), chargeback_pill(row.state), action)


def _approval(row: WaitingApproval) -> Trouble:
    """A request that a second person has to decide about."""
    words = {"person": row.asked_name, "what": act_words(row.act)}
    title = _("To approve: %(what)s, asked by %(person)s") % words
    amount = f"{money(Money(row.amount_minor, row.currency))}. " if row.currency else ""
    why = _("Nothing is done until a second person has decided.")
    action = _opens(reverse("backoffice_approval", args=[row.id]))
    reason = f"{amount}{row.called}{'. ' if row.called else ''}{why}"
    return Trouble(title, reason, Pill(_("Waits for a second person"), "warn"), action)


def _difference(row: WaitingDifference, at: datetime) -> Trouble:
    """What the daily comparison found, or that there is none, or a payout that does not add up."""
    if row.place == "account":
        title = _("The gateway's list is not compared: %(gateway)s") % {"gateway": row.gateway_name}
        why = _(
            "For %(span)s it could not be read, so a payment whose event was lost is not found. "
            "Test the connection."
        ) % {"span": span_words(at - row.since)}
        action = _opens(reverse("backoffice_gateway", args=[row.id]))
        return Trouble(title, why, Pill(_("Not compared"), "warn"), action)
    amount = money(Money(row.amount_minor, row.currency))
    about = f"{amount}, {row.gateway_name}, {row.ref}."
    if row.place == "payout":
        title = _("A payout does not add up: %(gateway)s") % {"gateway": row.gateway_name}
        why = _("%(amount)s of it is nothing that your books know.") % {"amount": amount}
        action = _opens(reverse("backoffice_payout", args=[row.id]))
        return Trouble(title, f"{why} {row.ref}", Pill(_("Unexplained"), "bad"), action)
    action = _opens(reverse("backoffice_difference", args=[row.id]))
    return Trouble(difference_title(row.kind), about, Pill(_("Does not agree"), "bad"), action)


def _opens(url: str) -> Link:
    return Link(pgettext("button", "Open"), url)


def _mismatch(row: StuckPayment, amount: Money) -> str:
    said = _SAID.search(row.failure_detail)
    words = {"asked": money(amount), "customer": row.customer_name}
    if said:
        try:
            words["said"] = money(Money(int(said[1]), said[2]))
        except Refused:
            said = None
    if not said:
        return _("We asked for %(asked)s. Nothing was booked.") % words
    return _("We asked for %(asked)s, the gateway says %(said)s. Nothing was booked.") % words


def _event(row: AsideEvent, at: datetime) -> Trouble:
    words = {"ref": row.ref, "account": row.account_name, "span": span_words(at - row.received_at)}
    if row.is_waiting:
        title = _("An event of the gateway was not acted on: %(kind)s") % {"kind": row.kind}
        reason = _("%(ref)s from %(account)s came %(span)s ago, and nothing has come of it yet.")
        action = Link(_("Try again"), reverse("backoffice_work"))
        post_url = reverse("backoffice_event_again", args=[row.id])
        return Trouble(title, reason % words, Pill(_("Stuck"), "bad"), action, post_url)
    title = _("A gateway event concerns no payment of ours: %(kind)s") % {"kind": row.kind}
    reason = _("%(ref)s from %(account)s, %(span)s ago. Look it up in the gateway's dashboard.")
    action = Link(_("I have looked"), reverse("backoffice_work"))
    post_url = reverse("backoffice_event_looked", args=[row.id])
    return Trouble(title, reason % words, Pill(_("Unplaced"), "warn"), action, post_url)


def _mail(row: FailedMail) -> Trouble:
    title = _("Mail not delivered: %(customer)s") % {"customer": row.customer_name}
    problem = row.problem or _("The mail server gave no reason.")
    reason = f"{mail_words(row.template)}, {row.recipient}: {problem}"
    if row.about_kind == "invoice":
        url = reverse("backoffice_invoice", args=[row.about_id])
    elif row.about_kind == "payment":
        url = reverse("backoffice_payment", args=[row.about_id])
    else:
        url = reverse("backoffice_customer", args=[row.customer_id])
    return Trouble(title, reason, Pill(_("Not delivered"), "bad"), _opens(url))


def _credits(rows: list[IdleCredit], count: int) -> list[Trouble]:
    """One row for all credit that is not used: after an import there may be thousands."""
    if count <= 1 or not rows:
        return [_credit(one) for one in rows]
    most = rows[0]
    title = ngettext(
        "Credit of %(n)s customer is not used", "Credit of %(n)s customers is not used", count
    ) % {"n": count}
    reason = _("Their invoices are open all the same. The most: %(credit)s of %(customer)s.") % {
        "credit": money(Money(most.unapplied_minor, most.currency)),
        "customer": most.customer_name,
    }
    action = _opens(reverse("backoffice_customer", args=[most.customer_id]))
    return [Trouble(title, reason, Pill(_("Unapplied"), "neutral"), action)]


def _credit(row: IdleCredit) -> Trouble:
    credit = Money(row.unapplied_minor, row.currency)
    title = _("Credit is not used: %(customer)s") % {"customer": row.customer_name}
    reason = ngettext(
        "%(credit)s of credit, while %(open)s is open on %(n)s invoice.",
        "%(credit)s of credit, while %(open)s is open on %(n)s invoices.",
        row.open_count,
    ) % {
        "credit": money(credit),
        "open": money(Money(row.open_minor, row.currency)),
        "n": row.open_count,
    }
    action = _opens(reverse("backoffice_customer", args=[row.customer_id]))
    return Trouble(title, reason, Pill(_("Unapplied"), "neutral"), action)


def _bank_lines(count: int) -> Trouble:
    title = ngettext("%(n)s bank line waits", "%(n)s bank lines wait", count) % {"n": count}
    reason = _("The money is in the bank, but nothing says which invoice it is for.")
    return Trouble(title, reason, Pill(_("Waiting"), "warn"), _opens(reverse("backoffice_bank")))


def _registrations(count: int) -> Trouble:
    title = ngettext("%(n)s person asks for access", "%(n)s people ask for access", count) % {
        "n": count
    }
    reason = _("Their mail address is proved, but not whose invoices they may see.")
    action = _opens(reverse("backoffice_registrations"))
    pill = Pill(_("Waiting"), "warn")
    return Trouble(title, reason, pill, action, right=Right.EDIT_CUSTOMERS)


def _erasures(count: int) -> Trouble:
    title = ngettext(
        "%(n)s request to be forgotten waits", "%(n)s requests to be forgotten wait", count
    ) % {"n": count}
    reason = _("The law gives a month to answer. Nothing is erased before somebody confirms.")
    action = _opens(reverse("backoffice_erasures"))
    return Trouble(title, reason, Pill(_("Waiting"), "warn"), action)


def _late(rows: list[LateInvoice], today: date) -> Iterator[Trouble]:
    for row in rows:
        amount = money(Money(row.open_minor, row.currency))
        words = {"number": row.number, "customer": row.customer_name}
        title = _("%(number)s of %(customer)s is long overdue") % words
        reason = _("%(amount)s open, and nobody is paying it right now.") % {"amount": amount}
        pill = Pill(due_words((row.due_date - today).days), "bad")
        action = _opens(reverse("backoffice_invoice", args=[row.id]))
        yield Trouble(title, reason, pill, action)
    rest = rows[0].late_count - len(rows) if rows else 0
    if rest > 0:
        title = ngettext(
            "%(n)s more invoice is over %(days)s days late",
            "%(n)s more invoices are over %(days)s days late",
            rest,
        ) % {"n": rest, "days": LATE_DAYS}
        url = reverse("backoffice_invoices") + "?status=late"
        reason = _("The largest are shown here.")
        yield Trouble(title, reason, Pill(_("Overdue"), "bad"), Link(_("Show all"), url))


def _more(hidden: int) -> Trouble:
    title = ngettext("%(n)s more thing like these", "%(n)s more things like these", hidden) % {
        "n": hidden
    }
    reason = _("They come up here as soon as these are done.")
    action = Link(_("Show payments"), reverse("backoffice_payments") + "?status=unknown")
    return Trouble(title, reason, Pill(_("Waiting"), "neutral"), action)
