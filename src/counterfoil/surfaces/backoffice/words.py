"""Says to staff what states, refusals, actors and book entries mean, in translated words."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.receivables.standing import Standing, standing
from counterfoil.kernel.errors import FieldProblem, Problem
from counterfoil.surfaces.ui.words import Pill, invoice_pill

_HELD = {
    "unknown": "checking",
    "processing": "processing",
    "submitted": "processing",
    "created": "processing",
}


def role_words(role: Role) -> str:
    """A role, as people are told it."""
    return {
        Role.OWNER: _("Owner"),
        Role.FINANCE: _("Finance"),
        Role.READONLY: _("Read only"),
    }[role]


def document_pill(  # noqa: PLR0913  every fact of how an invoice stands
    state: str,
    *,
    open_minor: int,
    covered_minor: int,
    due_date: date | None,
    today: date,
    attempt_state: str | None = None,
    paid_date: date | None = None,
) -> Pill:
    """How an invoice stands, for staff: drafts and payments on their way included."""
    if open_minor and attempt_state in _HELD:
        return invoice_pill(_HELD[attempt_state], 0)
    stands = standing(
        state, open_minor=open_minor, covered_minor=covered_minor, due_date=due_date, today=today
    )
    if stands == Standing.DRAFT:
        return Pill(_("Draft"), "neutral")
    days = (due_date - today).days if due_date else 0
    return invoice_pill(stands.value, days, paid_date)


def attempt_pill(state: str, failure_code: str = "") -> Pill:
    """The state of a payment, seen by staff."""
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
        "cancelled": Pill(_("Never sent"), "neutral"),
    }[state]


def mail_pill(state: str) -> Pill:
    """Where a mail stands."""
    return {
        "queued": Pill(_("Waiting"), "neutral"),
        "sending": Pill(_("Sending"), "neutral"),
        "sent": Pill(_("Sent"), "good"),
        "failed": Pill(_("Not delivered"), "bad"),
    }[state]


def mail_words(template: str) -> str:
    """What a mail is for."""
    known = {
        "invoice_issued": _("Invoice"),
        "receipt": _("Receipt"),
        "payment_failed": _("Payment declined"),
    }
    return known.get(template, template.replace("_", " ").capitalize())


def actor_words(label: str, people: Mapping[str, str]) -> str:
    """Who did it, from the label that history keeps; `people` are names of staff by id."""
    kind, _sep, ref = label.partition(":")
    if kind == "staff":
        return people.get(ref) or _("A former member of staff")
    known: dict[str, str] = {
        "contact": _("the customer"),
        "guest": _("the customer, by the link in the mail"),
        "api": _("the API"),
        "gateway": _("the gateway's event"),
        "system": _("Counterfoil"),
    }
    return known.get(kind, label)


def attempt_step_words(state: str) -> str:
    """What happened when a payment came into this state."""
    return {
        "created": _("Payment begun"),
        "submitted": _("Sent to the gateway"),
        "action_required": _("The payer's bank asks for a confirmation"),
        "processing": _("The gateway is processing it"),
        "unknown": _("The outcome is unknown"),
        "succeeded": _("Money received"),
        "failed": _("Declined"),
        "cancelled": _("Proven never to have been sent"),
    }[state]


def invoice_step_words(state: str) -> str:
    """What happened when an invoice came into this state."""
    return {
        "draft": _("Draft written"),
        "issued": _("Issued"),
        "voided": _("Voided"),
    }[state]


def account_words(kind: str, party: str) -> str:
    """A ledger account by its nature and whose it is."""
    words = {
        "receivable": _("Receivable"),
        "customer_credit": _("Customer's credit"),
        "clearing": _("Gateway clearing"),
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


def _known_problems() -> dict[str, str]:
    return {
        "required": _("This is needed."),
        "not_an_email": _("This is not a mail address."),
        "unknown_locale": _("Choose one of the languages."),
        "unknown_timezone": _("Choose one of the time zones."),
        "unknown_currency": _("This is not a currency that we know. Write it like EUR."),
        "bad_amount": _("This is not a number like 12.50."),
        "not_a_number": _("This is not a number like 12.50."),
        "not_positive": _("This must be more than zero."),
        "not_a_percentage": _("This must be between 0 and 100 percent."),
        "too_large": _("This is too large."),
        "too_many_decimals": _("This has too many decimals."),
        "too_many": _("There are too many lines on this document."),
        "not_a_date": _("This is not a date."),
        "bad_colour": _("This is not a colour like #0f5c4c."),
        "unknown_customer": _("This customer does not exist."),
        "external_ref_taken": _("This reference is used already."),
        "not_a_draft": _("This invoice was issued already; it can't be changed any more."),
        "credit_too_high": _("This is more than the invoice has left to credit."),
        "has_money": _(
            "Payments or credit notes stand against this invoice; it can't be voided. "
            "Write a credit note instead."
        ),
        "being_paid": _("This invoice is being paid right now. Try again when that is settled."),
        "illegal_move": _("This was changed by someone else meanwhile. Nothing was done."),
        "conflict": _("This was changed by someone else meanwhile. Nothing was done."),
        "currency_mismatch": _("A credit note has the currency of its invoice."),
        "unavailable": _("A service that is needed can't be reached. Nothing was changed."),
        "logo_missing": _("Choose a file first."),
        "logo_svg": _(
            "SVG files can carry scripts, so they are not taken. "
            "Export the logo as PNG, at least 320 pixels high."
        ),
        "logo_not_a_picture": _("This is not a PNG or JPEG picture, or it is damaged."),
        "logo_too_large": _("The picture is too large: at most 2 MB and 12 million pixels."),
        "logo_too_small": _("The picture is too small: at least 32 pixels on each side."),
        "not_failed": _("This mail was sent, or it is still being tried."),
        "more_than_left": _("This is more than is left of this line."),
        "contact_taken": _("This customer has a contact with this address already."),
    }


def problem_words(problem: Problem) -> str:
    """A refusal in the reader's language; what has no words of its own is told as it came."""
    return _known_problems().get(problem.code, problem.message)


def field_words(problem: FieldProblem) -> str:
    """What is wrong with one field."""
    special: dict[str, Callable[[], str]] = {
        "lines.required": lambda: _("At least one line is needed."),
        "lines.not_positive": lambda: _("A credit note must be for more than zero."),
    }
    found = special.get(f"{problem.field}.{problem.code}")
    if found:
        return found()
    if problem.code in ("invalid", "too_long"):
        return _(problem.message)
    return problem_words(problem)
