"""Planted faults in what takes days: debits and mandates, planned payments, saved methods, what is
stopped, what is found by comparison, and what a bank line was wrongly taken for; and refunds beyond
what is left."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.arrangements import operations as arrangements
from counterfoil.domain.arrangements import queries as plans
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.payments import outcomes
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.domain.payments.states import AttemptState
from counterfoil.flows import settle_payment
from counterfoil.flows.aftermath import compare_gateways, stop_payment
from counterfoil.flows.arrangements import run_schedules
from counterfoil.flows.banking import match_refunds
from counterfoil.flows.debits import resolve_mandate
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.surfaces.jobs import saved_methods
from counterfoil_simulator.site import Site
from counterfoil_simulator.swaps import swapped
from simulate.mutants import mutant, swaps


@mutant
def a_return_books_nothing(site: Site) -> Iterator[None]:
    with swapped(settle_payment, "take_back", lambda *_, **__: ([], [])):
        yield


@mutant
def a_debit_on_its_way_holds_no_invoice(site: Site) -> Iterator[None]:
    free = (AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.PROCESSING)
    frees = property(lambda self: self.target in free)
    with swapped(outcomes.Change, "came_to_nothing", frees):
        yield


@mutant
def a_mandate_that_ended_here_stands_there(site: Site) -> Iterator[None]:
    def ended(_account: Any, mandate: MandateRow) -> MandateOutcome:
        return MandateOutcome(mandate.reference, MandateState.REVOKED)

    with swapped(resolve_mandate, "_end_there", ended):
        yield


@mutant
def a_removed_method_is_kept_there(site: Site) -> Iterator[None]:
    with swapped(saved_methods, "forget", lambda *_, **__: None):
        yield


@mutant
def nobody_compares(site: Site) -> Iterator[None]:
    with swapped(compare_gateways, "compare_all", lambda *_, **__: 0):
        yield


@mutant
def a_stop_is_believed_at_once(site: Site) -> Iterator[None]:
    def ask(_account: Any, attempt: Any) -> Outcome:
        return Outcome(encode("pay", attempt.id), Result.CANCELLED)

    with swapped(stop_payment, "_ask", ask):
        yield


@mutant
def a_refund_that_another_line_showed_stays_sent(site: Site) -> Iterator[None]:
    with swapped(match_refunds, "unsend_with", lambda *_, **__: None):
        yield


@mutant
def a_plan_is_charged_by_each_who_finds_it_due(site: Site) -> Iterator[None]:
    """Nobody takes it up for the others to see, and no key knows what was sent for it before."""

    def claim(business_id: BusinessId, plan_id: UUID, *, at: datetime) -> ScheduleRow | None:
        with reading(business_id):
            due = plans.schedules_to_run(business_id, at=at)
        return next((one for one in due if one.id == plan_id), None)

    def next_try(_business_id: BusinessId, row: ScheduleRow) -> tuple[str, None]:
        return f"schedule:{row.id}:{new_id().hex[-12:]}", None

    with swaps((arrangements, "claim", claim), (run_schedules, "next_try", next_try)):
        yield
