"""Mandates given on the gateway's own page: the payer is sent there, and whoever notices first that
it is given (return page, webhook, sweep) has the debit made, once, for what was asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.gateways.contract.counterparts.gocardless import GoCardlessCounterpart, signed
from adapters.gateways.contract.line import Fault, Line
from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.receivables.operations import BeingPaid
from counterfoil.flows import receive_event, resolve_uncertain
from counterfoil.flows.debits import resolve_mandate
from counterfoil.flows.methods import carry_on
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from races.racing import kinds, race

HOUR = timedelta(hours=1, minutes=1)


@pytest.fixture
def bank() -> Iterator[GoCardlessCounterpart]:
    """GoCardless, in the shapes of its documentation."""
    made = GoCardlessCounterpart()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def line(bank: GoCardlessCounterpart) -> Iterator[Line]:
    """The line to it."""
    made = Line(bank)
    yield made
    made.close()


@pytest.fixture
def account(business: Any, bank: GoCardlessCounterpart, line: Line) -> Any:
    """The business's account there, and its leave to debit."""
    from counterfoil.domain.business import operations as businesses
    from counterfoil.flows.setting_up.open_business import connect_gateway

    held = bank.account(line.url)
    wanted = {"debit_schemes": ["sepa_core"], "creditor_ref": "DE98ZZZ09999999999"}
    businesses.change(business, wanted)
    return connect_gateway(
        business,
        kind="gocardless",
        name="GoCardless",
        settings=held.settings,
        secrets=held.secrets,
        at=datetime.now(UTC),
    )


def begin(business: Any, invoice: Any, form_key: str = "form-1", **more: Any) -> Any:
    """Pays from a bank account that is still to be named, on GoCardless's page."""
    from counterfoil.domain.business import queries as businesses
    from counterfoil.flows.debits.offer_mandates import Consent, offered_mandates
    from counterfoil.flows.pay_invoices import start
    from factories.payments import command

    with reading(business):
        account = queries.active_accounts(business)[0]
    row = businesses.by_id(business)
    (offer,) = offered_mandates(row, account, "EUR", form_key=form_key, locale="en")
    assert offer.is_elsewhere
    consent = Consent(offer.scheme, offer.text.digest, "192.0.2.7", "Mozilla/5.0")
    facts = {"source": "", "form_key": form_key, "debit": consent} | more
    asked = command(invoice.customer_id, invoice, **facts)
    return start(business, asked, by=SYSTEM, at=datetime.now(UTC))


def again(business: Any, attempt: Any, *, after: timedelta = timedelta()) -> Any:
    """The return page, or the sweep, some time later."""
    return resolve_uncertain.resolve(business, attempt.id, at=datetime.now(UTC) + after)


def mandate_of(business: Any, attempt: Any) -> Any:
    with reading(business):
        return mandates.mandate(business, attempt.mandate_id)


def give(business: Any, bank: GoCardlessCounterpart, attempt: Any) -> None:
    """The payer fills the page in."""
    bank.finish_mandate(mandate_of(business, attempt).reference)


def charged(bank: GoCardlessCounterpart, attempt: Any) -> list[Money]:
    return list(bank.charged(encode("pay", attempt.id)))


def due(invoice: Any) -> Money:
    return Money(invoice.total_minor, invoice.currency)


def test_the_payer_is_sent_to_the_page_and_nothing_is_charged(business, bank, account, issued):
    invoice = issued()
    attempt = begin(business, invoice)

    (request,) = bank.server.rows["billing_requests"]
    assert (attempt.state, attempt.gateway_ref) == ("action_required", "")
    assert attempt.step_url == f"https://pay.gocardless.example/flow/{request}"
    mandate = mandate_of(business, attempt)
    assert (mandate.state, mandate.gateway_ref) == ("pending", request)
    assert bank.server.rows["payments"] == {}
    with pytest.raises(BeingPaid):
        begin(business, invoice, "form-2")


def test_back_from_the_page_the_debit_is_made_for_what_was_asked_once(
    business, bank, account, issued
):
    invoice = issued()
    attempt = begin(business, invoice)
    give(business, bank, attempt)

    found = [again(business, attempt) for _ in range(2)]

    assert [one.state for one in found] == ["processing", "processing"]
    assert found[0].settles_date is not None
    assert charged(bank, attempt) == [due(invoice)]
    [payment] = bank.server.rows["payments"].values()
    assert payment["description"] == invoice.number
    mandate = mandate_of(business, attempt)
    assert (mandate.state, mandate.last4, mandate.country) == ("active", "3000", "DE")
    assert mandate.can_be_charged_again


def test_the_gateways_own_day_is_shown_and_follows_it_when_it_moves(
    business, bank, account, issued
):
    from datetime import date

    attempt = begin(business, issued())
    give(business, bank, attempt)
    found = again(business, attempt)
    (payment,) = bank.server.rows["payments"].values()
    assert found.settles_date == date.fromisoformat(payment["charge_date"])

    payment["charge_date"] = "2031-05-06"
    assert again(business, attempt).settles_date == date(2031, 5, 6)
    payment["status"] = "confirmed"
    assert again(business, attempt).state == "succeeded"


