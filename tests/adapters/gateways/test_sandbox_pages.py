"""The sandbox adapter and the gateway's own pages: online banking, and an amount that is the
payer's."""

from dataclasses import replace

import httpx
import pytest

from counterfoil.adapters.gateways.sandbox.adapter import SandboxGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount, NotSetUp
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import (
    FailureCode,
    Instrument,
    MethodKind,
    Result,
    StepKind,
)
from factories.sandbox_process import HOME, AccountAtSandbox, held

GATEWAY = SandboxGateway()
AMOUNT = Money(20355, "EUR")
PAGES = (MethodKind.BANK_REDIRECT, MethodKind.DIGITAL_CURRENCY)


@pytest.fixture
def ours(there: AccountAtSandbox) -> GatewayAccount:
    """Our account as we hold it, set up for both pages."""
    return held(there, pages="bank_redirect digital_currency")


def begun(ours: GatewayAccount, method: MethodKind) -> tuple[Outcome, str]:
    """A charge on a page, and the page's address."""
    request = ChargeRequest(
        "pay_1", AMOUNT, "", "cus_1", "Invoice HW-1", f"{HOME}/return", method, locale="de"
    )
    outcome = GATEWAY.charge(ours, request)
    assert outcome.result is Result.ACTION_REQUIRED
    assert outcome.step is not None
    assert outcome.step.kind is StepKind.HOSTED_PAGE
    assert GATEWAY.look_up(ours, "pay_1") == outcome
    return outcome, outcome.step.url


@pytest.mark.parametrize("method", PAGES)
def test_an_account_that_is_set_up_for_it_leads_to_the_page(
    ours: GatewayAccount, method: MethodKind
) -> None:
    """Nothing is filled in here; another account does not take it."""
    request = FieldsRequest(method=method)
    assert GATEWAY.fields(ours, request).kind is StepKind.HOSTED_PAGE
    plain = replace(ours, settings={**ours.settings, "pages": ""})
    with pytest.raises(NotSetUp):
        GATEWAY.fields(plain, request)


@pytest.mark.parametrize("method", PAGES)
def test_paid_on_the_page(ours: GatewayAccount, method: MethodKind) -> None:
    """The page speaks the payer's language; the look-up tells what was paid, and by what."""
    outcome, url = begun(ours, method)
    assert outcome.instrument == Instrument(method)
    assert '<html lang="de"' in httpx.get(url).text
    page = url.partition("?")[0]
    httpx.post(f"{page}/pay", data={"amount": "203.55"})
    paid = GATEWAY.look_up(ours, "pay_1")
    assert (paid.result, paid.amount, paid.instrument) == (
        Result.SUCCEEDED,
        AMOUNT,
        Instrument(method),
    )


def test_left_without_paying(ours: GatewayAccount) -> None:
    """In our word for it, and no amount."""
    _, url = begun(ours, MethodKind.BANK_REDIRECT)
    httpx.post(f"{url.partition('?')[0]}/leave")
    left = GATEWAY.look_up(ours, "pay_1")
    assert left.failure is not None
    assert (left.result, left.amount) == (Result.FAILED, None)
    assert (left.failure.code, left.failure.hard) == (FailureCode.ABANDONED, False)


@pytest.mark.parametrize("sent", ["150.00", "210.00"])
def test_what_arrives_is_the_payer_s_to_say(ours: GatewayAccount, sent: str) -> None:
    """Only in digital currency: the outcome is over what arrived, and says that it may."""
    outcome, url = begun(ours, MethodKind.DIGITAL_CURRENCY)
    assert outcome.amount_is_open
    httpx.post(f"{url.partition('?')[0]}/pay", data={"amount": sent})
    paid = GATEWAY.look_up(ours, "pay_1")
    arrived = Money(int(sent.replace(".", "")), "EUR")
    assert (paid.result, paid.amount, paid.amount_is_open) == (Result.SUCCEEDED, arrived, True)


def test_of_online_banking_the_amount_is_not_open(ours: GatewayAccount) -> None:
    """Another one than was asked would be no answer to us."""
    outcome, _ = begun(ours, MethodKind.BANK_REDIRECT)
    assert not outcome.amount_is_open
