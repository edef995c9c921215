"""Says states, reasons and methods in translated words, the same on every page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.kernel.errors import FieldProblem, InvalidInput, Problem
from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.files.words import words_of_harm, words_of_uploads
from counterfoil.surfaces.ui.formatting import Remembered, day_short, money, number

Tone = Literal["neutral", "good", "warn", "bad"]
DUE_SOON_DAYS_MAX = 7


@dataclass(frozen=True, slots=True)
class Pill:
    """A state as words; the tone only repeats what the words say."""

    words: str
    tone: Tone


@Remembered
def due_words(days: int) -> str:
    """When an invoice is due, seen from today; negative days have passed."""
    if days == 0:
        return _("Due today")
    if days == 1:
        return _("Due tomorrow")
    if days > 1:
        return ngettext("Due in %(days)s day", "Due in %(days)s days", days) % {"days": days}
    late = -days
    return ngettext("%(days)s day overdue", "%(days)s days overdue", late) % {"days": late}


@Remembered
def invoice_pill(state: str, due_in_days: int, paid_date: date | None) -> Pill:
    """The state of an invoice; an unknown state is a bug and raises KeyError."""
    if state in {"open", "overdue", "part_paid"}:
        return _open_pill(state, due_in_days)
    if state == "paid" and paid_date is not None:
        return Pill(_("Paid %(date)s") % {"date": day_short(paid_date)}, "good")
    return {
        "processing": Pill(_("Processing"), "neutral"),
        "checking": Pill(_("Checking"), "neutral"),
        "asked": Pill(_("Payment not finished"), "warn"),
        "paid": Pill(_("Paid"), "good"),
        "credited": Pill(_("Credited in full"), "good"),
        "void": Pill(_("Void"), "neutral"),
        "uncollectible": Pill(_("No longer due"), "neutral"),
    }[state]


def _open_pill(state: str, due_in_days: int) -> Pill:
    words = _part_paid_words(due_in_days) if state == "part_paid" else due_words(due_in_days)
    if due_in_days < 0:
        return Pill(words, "bad")
    return Pill(words, "warn" if due_in_days <= DUE_SOON_DAYS_MAX else "neutral")


def _part_paid_words(days: int) -> str:
    """A part was paid: both facts matter, the rest's date as much as the part."""
    if days == 0:
        return _("Rest due today")
    if days == 1:
        return _("Rest due tomorrow")
    if days > 1:
        return ngettext("Rest due in %(days)s day", "Rest due in %(days)s days", days) % {
            "days": days
        }
    late = -days
    return ngettext("Rest %(days)s day overdue", "Rest %(days)s days overdue", late) % {
        "days": late
    }


@Remembered
def payment_pill(state: str) -> Pill:
    """The state of a payment; an unknown state is a bug and raises KeyError."""
    return {
        "created": Pill(_("Processing"), "neutral"),
        "submitted": Pill(_("Processing"), "neutral"),
        "processing": Pill(_("Processing"), "neutral"),
        "action_required": Pill(_("Waiting for you"), "warn"),
        "asked": Pill(_("Waiting for the payer"), "warn"),
        "succeeded": Pill(_("Paid"), "good"),
        "failed": Pill(_("Declined"), "bad"),
        "unknown": Pill(_("Checking"), "neutral"),
        "cancelled": Pill(_("Cancelled"), "neutral"),
        "stopped": Pill(_("Stopped"), "neutral"),
        "refunded": Pill(_("Refunded"), "neutral"),
        "part_refunded": Pill(_("Partly refunded"), "neutral"),
        "contested": Pill(_("With the bank"), "neutral"),
        "charged_back": Pill(_("Taken back by the bank"), "neutral"),
        "returned": Pill(_("Came back"), "bad"),
    }[state]


def _known_problems() -> dict[str, str]:
    about_people = _of_people() | _of_personal_data() | _of_what_was_typed()
    about_papers = _of_documents() | words_of_uploads()
    return about_people | _of_staff() | about_papers | _of_money() | _of_refunds_by_hand()


def _of_people() -> dict[str, str]:
    return {
        "decided_already": _("This request was decided already."),
        "invited_already": _(
            "This person was invited already. Send that invitation again, or withdraw it."
        ),
        "last_manager": _(
            "Somebody has to look after people. Give another person that right first."
        ),
        "no_rights": _("Choose what this person may do."),
        "plans_undecided": _(
            "Say first what becomes of the payments that this person has planned."
        ),
        "right_not_yours": _("Nobody can give rights that they do not have themselves."),
    }


def _of_personal_data() -> dict[str, str]:
    return {
        "copy_expired": _("This copy has expired. Ask for a new one."),
        "copy_not_ready": _("This copy is still being put together. Try again in a minute."),
        "erasure_decided": _("This was decided already: it was carried out, or declined."),
        "money_open": _("Money is still open, so nothing was erased. See to it first, then erase."),
        "not_days": _("This is not a number of days."),
        "too_many_copies": _(
            "So many copies were asked for today that no more are made. Ask again tomorrow."
        ),
    }


