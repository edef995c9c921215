"""Requests for a second person in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.domain.identity.roles import Act, Limit
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.flows.aftermath.approvals.commands import RequestUnreadable, readable
from counterfoil.kernel.errors import Problem
from counterfoil.surfaces.backoffice.approvals.acts import rule_words
from counterfoil.surfaces.backoffice.payments.refund_words import (
    hand_explanation,
    refund_explanation,
    refund_pill,
)
from counterfoil.surfaces.backoffice.words.approvals import act_title
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.words import Pill, problem_words


def approval_title(row: ApprovalRow) -> str:
    """What is asked for, with its amount."""
    return act_title(row.act, row.amount)


def approval_pill(row: ApprovalRow, refund: RefundRow | None = None) -> Pill:
    """Where it stands, and what became of the `refund` that it led to; without that, a refund was
    begun and no more is said."""
    if (row.act, row.state) == ("refund", "carried_out"):
        state = refund.state if refund else ""
        if state in ("failed", "cancelled", "returned"):
            return Pill(_("Approved, but not given back"), "bad")
        if state != "succeeded":
            return Pill(_("Approved and begun"), "warn" if state == "unknown" else "good")
    return {
        "requested": Pill(_("Waits for a second person"), "warn"),
        "approved": Pill(_("Being done"), "warn"),
        "carried_out": Pill(_("Approved and done"), "good"),
        "failed": Pill(_("Not done"), "bad"),
        "refused": Pill(_("Refused"), "neutral"),
        "withdrawn": Pill(_("Withdrawn"), "neutral"),
        "expired": Pill(_("Not decided in time"), "neutral"),
    }[row.state]


def approval_told(row: ApprovalRow, refund: RefundRow | None = None) -> str:
    """What that means: whether anything was done, and what to do."""
    if refund is not None:
        state = refund_pill(refund.state, refund.failure_code, refund.method).words
        why = (
            hand_explanation(refund, is_shown=False)
            if refund.method
            else refund_explanation(refund)
        )
        begun = _("It was approved, and the refund was begun once.")
        return f"{begun} {state}, {money(refund.amount)}: {why}"
    told = {
        "requested": _("Nothing has been done yet."),
        "approved": _("It was approved and is being done; look again in a few minutes."),
        "carried_out": _("It was approved, and done once."),
        "refused": _("Nothing was done."),
        "withdrawn": _("Nothing was done."),
        "expired": _("Nothing was done. Ask again if it is still wanted."),
    }
    if (row.act, row.state) == ("refund", "carried_out"):
        return _(
            "It was approved, and the refund was begun once. The payment's page says what became "
            "of it."
        )
    if row.state == "failed":
        why = problem_words(Problem(code=row.problem))
        return " ".join((_("It was approved, but could not be done any more:"), why))
    return told[row.state]


def approval_facts(row: ApprovalRow) -> tuple[tuple[str, str], ...]:
    """What of the command a second person has to see; nothing of one that can't be read, which is
    never carried out either."""
    try:
        with readable():
            return _facts(row)
    except RequestUnreadable:
        return ()


def _facts(row: ApprovalRow) -> tuple[tuple[str, str], ...]:
    command: Mapping[str, Any] = row.command
    if row.act == "bank_data" and command["do"] == "add":
        names = {
            "holder": _("Account holder"),
            "iban": _("IBAN"),
            "number": _("Account number"),
            "bic": _("BIC"),
            "bank_name": _("Bank"),
            "currency": _("Currency"),
        }
        account = command["account"]
        return tuple((words, account[name]) for name, words in names.items() if account.get(name))
    if row.act == "bank_data":
        shown = _("Show it to customers") if command["is_active"] else _("Hide it from customers")
        return ((_("Bank account"), row.called), (_("Change"), shown))
    if row.act == "limits":
        limits = [Limit(Act(act), code, minor) for act, code, minor in command["limits"]]
        words = rule_words(limits)
        return tuple((_("Would need two people"), one) for one in words) or (
            (_("Would need two people"), _("nothing")),
        )
    if row.act == "credit":
        lines = ", ".join(f"{one['quantity']} × {one['description']}" for one in command["lines"])
        return ((_("Lines"), lines[:500]),)
    return ()