def test_back_without_having_given_it_nothing_is_charged_and_the_way_stays_open(
    business, bank, account, issued
):
    attempt = begin(business, issued())
    found = again(business, attempt)
    assert (found.state, found.step_url) == ("action_required", attempt.step_url)
    assert bank.server.rows["payments"] == {}


def test_the_webhook_may_be_first(business, bank, account, issued):
    invoice = issued()
    attempt = begin(business, invoice)
    give(business, bank, attempt)
    mandate = mandate_of(business, attempt)
    push(business, bank, account, mandate)
    assert mandate_of(business, attempt).state == "active"
    jobs = execute(
        "SELECT args->>'business_id' FROM procrastinate_jobs WHERE task_name = 'carry_on_debits'"
    )
    assert jobs == [(str(business),)]  # one, for the payment that waits

    for _ in range(2):  # the job that follows `mandate.activated`, and again
        carry_on.carry_on_all(business, mandate.id, at=datetime.now(UTC))

    assert again(business, attempt).state == "processing"
    assert charged(bank, attempt) == [due(invoice)]


def push(business: Any, bank: GoCardlessCounterpart, account: Any, mandate: Any) -> None:
    """GoCardless tells of the request that was fulfilled."""
    import json

    event = bank.server.put(
        "events", "EV", resource_type="billing_requests", action="fulfilled",
        links={"billing_request": mandate.gateway_ref}, details={},
    )  # fmt: skip
    told = signed(json.dumps({"events": [event]}).encode())
    headers = {name.lower(): value for name, value in told.headers.items()}
    at = datetime.now(UTC)
    assert receive_event.receive(business, account, headers=headers, body=told.body, at=at)
    with reading(business):
        rows = execute(
            """SELECT id FROM payments_gatewayevent
            WHERE business_id = %(b)s::uuid AND handled_at IS NULL""",
            {"b": business},
        )
    for (event_id,) in rows:
        receive_event.handle(business, event_id, at=at)


def test_while_one_road_charges_another_does_nothing(business, bank, account, issued, monkeypatch):
    from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway

    invoice, seen = issued(), []
    attempt = begin(business, invoice)
    give(business, bank, attempt)
    genuine = GoCardlessGateway.charge

    def charge(gateway: Any, *args: Any) -> Any:
        seen.append(again(business, attempt).state)
        seen.append(carry_on.carry_on(business, attempt.id, at=datetime.now(UTC)).state)
        return genuine(gateway, *args)

    monkeypatch.setattr(GoCardlessGateway, "charge", charge)
    assert again(business, attempt).state == "processing"
    assert seen == ["unknown", "unknown"]  # on record before it is sent; nobody sends it again
    assert len(bank.server.rows["payments"]) == 1


def test_return_page_webhook_and_sweep_at_once_make_one_debit(business, bank, account, issued):
    invoice = issued()
    attempt = begin(business, invoice)
    give(business, bank, attempt)
    mandate = attempt.mandate_id
    roads = [
        lambda: again(business, attempt),
        lambda: again(business, attempt),
        lambda: carry_on.carry_on_all(business, mandate, at=datetime.now(UTC)),
        lambda: resolve_mandate.resolve_mandate(business, mandate, at=datetime.now(UTC)),
    ]
    assert kinds(race(*roads)) == ["ok"] * 4
    assert again(business, attempt).state == "processing"
    asked = [
        call for call in bank.server.calls if (call.method, call.path) == ("POST", "/payments")
    ]
    assert len(asked) == 1
    assert charged(bank, attempt) == [due(invoice)]


def test_a_process_that_dies_between_record_and_call_debits_nothing_and_says_so(
    business, bank, account, issued, monkeypatch
):
    from counterfoil.flows.letters.send_stopped import send_stopped

    class Killed(BaseException):
        """The process is gone."""

    def killed(*_args: Any, **_more: Any) -> Any:
        raise Killed

    invoice = issued()
    attempt = begin(business, invoice)
    give(business, bank, attempt)
    with monkeypatch.context() as patched:
        patched.setattr(carry_on, "debit", killed)
        with pytest.raises(Killed):
            again(business, attempt)
    early = again(business, attempt, after=timedelta(seconds=30))
    assert early.state == "unknown"  # it may still be on its way
    late = again(business, attempt, after=timedelta(minutes=2))
    assert (late.state, late.failure_code) == ("cancelled", "not_sent")
    assert bank.server.rows["payments"] == {}
    assert len(send_stopped(business, attempt.id, at=datetime.now(UTC))) == 1
    second = begin(business, invoice, "form-2", debit=attempt.mandate_id)
    assert second.state == "processing"