def _of_what_was_typed() -> dict[str, str]:
    return {
        "target_refused": _(
            "This address can’t be called from here. It begins with https://, names a host on the "
            "public internet, and has no other port than 443 or 8443; own networks are allowed by "
            "who runs this server (COUNTERFOIL_OUTGOING_NETWORKS)."
        ),
        "required": _("This is needed."),
        "not_an_email": _("This is not a mail address."),
        "not_a_host": _("This is no host name. Write it like pay.example.com."),
        "host_taken": _("A business answers at this host name already."),
        "host_needed": _(
            "Customers and staff each need one host name at least. Add another one first."
        ),
        "unknown_locale": _("Choose one of the languages."),
        "unknown_timezone": _("Choose one of the time zones."),
        "unknown_currency": _("This is not a currency that we know. Write it like EUR."),
        "bad_amount": _("This is not a number like 12.50."),
        "not_a_number": _("This is not a number like 12.50."),
        "not_positive": _("This must be more than zero."),
        "not_an_amount": _("This is not an amount like 12.50."),
        "unclear_amount": _("This can be read in two ways. Write the decimals too: 1234.00."),
        "other_currency": _("This names another currency than the one that is due."),
        "note_needed": _("Please say in a few words why it is less than is due."),
        "no_credit": _("There is no credit left in this currency."),
        "not_a_percentage": _("This must be between 0 and 100 percent."),
        "too_large": _("This is too large."),
        "too_many_decimals": _("This has too many decimals."),
        "too_long": _("This is too long."),
        "too_many": _("There are too many lines on this document."),
        "not_a_date": _("This is not a date."),
        "out_of_range": _("Choose a day between 1990 and 2099."),
        "prepayments_off": _(
            "This business takes no payments ahead any more. Nothing was charged."
        ),
        "surcharge_changed": _(
            "What paying this way costs has changed. Nothing was charged: look at the amount again."
        ),
        "not_a_surcharge": _("This must be between 0 and 10 percent."),
        "day_too_early": _("Choose a day from tomorrow on."),
        "day_too_late": _("This day is too far away."),
        "planned_already": _("A payment of this invoice is planned already."),
        "being_charged": _("This payment is being made right now; it can't be changed any more."),
        "planning_off": _("Payments can't be planned here. Nothing was planned."),
        "card_expired": _("This card has expired. Choose another way to pay."),
        "method_gone": _("What it was to be paid with is not there any more. Choose another."),
        "bad_colour": _("This is not a colour like #0f5c4c."),
    }


def _of_staff() -> dict[str, str]:
    return {
        "beyond_you": _("This is more than you may do yourself, so you can't give or take it."),
        "not_yourself": _(
            "Nobody changes their own role: ask another member of staff who may do that."
        ),
        "last_owner": _(
            "This is the last owner of the business: make somebody else an owner first."
        ),
        "member_already": _("Somebody with this mail address works here already."),
        "asked_to_join_already": _(
            "This address was asked already: withdraw that invitation first."
        ),
        "limit_unused": _("This role may not do this, so there is nothing to limit."),
        "role_named_already": _("There is a role of this name already."),
        "role_in_use": _("Somebody has this role, or is asked to have it. Nothing was changed."),
        "unknown_role": _("Choose a role from the list."),
        "owner_sees_all": _("An owner sees every customer."),
        "approval_asked": _("The same was asked for already, and waits for a second person."),
        "approval_decided": _(
            "This was decided already, or its time is over. Nothing was done again."
        ),
        "request_unreadable": _(
            "What was asked for can't be read any more, so nothing was done. Ask for it again."
        ),
        "rules_changed": _(
            "The rules were changed meanwhile. They stay as they are now: ask again if needed."
        ),
        "same_person": _("You asked for this yourself: somebody else has to decide about it."),
        "nobody_to_approve": _(
            "This needs a second person, and nobody else here may give it their word. Nothing was "
            "done."
        ),
        "needs_second_person": _(
            "Together with what was done meanwhile this needs a second person. Nothing was done: "
            "look at it again."
        ),
        "more_is_owed": _(
            "More is owed of this invoice than before. Nothing was written off: look again."
        ),
        "rotated_already": _(
            "The old secret of this key still works. Wait until it ends, or take the key back."
        ),
        "no_scope": _("Choose at least one thing that the key may do."),
        "in_past": _("That day is over."),
        "nobody_to_see": _("Nobody of this customer may sign in, so there is no portal to see."),
    }


def _of_documents() -> dict[str, str]:
    return {
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
    }


def _of_refunds_by_hand() -> dict[str, str]:
    return {
        "in_future": _("This day has not come yet."),
        "before_payment": _("That is before the money came."),
        "not_by_hand": _("Somebody has dealt with this refund already. Nothing was changed."),
        "refund_shown": _("A bank line shows this refund already. Nothing was changed."),
        "moved_by_gateway": _(
            "The gateway gives this money back to where it came from. No money was moved."
        ),
        "not_set_up": _("This gateway account is not set up for this. No money was moved."),
    }


