"""Planted faults: what the engine would be without one of its rules, or without one of its guards.

Each is a patch from outside; `found.py` says which seed finds it first.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from counterfoil.adapters.gateways.sandbox import events as sandbox_events
from counterfoil.adapters.gateways.sandbox.charges import SandboxCharges
from counterfoil.domain.notifications import operations as notifications
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import outcomes, queries, received, refunds
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import operations as receivables
from counterfoil.flows import (
    pay_invoices,
    receive_event,
    resolve_uncertain,
    settle_payment,
)
from counterfoil.flows.refunds import refund_payment, resolve_refund
from counterfoil.infra import jobs, transitions
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from counterfoil_simulator.site import Site
from counterfoil_simulator.swaps import swapped

Planted = Callable[[Site], Any]


@dataclass(frozen=True)
class Mutant:
    """One planted fault."""

    name: str
    planted: Planted

    def __str__(self) -> str:
        return self.name


MUTANTS: list[Mutant] = []


def mutant(function: Callable[[Site], Iterator[None]]) -> Callable[[Site], Iterator[None]]:
    """Lists a planted fault under its name."""
    MUTANTS.append(Mutant(function.__name__.replace("_", " "), contextmanager(function)))
    return function


@contextmanager
def swaps(*these: tuple[Any, str, Any]) -> Iterator[None]:
    """Several attributes are others."""
    with ExitStack() as stack:
        for one in these:
            stack.enter_context(swapped(*one))
        yield


@contextmanager
def rewritten(module: Any, old: str, new: str) -> Iterator[None]:
    """The statements of a module have other words."""
    genuine, found = module.execute, []

    def execute(text: str, params: Any = None) -> Any:
        found.extend([1] * (old in text))
        return genuine(text.replace(old, new), params)

    with swapped(module, "execute", execute):
        yield
    assert found, f"no statement of {module.__name__} has these words"


@contextmanager
def without(site: Site, table: str, *names: str) -> Iterator[None]:
    """The database has lost these constraints or unique indexes; the rows go before they return."""
    run = site.auditor.execute
    restore = []
    for name in names:
        rows = run("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        if rows:
            run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            restore.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rows[0][0]}")
        else:
            ((words,),) = run("SELECT pg_get_indexdef(%s::regclass)", [name])
            run(f"DROP INDEX {name}")
            restore.append(words)
    try:
        yield
    finally:
        site.empty()
        for words in restore:
            run(words)


@mutant
def a_new_key_for_each_try(site: Site) -> Iterator[None]:
    genuine = payments.begin_attempt

    def begin(business_id: Any, new: Any, **more: Any) -> Any:
        return genuine(
            business_id, replace(new, form_key=f"{new.form_key} {new_id().hex[-8:]}"), **more
        )

    with swaps((payments, "begin_attempt", begin), (queries, "attempt_of_form", lambda *_: None)):
        yield


@mutant
def the_form_is_not_unique(site: Site) -> Iterator[None]:
    clause = "ON CONFLICT (business_id, form_key) DO NOTHING"
    with (
        without(site, "payments_intent", "payments_form_once"),
        swapped(queries, "attempt_of_form", lambda *_: None),
        swapped(payments, "_BEGIN", payments._BEGIN.replace(clause, "")),
        swapped(received, "_WRITE", received._WRITE.replace(clause, "")),
    ):
        yield


def _failed(outcome: Any) -> Any:
    if outcome.result != Result.UNKNOWN:
        return outcome
    return replace(outcome, result=Result.FAILED, failure=Failure(FailureCode.CARD_DECLINED, ""))


@mutant
def a_time_out_is_a_failure(site: Site) -> Iterator[None]:
    genuine = pay_invoices.charge_once
    with swapped(
        pay_invoices, "charge_once", lambda *args, **more: _failed(genuine(*args, **more))
    ):
        yield


@mutant
def a_time_out_of_a_refund_is_a_failure(site: Site) -> Iterator[None]:
    genuine = refund_payment._call
    with swapped(refund_payment, "_call", lambda *args, **more: _failed(genuine(*args, **more))):
        yield


@mutant
def a_time_out_releases_the_invoice(site: Site) -> Iterator[None]:
    free = (AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.UNKNOWN)
    frees = property(lambda self: self.target in free)
    with swapped(outcomes.Change, "came_to_nothing", frees):
        yield


@mutant
def a_500_is_a_failure(site: Site) -> Iterator[None]:
    genuine = SandboxCharges.charge

    def charge(self: Any, account: Any, request: Any) -> Outcome:
        with no_5xx():
            return genuine(self, account, request)

    with swapped(SandboxCharges, "charge", charge):
        yield


@contextmanager
def no_5xx() -> Iterator[None]:
    """A 5xx looks like a refusal before the start."""
    import httpx

    genuine = httpx.Client.send

    def send(self: Any, request: Any, **more: Any) -> Any:
        response = genuine(self, request, **more)
        if response.status_code == 500:
            response.status_code = 400
        return response

    with swapped(httpx.Client, "send", send):
        yield


@mutant
def two_open_attempts_for_an_invoice(site: Site) -> Iterator[None]:
    clause = "ON CONFLICT (business_id, invoice_id) WHERE freed_at IS NULL DO NOTHING"
    with (
        without(site, "receivables_claim", "receivables_one_open_attempt"),
        rewritten(receivables, clause, ""),
    ):
        yield


@mutant
def an_event_is_stored_each_time(site: Site) -> Iterator[None]:
    clause = "ON CONFLICT (business_id, gateway_account_id, ref) DO NOTHING"
    with (
        without(site, "payments_gatewayevent", "payments_event_once"),
        rewritten(payments, clause, ""),
    ):
        yield


@mutant
def an_event_is_answered_before_it_is_stored(site: Site) -> Iterator[None]:
    genuine = receive_event.run

    def run(*args: Any, **more: Any) -> Any:
        try:
            return genuine(*args, give_up_seconds=-1, **more)
        except Unavailable:
            return True

    with swapped(receive_event, "run", run):
        yield


@mutant
def an_event_is_stored_and_forgotten(site: Site) -> Iterator[None]:
    with swapped(receive_event, "_defer", lambda *_: None):
        yield


@mutant
def any_amount_is_believed(site: Site) -> Iterator[None]:
    with swapped(outcomes, "_agrees", lambda *_: True):
        yield


@mutant
def any_signature_is_believed(site: Site) -> Iterator[None]:
    with swapped(
        sandbox_events, "verify", lambda _secrets, headers, *_, **__: headers["webhook-id"]
    ):
        yield


@mutant
def a_refund_reserves_nothing(site: Site) -> Iterator[None]:
    with swapped(refunds, "_RESERVE", refunds._RESERVE.replace("+ %(amount)s", "+ 0 * %(amount)s")):
        yield


@mutant
def nobody_sweeps(site: Site) -> Iterator[None]:
    with swapped(resolve_uncertain, "sweep", lambda *_, **__: 0):
        yield


@mutant
def nobody_sweeps_refunds(site: Site) -> Iterator[None]:
    with swapped(resolve_refund, "sweep", lambda *_, **__: 0):
        yield


@mutant
def what_happened_is_told_twice(site: Site) -> Iterator[None]:
    genuine = jobs.defer_many

    def twice(business_id: Any, name: str, arguments: Any, **more: Any) -> None:
        genuine(business_id, name, [*arguments, *arguments], **more)

    clause = "ON CONFLICT (business_id, cause, lower(recipient)) DO NOTHING"
    with (
        swapped(jobs, "defer_many", twice),
        without(site, "notifications_message", "notifications_once_per_cause"),
        rewritten(notifications, clause, ""),
    ):
        yield


@mutant
def a_payment_settles_each_time_it_is_told(site: Site) -> Iterator[None]:
    def judge(attempts: Any, told: Any, *, at: Any) -> Any:
        again = [replace(one, state="submitted") if one.state == "succeeded" else one
                 for one in attempts]  # fmt: skip
        return genuine(again, told, at=at)

    genuine = outcomes.judge
    with (
        swapped(settle_payment, "judge", judge),
        swapped(transitions, "_statement", _unchecked_statement),
    ):
        yield


def _unchecked_statement(*args: Any, **more: Any) -> str:
    return _genuine_statement(*args, **more).replace("AND t.state = m.source", "")


_genuine_statement = transitions._statement


@mutant
def absent_is_proof_at_once(site: Site) -> Iterator[None]:
    with swapped(resolve_uncertain, "ABSENCE_IS_PROOF_AFTER", timedelta(seconds=-1)):
        yield


@mutant
def out_of_reach_is_absent(site: Site) -> Iterator[None]:
    genuine = SandboxCharges.look_up

    def look_up(self: Any, account: Any, reference: str, *more: Any) -> Outcome:
        try:
            return genuine(self, account, reference, *more)
        except Unavailable:
            return Outcome(reference, Result.ABSENT)

    with swapped(SandboxCharges, "look_up", look_up):
        yield


@mutant
def a_cent_is_lost_on_the_way_to_the_books(site: Site) -> Iterator[None]:
    genuine = settle_payment._entries

    def entries(*args: Any, **more: Any) -> Any:
        made = genuine(*args, **more)
        return [replace(one, posts=_a_cent_less(one.posts)) for one in made]

    with swapped(settle_payment, "_entries", entries):
        yield


def _a_cent_less(posts: Any) -> Any:
    first, *rest = posts
    less = replace(first.amount, minor=max(1, first.amount.minor - 1))
    return (replace(first, amount=less), *rest)
