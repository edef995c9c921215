"""Says to staff what states, refusals, actors and book entries mean, in translated words."""

from collections.abc import Mapping
from datetime import date, timedelta

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from counterfoil.domain.customers.checks import LOCALES
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications.waiting import Wait, step_happened
from counterfoil.domain.receivables.standing import Standing, standing
from counterfoil.surfaces.ui.words import Pill, invoice_pill

_HELD = {
    "unknown": "checking",
    "processing": "processing",
    "submitted": "processing",
    "created": "processing",
}


def role_words(role: Role | None, name: str = "") -> str:
    """A role, as people are told it; one of the business's own by its name."""
    if role is None:
        return name
    return {
        Role.OWNER: _("Owner"),
        Role.FINANCE: _("Finance"),
        Role.COLLECTOR: _("Collector"),
        Role.SUPPORT: _("Support"),
        Role.READONLY: _("Read only"),
    }[role]


def signed_out_words(name: str) -> str:
    """That every session of a person has ended."""
    return _("%(name)s is signed out on every device.") % {"name": name}


def locale_words(locale: str) -> str:
    """A language by its own name."""
    return str(Locale.parse(locale).display_name).capitalize() if locale in LOCALES else locale


def document_pill(  # noqa: PLR0913  every fact of how an invoice stands
    state: str,
    *,
    open_minor: int,
    covered_minor: int,
    due_date: date | None,
    today: date,
    attempt_state: str | None = None,
    paid_date: date | None = None,
    written_off_minor: int = 0,
) -> Pill:
    """How an invoice stands, for staff: drafts included, and payments that are on their way or wait
    for their payer."""
    if open_minor and attempt_state == "action_required":
        return Pill(_("Waiting for the payer"), "warn")
    if open_minor and attempt_state in _HELD:
        return invoice_pill(_HELD[attempt_state], 0, None)
    stands = standing(
        state,
        open_minor=open_minor,
        covered_minor=covered_minor,
        due_date=due_date,
        today=today,
        written_off_minor=written_off_minor,
    )
    if stands == Standing.UNCOLLECTIBLE:
        return Pill(_("Written off"), "neutral")
    if stands == Standing.DRAFT:
        return Pill(_("Draft"), "neutral")
    days = (due_date - today).days if due_date else 0
    return invoice_pill(stands.value, days, paid_date)


def attempt_pill(
    state: str, failure_code: str | None = None, *, is_contested: bool = False
) -> Pill:
    """The state of a payment, seen by staff; contested: its chargeback is not decided. What was
    cancelled never reached the gateway (`not_sent`), or was stopped there before money moved."""
    if state == "cancelled" and failure_code is not None:
        return Pill(_("Never sent") if failure_code == "not_sent" else _("Stopped"), "neutral")
    if state == "charged_back" and is_contested:
        return Pill(_("Contested"), "warn")
    if state == "unknown" and failure_code == "amount_mismatch":
        return Pill(_("Amounts differ"), "bad")
    return {
        "created": Pill(_("Starting"), "neutral"),
        "submitted": Pill(_("Processing"), "neutral"),
        "processing": Pill(_("Processing"), "neutral"),
        "action_required": Pill(_("Waiting for the payer"), "warn"),
        "succeeded": Pill(_("Received"), "good"),
        "failed": Pill(_("Declined"), "bad"),
        "unknown": Pill(_("Outcome unknown"), "warn"),
        "cancelled": Pill(_("Stopped or never sent"), "neutral"),
        "refunded": Pill(_("Refunded"), "neutral"),
        "part_refunded": Pill(_("Partly refunded"), "neutral"),
        "charged_back": Pill(_("Charged back"), "bad"),
        "returned": Pill(_("Came back"), "bad"),
    }[state]


def mail_pill(state: str) -> Pill:
    """Where a mail stands."""
    return {
        "queued": Pill(_("Waiting"), "neutral"),
        "sending": Pill(_("Sending"), "neutral"),
        "sent": Pill(_("Sent"), "good"),
        "failed": Pill(_("Not delivered"), "bad"),
        "skipped": Pill(_("Not sent"), "neutral"),
    }[state]


def skip_words(reason: str) -> str:
    """Why a mail that was written was not sent."""
    return {
        "invoice_voided": _("The invoice was voided before its turn came."),
        "nothing_due": _("Nothing was due any more when its turn came."),
        "refund_not_sent": _("The refund turned out not to have been sent."),
        "refund_returned": _("The refund had come back before its turn came."),
        "payment_returned": _("The payment had come back before its turn came."),
        "invitation_over": _("The invitation was over before its turn came."),
    }[reason]