def _of_money() -> dict[str, str]:
    return {
        "route_taken": _("Another gateway account takes these payments already."),
        "not_offered_by_gateway": _("This gateway does not offer this way to pay."),
        "connected_already": _(
            "An account with these keys is connected already: everything that happens there would "
            "be booked twice. Nothing was saved."
        ),
        "not_usable": _(
            "This is missing, or can't be right. Copy it from the gateway's own pages. Nothing was "
            "saved."
        ),
        "gateway_account_incomplete": _(
            "Keys of this gateway account are missing. No money was moved. Type them in and save."
        ),
        "nothing_due": _("There is nothing left to pay on this invoice."),
        "more_than_due": _("This is more than is due. Nothing was charged."),
        "nothing_to_refund": _(
            "There is nothing left of this payment to refund. No money was moved."
        ),
        "payment_contested": _(
            "The payer's bank contests this payment. Nothing was changed: until that is decided it "
            "can't be refunded or taken off."
        ),
        "chargeback_answered": _("This chargeback takes no evidence any more. Nothing was sent."),
        "too_late_to_stop": _("It is too late to stop this payment. Nothing was changed."),
        "not_written_off": _("Nothing of this invoice is written off. Nothing was changed."),
        "other_customer": _(
            "This invoice is another customer's, or in another currency. Nothing was changed."
        ),
        "same_file": _("This file has been added already."),
        "file_kind": _("Only PDF, PNG and JPEG files can be sent to the bank."),
        "file_too_large": _("The file is larger than 5 MB."),
        "files_too_many": _("There are too many files already: 8 is the most."),
        "refund_too_high": _(
            "This is more than is left of the payment to refund. No money was moved."
        ),
        "not_offered": _("This gateway does not offer this. No money was moved."),
        "mandate_changed": _(
            "The mandate has changed meanwhile. Nothing was charged: please read it again."
        ),
        "mandate_ended": _(
            "This bank account may not be debited any more. No money was moved. Choose another way "
            "to pay."
        ),
        "not_a_creditor_ref": _("This is not a creditor identifier: its check digits do not fit."),
        "not_a_bacs_number": _("A service user number has six digits."),
        "unknown_scheme": _("Choose among these."),
        "covers_nothing": _("This payment covers nothing of this invoice. Nothing was changed."),
        "no_gateway": _(
            "Paying online is not possible here at the moment. Nothing was charged. Please ask how "
            "else you can pay."
        ),
        "unavailable": _("A service that is needed can't be reached. Nothing was changed."),
        "in_progress": _(
            "Somebody else is at work on this at the moment, so nothing was started and nothing "
            "was charged. Please try again in a minute."
        ),
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


def wait_words(seconds: int) -> str:
    """What somebody is told who tries too often."""
    minutes = max((seconds + 59) // 60, 1)
    words = ngettext(
        "Too many tries. Try again in %(n)s minute.",
        "Too many tries. Try again in %(n)s minutes.",
        minutes,
    )
    return words % {"n": number(minutes)}


def problem_words(problem: Problem) -> str:
    """A refusal in the reader's language; what has no words of its own is told as it came."""
    if isinstance(problem, FieldProblem):
        found = _field_words(problem)
        if found:
            return found
    if isinstance(problem, InvalidInput):
        return _("Some fields need another look. Nothing was changed.")
    left = problem.facts.get("left")
    if problem.code == "refund_too_high" and isinstance(left, Money):
        return _(
            "This is more than the %(amount)s that are left of this payment. No money was moved."
        ) % {"amount": money(left)}
    return _known_problems().get(problem.code, problem.message)


def _field_words(problem: FieldProblem) -> str:
    """What is wrong with one field, where the field or a limit says more than the code alone."""
    special: dict[str, Callable[[], str]] = {
        "lines.required": lambda: _("At least one line is needed."),
        "lines.not_positive": lambda: _("A credit note must be for more than zero."),
        "terms_days.invalid": lambda: _("This must be a whole number of days, ten years at most."),
    }
    found = special.get(f"{problem.field}.{problem.code}")
    if found:
        return found()
    least = problem.facts.get("least")
    if problem.code == "below_floor" and isinstance(least, Money):
        return _("At least %(amount)s can be paid here.") % {"amount": money(least)}
    if problem.code == "too_short" and isinstance(least, int):
        return ngettext("At least %(least)s day.", "At least %(least)s days.", least) % {
            "least": number(least)
        }
    if problem.code == "harm_found":
        return words_of_harm(str(problem.facts.get("found", "")))
    most = problem.facts.get("most")
    if problem.code == "too_long" and isinstance(most, int):
        return ngettext(
            "At most %(most)s character fits here.", "At most %(most)s characters fit here.", most
        ) % {"most": number(most)}
    return ""
