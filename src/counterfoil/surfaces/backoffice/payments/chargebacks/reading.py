"""Gathers one chargeback with its story, in one transaction, for its page."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.story_rows import Step
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import ChargebackRow, EvidenceRow
from counterfoil.domain.payments.states import CHARGEBACK
from counterfoil.flows.gateways import offers
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.backoffice.payments.chargebacks.pages import (
    ChargebackLine,
    ChargebackPage,
    FileLine,
)
from counterfoil.surfaces.backoffice.payments.chargebacks.words import (
    chargeback_explanation,
    chargeback_pill,
    chargeback_problem,
    chargeback_reason,
    chargeback_step_words,
)
from counterfoil.surfaces.backoffice.rows import book_entries, people_names
from counterfoil.surfaces.backoffice.words import actor_words
from counterfoil.surfaces.ui.formatting import money, number

_TONES = {"open": "warn", "won": "good", "lost": "bad"}
_KILO = 1_000


def chargeback_page(request: StaffRequest, chargeback_id: UUID) -> ChargebackPage:
    """The page of one chargeback; `NotFound` for one that this business does not have."""
    business_id = request.business.id
    with reading(business_id):
        row = chargebacks.chargeback(business_id, chargeback_id)
        attempt = payments.attempt(business_id, row.attempt_id)
        account = {one.id: one for one in stories.gateway_accounts(business_id)}[
            row.gateway_account_id
        ]
        customer = customers.customer(business_id, row.customer_id)
        files = chargebacks.evidence(business_id, chargeback_id)
        steps = stories.steps(business_id, CHARGEBACK.name, [chargeback_id])
        books = stories.book_lines(business_id, chargeback_id)
        names = people_names(identity.colleagues(business_id))
    is_offered = offers(account.kind, Capability.CHARGEBACKS)
    takes_answer = row.state == "open" and row.evidence_sent_at is None and is_offered
    is_open = row.state in ("open", "answered") and is_offered
    waits = row.looked_at is None and (row.state == "lost" or bool(row.problem))
    url = _addresses(chargeback_id)
    return ChargebackPage(
        reference=encode("dis", row.id),
        gateway_ref=row.gateway_ref,
        gateway=account.name,
        amount=row.amount,
        fee=row.fee,
        pill=chargeback_pill(row.state, is_sent=row.evidence_sent_at is not None),
        explanation=chargeback_explanation(row),
        problem=chargeback_problem(row.problem),
        reason=chargeback_reason(row.reason_code),
        reason_code=row.reason_code,
        customer=Link(customer.name, reverse("backoffice_customer", args=[customer.id])),
        payment=Link(money(attempt.amount), reverse("backoffice_payment", args=[attempt.id])),
        opened_at=row.opened_at,
        due_at=row.evidence_due_at if row.state == "open" else None,
        decided_at=row.decided_at,
        sent_at=row.evidence_sent_at,
        text=chargebacks.answer_of(row),
        files=tuple(_file(one, is_open=takes_answer) for one in files),
        happenings=tuple(reversed(chargeback_happenings([row], steps, names))),
        books=book_entries(books),
        answer_url=url["answer"] if takes_answer else "",
        files_url=url["files"] if takes_answer else "",
        accept_url=url["accept"] if is_open else "",
        ask_url=url["ask"] if is_open else "",
        looked_url=url["looked"] if waits else "",
    )


def _addresses(chargeback_id: UUID) -> dict[str, str]:
    return {
        verb: reverse(f"backoffice_chargeback_{verb}", args=[chargeback_id])
        for verb in ("answer", "files", "accept", "ask", "looked")
    }


def _file(row: EvidenceRow, *, is_open: bool) -> FileLine:
    args = [row.chargeback_id, row.id]
    kilobytes = _("%(n)s kB") % {"n": number(max(1, round(row.size / _KILO)))}
    return FileLine(
        name=row.name,
        size=kilobytes,
        url=reverse("backoffice_chargeback_file", args=args),
        remove_url=reverse("backoffice_chargeback_file_remove", args=args) if is_open else "",
    )


def chargeback_lines(rows: Sequence[ChargebackRow]) -> tuple[ChargebackLine, ...]:
    """What a payment's page shows of its chargebacks, the newest first."""
    return tuple(
        ChargebackLine(
            url=reverse("backoffice_chargeback", args=[row.id]),
            amount=row.amount,
            pill=chargeback_pill(row.state, is_sent=row.evidence_sent_at is not None),
            reason=chargeback_reason(row.reason_code),
            at=row.decided_at or row.opened_at,
            explanation=chargeback_explanation(row),
        )
        for row in reversed(rows)
    )


def chargeback_happenings(
    rows: Sequence[ChargebackRow], steps: Sequence[Step], names: Mapping[str, str]
) -> list[Happening]:
    """The histories of chargebacks, each step with its amount."""
    amounts = {row.id: money(row.amount) for row in rows}
    return [
        Happening(
            step.at,
            f"{chargeback_step_words(step.to_state)}: {amounts[step.object_id]}",
            actor_words(step.actor, names),
            "",
            tone=_TONES.get(step.to_state, "neutral"),
        )
        for step in steps
    ]