def mail_words(template: str) -> str:
    """What a mail is for."""
    known = {
        "invoice_issued": _("Invoice"),
        "credit_note_issued": _("Credit note"),
        "receipt": _("Receipt"),
        "balance": _("Link to pay everything"),
        "payment_failed": _("Payment declined"),
        "refund_sent": _("Refund"),
        "refund_not_sent": _("Correction of a refund"),
        "what_changed": _("News of an invoice or a payment"),
        "chargeback": _("Chargeback"),
        "debit_notice": _("Notice of a debit"),
        "payment_returned": _("Debit came back"),
        "payment_stopped": _("Payment stopped"),
        "finish_payment": _("Payment to confirm"),
        "card_ends": _("Card that expires"),
        "planned_payment": _("Planned payment"),
        "people": _("Access"),
        "staff": _("Mail to staff"),
        "pay_code": _("Code for paying"),
        "seals": _("Seals"),
    }
    return known.get(template, template.replace("_", " ").capitalize())


def actor_words(label: str, people: Mapping[str, str]) -> str:
    """Who did it, from the label that history keeps; `people` are names of staff,
    and of contacts where somebody has read them, by id."""
    kind, _sep, ref = label.partition(":")
    if kind == "staff":
        return people.get(ref) or _("A former member of staff")
    if kind == "contact" and ref in people:
        return people[ref]
    known: dict[str, str] = {
        "contact": _("the customer"),
        "guest": _("the customer, by the link in the mail"),
        "api": _("the API"),
        "gateway": _("the gateway's event"),
        "system": _("Counterfoil"),
        "visitor": _("somebody who had not signed in"),
        "database": _("somebody at the database itself"),
    }
    return known.get(kind, label)


def attempt_step_words(
    state: str, failure_code: str | None = None, wait: Wait | None = None
) -> str:
    """What happened when a payment came into this state; `failure_code` and `wait` are the
    payment's."""
    if state == "cancelled" and failure_code is not None:
        was_sent = failure_code != "not_sent"
        return _("Stopped: no money moves") if was_sent else _("Proven never to have been sent")
    return {
        "created": _("Payment begun"),
        "submitted": _("Sent to the gateway"),
        "action_required": step_happened(wait),
        "processing": _("The gateway is processing it"),
        "unknown": _("The outcome is unknown"),
        "succeeded": _("Money received"),
        "failed": _("Declined"),
        "cancelled": _("Stopped, or proven never to have been sent"),
        "returned": _("The payer's bank sent it back"),
    }[state]


def invoice_step_words(state: str) -> str:
    """What happened when an invoice came into this state."""
    return {
        "draft": _("Draft written"),
        "issued": pgettext("history", "Issued"),
        "voided": _("Voided"),
        "deleted": _("Draft deleted"),
    }[state]


def account_words(kind: str, party: str) -> str:
    """A ledger account by its nature and whose it is."""
    words = {
        "receivable": _("Receivable"),
        "customer_credit": _("Customer's credit"),
        "clearing": _("Gateway clearing"),
        "in_dispute": _("Chargebacks in dispute"),
        "in_transit": _("In transit to or from the bank"),
        "suspense": _("Unexplained at the gateway"),
        "gateway_fees": _("Gateway fees"),
        "chargeback_losses": _("Losses by chargebacks"),
        "bad_debts": _("Written off"),
        "surcharges": _("Surcharges"),
        "revenue": _("Revenue"),
        "tax": _("Tax collected"),
    }.get(kind, kind.replace("_", " ").capitalize())
    return f"{words}: {party}" if party else words


def entry_words(kind: str) -> str:
    """What a journal entry is about."""
    return {
        "invoice_issued": _("Invoice issued"),
        "invoice_voided": _("Invoice voided"),
        "credit_note_issued": _("Credit note issued"),
        "payment_received": _("Payment received"),
        "credit_applied": _("Credit applied"),
        "payment_returned": _("Debit came back"),
        "refund_sent": _("Refund sent"),
        "refund_returned": _("Refund came back"),
        "refund_cleared": _("Refund on the bank's statement"),
        "refund_unmatched": _("It was not that bank line"),
        "refund_unsent": _("Refund was not sent"),
        "payment_unapplied": _("Payment taken off an invoice"),
        "chargeback_opened": _("Chargeback opened"),
        "chargeback_won": _("Chargeback won"),
        "chargeback_lost": _("Chargeback lost"),
        "chargeback_won_late": _("Chargeback won after all"),
        "payout_made": _("Payout made"),
        "payout_failed": _("Payout came back"),
        "payout_arrived": _("Payout arrived"),
        "movement_explained": _("Movement explained"),
        "invoice_written_off": _("Invoice written off"),
        "write_off_recovered": _("Written off, and paid after all"),
        "write_off_taken_back": _("Write-off taken back"),
    }.get(kind, kind.replace("_", " ").capitalize())


def span_words(span: timedelta) -> str:
    """How long, in its largest unit: `4 minutes`, `3 hours`, `2 days`."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:  # noqa: PLR2004  an hour
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004  two days
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
