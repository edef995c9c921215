"""What happened, in words: sign-ins, looks and refusals, and the states of everything else."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.domain.arrangements.states import EndReason
from counterfoil.domain.insights.story_rows import TimelineRow
from counterfoil.domain.notifications.words import plan_ended
from counterfoil.domain.payments.mandate_outcomes import ENDED
from counterfoil.domain.reconciliation.states import Why
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.changes.words import source_words, verb_words
from counterfoil.surfaces.backoffice.payments.bank.words import why_words
from counterfoil.surfaces.backoffice.payments.chargebacks.words import (
    chargeback_reason,
    chargeback_step_words,
)
from counterfoil.surfaces.backoffice.payments.failures import told_reason
from counterfoil.surfaces.backoffice.payments.mandates import end_words
from counterfoil.surfaces.backoffice.payments.refund_words import refund_step_words
from counterfoil.surfaces.backoffice.words import (
    attempt_step_words,
    invoice_step_words,
    mail_words,
)
from counterfoil.surfaces.backoffice.words.approvals import approval_step_words
from counterfoil.surfaces.ui.formatting import money, number


def fact_words(name: str, value: str) -> str:
    """A fact of what was noted; what has no word of its own stays as it is."""
    if name == "door":
        return {"portal": _("in the portal"), "staff": _("in the backoffice")}.get(value, value)
    if name == "step":
        steps = {"asked": _("asked for"), "declined": _("declined"), "erased": _("done")}
        return steps.get(value, value)
    if name == "factors":
        return {"1": _("counted as one factor"), "2": _("counted as two factors")}.get(value, value)
    if name == "by":
        ways = {
            "password": _("by password"),
            "code": _("by code"),
            "mailed": _("by mailed code"),
            "texted": _("by text message"),
            "text code": _("by text message"),
            "passkey": _("by passkey"),
            "mfa": _("by second factor"),
            "socialaccount": _("by single sign-on"),
        }
        return ", ".join(ways.get(one, one) for one in value.split(", "))
    return value


def proof_words(facts: Mapping[str, Any]) -> str:
    """Of which entry a proof was taken away: what was changed in it, and where it stands."""
    place = _("entry %(entry)s of seal %(seal)s") % {
        "entry": number(int(facts.get("entry") or 0)),
        "seal": number(int(facts.get("seal") or 0)),
    }
    if not facts.get("seal"):
        return ""
    if not facts.get("source"):
        return place
    return f"{source_words(str(facts['source']))}: {verb_words(str(facts['verb']))}, {place}"


def subject_words(subject: str) -> str:
    """What it was about: a sort of thing, not its number."""
    kind = subject.partition(":")[0]
    return {
        "bank_account": _("Bank account"),
        "bank_accounts": _("Bank accounts"),
        "chargeback": _("Chargeback"),
        "changes": _("List of all changes"),
        "contact": _("Contact"),
        "credit_note": _("Credit note"),
        "customer": _("Customer"),
        "customers": _("List of customers"),
        "gateway": _("Settings of a gateway"),
        "invoice": _("Invoice"),
        "invoices": _("List of invoices"),
        "journal": _("Journal of the books"),
        "key": _("API key"),
        "mandate": _("Mandate"),
        "method": _("Saved payment method"),
        "page": "",
        "payment": _("Payment"),
        "payments": _("List of payments"),
        "payout": _("Payout"),
        "proof": _("Proof of one entry"),
        "receipt": _("Receipt"),
        "seals": _("Seals"),
        "staff": "",
        "timeline": _("Timeline"),
        "user": "",
    }.get(kind, "")


def step_words(row: TimelineRow) -> str:
    """What happened when something came into a state."""
    machine, state = row.what, row.became
    if machine == "invoice":
        return invoice_step_words(state)
    if machine == "attempt":
        return attempt_step_words(state)
    if machine == "refund":
        return refund_step_words(state)
    if machine == "chargeback":
        return chargeback_step_words(state)
    known = {
        "mandate": _mandate_words,
        "scheduled_payment": _planned_words,
        "approval": approval_step_words,
    }.get(machine)
    return known(state) if known else f"{_machine_words(machine)}: {state.replace('_', ' ')}"


def reason_words(row: TimelineRow) -> tuple[str, str]:
    """Why something came into a state: in words, and the code of a gateway or a bank behind them.
    What a person wrote stands as it is."""
    if row.what in ("attempt", "refund"):
        return told_reason(row.what, row.reason, row.instrument_kind)
    if row.what == "mandate" and row.became in ENDED:
        return end_words(row.reason), ""
    if row.what == "chargeback" and row.reason:
        return _chargeback_reason(row), row.reason
    if row.what == "scheduled_payment" and row.reason:
        return _plan_reason(row.reason), row.reason
    if row.what == "bank_line" and row.reason in set(Why):
        return why_words(row.reason), ""
    return row.reason, ""


def _chargeback_reason(row: TimelineRow) -> str:
    if row.became == "open":
        return chargeback_reason(row.reason)
    return _("The gateway names another amount than at first.")


def _plan_reason(reason: str) -> str:
    if reason in set(EndReason):
        return plan_ended(reason)
    return _("It could not be charged at that moment, and is tried again.")


def _mandate_words(state: str) -> str:
    return {
        "created": _("Mandate confirmed by the payer"),
        "pending": _("Mandate is being set up"),
        "unknown": _("Nobody knows yet whether the mandate is there"),
        "active": _("Mandate is in force"),
        "failed": _("Mandate was refused"),
        "revoked": _("Mandate was revoked"),
        "expired": _("Mandate has expired"),
    }[state]


def _planned_words(state: str) -> str:
    return {
        "planned": _("Payment planned"),
        "charging": _("The planned payment is being charged"),
        "paid": _("The planned payment was paid"),
        "failed": _("The planned payment failed"),
        "ended": _("The planned payment was not charged"),
        "cancelled": _("The planned payment was called off"),
    }[state]


def _machine_words(machine: str) -> str:
    return {
        "bank_line": _("Bank line"),
        "gateway_account": _("Gateway account"),
        "payout": _("Payout"),
    }.get(machine, machine.replace("_", " ").capitalize())


def letter_words(row: TimelineRow) -> str:
    """What became of a mail; `called` is to whom."""
    words = {"what": mail_words(row.what), "to": row.called}
    if row.became == "sent":
        return _("%(what)s mailed to %(to)s") % words
    if row.became == "failed":
        return _("%(what)s could not be mailed to %(to)s") % words
    if row.became == "skipped":
        return _("%(what)s was not mailed to %(to)s") % words
    return _("%(what)s waits to be mailed to %(to)s") % words


def credit_note_words(row: TimelineRow) -> str:
    """A credit note with what it comes to."""
    amount = money(Money(row.amount_minor, row.currency))
    return _("Credit note %(number)s of %(amount)s") % {"number": row.what, "amount": amount}