def test_long_at_the_page_an_absence_is_no_proof_at_first(
    business, bank, account, issued, monkeypatch
):
    from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway
    from counterfoil.kernel.ports.gateways.charges import Outcome
    from counterfoil.kernel.ports.gateways.outcomes import Result

    attempt = begin(business, issued())
    give(business, bank, attempt)
    half = timedelta(minutes=30)
    with monkeypatch.context() as patched:
        unknown = Outcome(encode("pay", attempt.id), Result.UNKNOWN)
        patched.setattr(GoCardlessGateway, "charge", lambda *_args: unknown)
        assert again(business, attempt, after=half).state == "unknown"
    assert again(business, attempt, after=half + timedelta(seconds=20)).state == "unknown"
    assert again(business, attempt, after=half + timedelta(seconds=90)).state == "cancelled"


def test_who_never_comes_back_holds_the_invoice_for_an_hour_only(business, bank, account, issued):
    invoice = issued()
    attempt = begin(business, invoice)
    late = again(business, attempt, after=HOUR)
    assert (late.state, late.failure_code) == ("failed", "abandoned")

    give(business, bank, attempt)  # after all
    mandate = mandate_of(business, attempt)
    resolve_mandate.resolve_mandate(business, mandate.id, at=datetime.now(UTC) + HOUR)
    carry_on.carry_on_all(business, mandate.id, at=datetime.now(UTC) + HOUR)
    assert bank.server.rows["payments"] == {}

    known = mandate_of(business, attempt)
    assert known.can_be_charged_again
    second = begin(business, invoice, "form-2", debit=known.id)
    assert second.state == "processing"
    assert charged(bank, second) == [due(invoice)]


def test_who_cancels_there_is_not_debited(business, bank, account, issued):
    attempt = begin(business, issued())
    for asked in bank.server.rows["billing_requests"].values():
        asked["status"] = "cancelled"
    found = again(business, attempt)
    assert (found.state, found.failure_code) == ("failed", "abandoned")
    assert mandate_of(business, attempt).state == "revoked"
    assert bank.server.rows["payments"] == {}


def test_a_lost_answer_to_the_request_leads_to_the_same_page(
    business, bank, account, issued, monkeypatch
):
    from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway
    from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState

    genuine, calls = GoCardlessGateway.set_up, []

    def set_up(gateway: Any, opened: Any, request: Any) -> Any:
        calls.append(genuine(gateway, opened, request))
        is_first = len(calls) == 1
        return MandateOutcome(request.reference, MandateState.UNKNOWN) if is_first else calls[-1]

    monkeypatch.setattr(GoCardlessGateway, "set_up", set_up)
    attempt = begin(business, issued())
    assert attempt.state == "action_required"
    (request,) = bank.server.rows["billing_requests"]
    assert attempt.step_url.endswith(request)


def test_a_lost_answer_to_the_debit_is_found_and_not_sent_again(
    business, bank, line, account, issued
):
    invoice = issued()
    attempt = begin(business, invoice)
    give(business, bank, attempt)
    line.break_next(Fault.ERROR_AFTER)
    assert again(business, attempt).state == "unknown"
    assert again(business, attempt, after=timedelta(seconds=5)).state == "processing"
    assert charged(bank, attempt) == [due(invoice)]


def test_a_gateway_that_is_down_in_that_moment_is_tried_again(
    business, bank, account, issued, monkeypatch
):
    from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway
    from counterfoil.kernel.errors import Unavailable

    def down(*_args: Any) -> Any:
        raise Unavailable

    invoice = issued()
    attempt = begin(business, invoice)
    give(business, bank, attempt)
    with monkeypatch.context() as patched:
        patched.setattr(GoCardlessGateway, "charge", down)
        assert again(business, attempt).state == "action_required"
    assert again(business, attempt, after=timedelta(minutes=3)).state == "processing"
    assert charged(bank, attempt) == [due(invoice)]


def test_what_is_called_off_is_not_charged_even_if_the_mandate_is_given(
    business, bank, account, issued
):
    attempt = begin(business, issued())
    assert carry_on.call_off(business, attempt.id, at=datetime.now(UTC), by=SYSTEM)
    give(business, bank, attempt)
    found = again(business, attempt)
    carry_on.carry_on_all(business, attempt.mandate_id, at=datetime.now(UTC))
    assert found.state == "cancelled"
    assert bank.server.rows["payments"] == {}
    assert not carry_on.call_off(business, attempt.id, at=datetime.now(UTC), by=SYSTEM)


def test_a_mandate_that_nobody_gives_is_closed_after_a_fortnight(business, bank, account, issued):
    attempt = begin(business, issued())
    later = datetime.now(UTC) + timedelta(days=15)
    again(business, attempt, after=HOUR)
    resolve_mandate.resolve_mandate(business, attempt.mandate_id, at=later)
    assert mandate_of(business, attempt).state == "revoked"
    resolve_mandate.resolve_mandate(business, attempt.mandate_id, at=later)
    (request,) = bank.server.rows["billing_requests"].values()
    assert request["status"] == "cancelled"
