"""Why money did not move, on the pages of staff: in words, with what the gateway and the bank said
behind them as it came."""

import re
from datetime import timedelta
from typing import Any

import pytest

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.insights.story_rows import TimelineRow
from counterfoil.domain.payments.outcomes import AttemptOutcome, code_of, reason_of
from counterfoil.flows.settle_payment import settle
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Instrument, Result
from counterfoil.surfaces.backoffice.changes.timelines.words import reason_words
from counterfoil.surfaces.backoffice.payments.failures import told_reason
from factories.businesses import AT
from factories.payments import pay

pytestmark = pytest.mark.usefixtures("post")
NO_MONEY = "There was not enough money available on the card."
CONTESTED = "The owner of the account had the bank take the debit back."


def body(desk: Any, path: str) -> str:
    return re.sub(r"\s+", " ", desk.get(path).content.decode())


def raw(html: str) -> list[str]:
    return re.findall(r'<code dir="ltr">([^<]*)</code>', html)


def answer(gateway: Any, failure: Failure) -> None:
    gateway.answers["poor"] = lambda request: Outcome(
        request.reference, Result.FAILED, "ch_1", None, Instrument("card", "visa", "4242"), failure
    )


def test_a_decline_is_said_in_words_wherever_staff_read_of_it(
    business: Any, customer: Any, issued: Any, gateway: Any, desk: Any
) -> None:
    answer(gateway, Failure(FailureCode.INSUFFICIENT_FUNDS, "insufficient_funds"))
    invoice = issued()
    attempt = pay(business, invoice, source="poor")
    clerk = desk(Role.OWNER)
    for path in (
        f"payments/{encode('pay', attempt.id)}",
        f"payments/{encode('pay', attempt.id)}/timeline",
        f"invoices/{encode('inv', invoice.id)}",
        f"customers/{encode('cus', customer)}/timeline",
    ):
        html = body(clerk, path)
        assert f"<bdi>{NO_MONEY}</bdi>" in html, path
        assert raw(html) == ["insufficient_funds"], path
        assert "<bdi>insufficient_funds" not in html, path
    listed = body(clerk, "payments/")
    assert NO_MONEY in listed
    assert "insufficient_funds" not in listed


def test_a_banks_own_code_stands_behind_the_words_also_after_it_was_paid_after_all(
    business: Any, issued: Any, gateway: Any, desk: Any
) -> None:
    failure = Failure(FailureCode.DEBIT_CONTESTED, "MD06: refund requested", bank_code="MD06")
    answer(gateway, failure)
    attempt = pay(business, issued(), source="poor")
    paid = Outcome(encode("pay", attempt.id), Result.SUCCEEDED, "ch_1", Money(10_000, "EUR"))
    settle(business, [AttemptOutcome(attempt.id, paid)], at=AT + timedelta(days=1), by=SYSTEM)
    html = body(desk(Role.FINANCE), f"payments/{encode('pay', attempt.id)}")
    assert f"<bdi>{CONTESTED}</bdi>" in html
    assert raw(html) == ["debit_contested: MD06, MD06: refund requested"]


@pytest.mark.parametrize("code", [*FailureCode, "amount_mismatch", "over_refunded"])
@pytest.mark.parametrize("machine", ["attempt", "refund"])
def test_every_code_of_ours_has_words(machine: str, code: str) -> None:
    words, behind = told_reason(machine, reason_of(str(code), "said so"), "bank_debit")
    assert words.endswith(".")
    assert str(code) not in words
    assert behind == f"{code}: said so"


def test_what_a_person_wrote_stands_as_it_is() -> None:
    assert told_reason("refund", "Late: twice") == ("Late: twice", "")
    assert told_reason("attempt", "") == ("", "")
    assert code_of("insufficient_funds of ours") == ""
    assert reason_of("expired_card", "", "expired_card") == "expired_card"
    assert reason_of("expired_card", "expired_card: 54") == "expired_card: 54"


@pytest.mark.parametrize(
    ("machine", "became", "reason", "words", "behind"),
    [
        ("mandate", "revoked", "requested", "It was ended at the gateway.", ""),
        ("mandate", "failed", "AC04", "The bank's code: AC04", ""),
        (
            "chargeback", "open", "fraudulent",
            "The payer says that they did not make this payment.", "fraudulent",
        ),
        (
            "chargeback", "lost", "amount_changed",
            "The gateway names another amount than at first.", "amount_changed",
        ),
        (
            "scheduled_payment", "ended", "method_ended",
            "The card that was to pay it had expired, so it was not charged.", "method_ended",
        ),
        (
            "scheduled_payment", "planned", "being_paid",
            "It could not be charged at that moment, and is tried again.", "being_paid",
        ),
        ("bank_line", "aside", "not theirs", "not theirs", ""),
        ("invoice", "voided", "", "", ""),
    ],
)  # fmt: skip
def test_other_histories_have_words_too(
    machine: str, became: str, reason: str, words: str, behind: str
) -> None:
    row = TimelineRow(
        *(new_id(), AT, "step", machine, became, "", "", reason, None, "", [], {}, {}, {}),
        *("", 0, "", None, ""),
    )
    assert reason_words(row) == (words, behind)
