"""What becomes of a request once it was approved: told as it is, and nothing stands in the way of
the others."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from counterfoil.domain.approvals import operations, queries
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.customers import tags as tagging
from counterfoil.domain.identity.roles import Act, Limit, Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.domain.payments import queries as payments
from counterfoil.flows.aftermath.approvals import deciding, limits
from counterfoil.flows.letters import send_staff
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.gateways import refund_failed, refunded
from factories.invoices import line
from factories.mails import PostScript
from factories.payments import pay
from factories.refunds import refund
from factories.staff import asked_approval, colleague, hire, member_of, sign_in
from ledger_text import broken
from races.racing import race

BOTH = [Limit(Act.REFUND, "EUR", 10_000), Limit(Act.WRITE_OFF, "EUR", 10_000)]


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def payment(business: Any, issued: Any, gateway: Any) -> Any:
    return pay(business, issued())


def found(business: Any, approval_id: Any) -> Any:
    with reading(business):
        return queries.approval(business, approval_id)


def rules(business: Any) -> set[Limit]:
    with reading(business):
        return set(team.limits_of_all(business))


def change(business: Any, user_id: Any, *wanted: Limit) -> Any:
    member = member_of(business, user_id)
    return limits.change(business, wanted, member=member, at=clock.now(), by=SYSTEM)


def approve(business: Any, approval_id: Any, user_id: Any) -> Any:
    member = member_of(business, user_id)
    return deciding.decide(
        business, approval_id, is_approved=True, note="", member=member, at=clock.now(), by=SYSTEM
    )


@pytest.fixture
def owners(business: Any) -> tuple[Any, Any]:
    """Two who may decide about each other's requests."""
    emails = [hire(business, Role.OWNER, f"{name}@harrow.example") for name in ("ada", "bob")]
    with reading(business):
        known = {one.email: one.user_id for one in queries_of(business)}
    return known[emails[0]], known[emails[1]]


def queries_of(business: Any) -> Any:
    from counterfoil.domain.identity import queries as identity

    return identity.members(business)


def test_a_loosening_that_was_approved_too_late_undoes_no_tighter_rule(
    owner: Any, business: Any, owners: tuple[Any, Any]
) -> None:
    ada, bob = owners
    staffing.write_limits_of_all(business, BOTH)
    asked = change(business, ada, Limit(Act.REFUND, "EUR", 20_000), BOTH[1])
    assert change(business, bob, Limit(Act.REFUND, "EUR", 100), BOTH[1]) is None
    row = approve(business, asked, bob)
    assert (row.state, row.problem) == ("failed", "rules_changed")
    assert rules(business) == {Limit(Act.REFUND, "EUR", 100), BOTH[1]}
    page = body(owner.get(f"approvals/{encode('apr', asked)}"))
    assert "The rules were changed meanwhile. They stay as they are now" in page


@pytest.mark.parametrize("_round", range(5))
def test_whether_a_rule_is_loosened_is_judged_by_what_it_is_when_it_is_written(
    business: Any, owners: tuple[Any, Any], _round: int
) -> None:
    ada, bob = owners
    results = race(
        lambda: change(business, ada, Limit(Act.REFUND, "EUR", 100)),
        lambda: change(business, bob, Limit(Act.REFUND, "EUR", 5_000)),
    )
    assert results[0] is None
    assert rules(business) == {Limit(Act.REFUND, "EUR", 100)}


def test_who_sees_some_customers_only_decides_about_no_others(
    business: Any, customer: Any, payment: Any, visitor: Callable[..., Any], post: PostScript
) -> None:
    boss = colleague(business, Role.OWNER)
    email = hire(business, Role.FINANCE, "north@harrow.example")
    with reading(business):
        (user_id,) = [one.user_id for one in queries_of(business) if one.email == email]
    staffing.change_post(
        business, user_id, Post(Role.FINANCE, tags=("north",)), at=clock.now(), by=boss
    )
    narrow, member = sign_in(visitor(), email), member_of(business, user_id)
    tagging.set_tags(business, customer, ["south"])
    asked = asked_approval(business, payment)
    path = f"approvals/{encode('apr', asked)}"
    assert [narrow.get(path).status_code, narrow.post(f"{path}/decide").status_code] == [404, 404]
    assert "Refund of" not in body(narrow.get("approvals/"))
    with pytest.raises(NotFound):
        deciding.decide(
            business, asked, is_approved=True, note="", member=member, at=clock.now(), by=SYSTEM
        )
    send_staff.send_approval(business, asked, at=clock.now())
    assert email not in {one.recipient for one in post.sent}
    assert found(business, asked).state == "requested"
    tagging.set_tags(business, customer, ["north", "south"])
    assert narrow.get(path).status_code == 200
    assert approve(business, asked, user_id).state == "carried_out"


def test_nobody_is_asked_who_may_not_see_whom_it_is_about(
    owner: Any, business: Any, customer: Any, payment: Any
) -> None:
    email = hire(business, Role.FINANCE, "north@harrow.example")
    with reading(business):
        known = {one.email: one for one in queries_of(business)}
        (boss,) = [one.user_id for one in known.values() if one.role == Role.OWNER]
    post = Post(Role.FINANCE, tags=("north",))
    staffing.change_post(business, known[email].user_id, post, at=clock.now(), by=boss)
    staffing.write_limits_of_all(business, [Limit(Act.REFUND, "EUR", 0)])
    form = {"amount": "1.00", "reason": "Late", "form_key": "k", "do": "refund"}
    path = f"payments/{encode('pay', payment.id)}/refund"
    assert "nobody else here may" in body(owner.post(path, form))
    tagging.set_tags(business, customer, ["north"])
    assert "approvals/" in owner.post(path, form)["Location"]


REFUSED = "Approved, but not given back"


@pytest.mark.parametrize(
    ("answer", "pill", "words"),
    [
        (refund_failed, REFUSED, "No money moved, and the invoices stay as they are."),
        (lambda request: refunded(request, result=Result.UNKNOWN), "Approved and begun",
         "Outcome unknown"),
        (lambda request: refunded(request, result=Result.PROCESSING), "Approved and begun",
         "There is nothing to do."),
        (refunded, "Approved and done", "The gateway has sent the money."),
    ],
)  # fmt: skip
def test_an_approved_refund_says_what_the_gateway_made_of_it(
    owner: Any, business: Any, payment: Any, gateway: Any, answer: Any, pill: str, words: str
) -> None:
    gateway.refund_answer = answer
    asked = asked_approval(business, payment)
    path = f"approvals/{encode('apr', asked)}"
    told = owner.client.get(
        owner.post(f"{path}/decide", {"do": "approve"})["Location"],
        secure=True,
        headers={"host": owner.host},
    )
    for page in (body(told), body(owner.get(path))):
        assert pill in page
        assert words in page
        assert ", €1.00: " in page
        assert ("Approved and done" in page) is (pill == "Approved and done")
    assert "Approved and begun" in body(owner.get("approvals/"))
    assert broken(business) == []


def bend(business: Any, approval_id: Any, **columns: str) -> None:
    """A row as another version of the program, or somebody's hand, would have left it."""
    named = ", ".join(f"{name} = %({name})s" for name in columns)
    run(
        business,
        lambda: execute(
            f"UPDATE approvals_approval SET {named} "
            "WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid",
            {"business_id": business, "id": approval_id, **columns},
        ),
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"command": json.dumps({"amount": 3})},
        {"command": json.dumps([])},
        {"command": json.dumps({"payment": 7, "handed": None})},
        {"command": json.dumps({"payment": "x", "handed": {"method": "by pigeon"}})},
        {"act": "give_away"},
        {"act": "limits"},
        {"act": "credit"},
        {"act": "bank_data"},
    ],
)
def test_one_that_can_not_be_read_is_set_aside_and_the_next_is_done(
    owner: Any,
    business: Any,
    issued: Any,
    gateway: Any,
    columns: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    boss = colleague(business, Role.OWNER)
    asked = [asked_approval(business, pay(business, issued())) for _ in range(2)]
    at = clock.now()
    for one in asked:
        operations.decide(
            business, one, is_approved=True, user_id=boss, name="", note="", at=at, by=SYSTEM
        )
    waiting = asked_approval(business, pay(business, issued()))
    for one in (asked[0], waiting):
        bend(business, one, **columns)
    for path in ("", "approvals/", f"approvals/{encode('apr', waiting)}"):
        assert owner.get(path).status_code == 200, path
    later = at + queries.LEFT_LYING + timedelta(seconds=1)
    assert deciding.sweep(business, at=later) == 2
    assert f"approval {asked[0]} broke" in caplog.text
    rows = [found(business, one) for one in asked]
    assert [(one.state, one.problem) for one in rows] == [
        ("failed", "request_unreadable"), ("carried_out", ""),
    ]  # fmt: skip
    assert deciding.sweep(business, at=later) == 0
    page = body(owner.get(f"approvals/{encode('apr', asked[0])}"))
    assert "What was asked for can't be read any more" in page.replace("&#39;", "'")
    with reading(business):
        assert [len(payments.refunds_of(business, [one.about_id])) for one in rows] == [0, 1]


def test_more_than_is_left_is_refused_with_what_is_left_and_not_written_down(
    owner: Any, business: Any, payment: Any
) -> None:
    colleague(business, Role.FINANCE)
    staffing.write_limits_of_all(business, [Limit(Act.REFUND, "EUR", 0)])
    path = f"payments/{encode('pay', payment.id)}/refund"
    for do in ("refund", "review"):
        form = {"amount": "100.01", "reason": "Late", "form_key": "k", "do": do}
        answer = owner.post(path, form)
        assert answer.status_code == 422
        assert "more than the €100.00 that are left of this payment" in body(answer)
    with reading(business):
        assert queries.newest(business) == []
        assert payments.refunds_of(business, [payment.id]) == []
    staffing.write_limits_of_all(business, [])
    answer = owner.post(path, form | {"do": "refund"})
    assert "more than the €100.00 that are left of this payment" in body(answer)


def test_what_was_given_back_meanwhile_counts_for_whoever_approves(
    business: Any, payment: Any
) -> None:
    """Or somebody has so much approved as the second person may, and adds to it alone."""
    boss = colleague(business, Role.OWNER)
    limit = [Limit(Act.REFUND, "EUR", 6_000)]
    staffing.limit_preset(business, Role.FINANCE, limit, at=clock.now(), by=boss)
    asked = asked_approval(business, payment, 6_000)  # a colleague of finance asks
    email = hire(business, Role.FINANCE, "second@harrow.example")
    with reading(business):
        (second,) = [one.user_id for one in queries_of(business) if one.email == email]
    refund(business, payment, 1_000)

    row = approve(business, asked, second)

    assert (row.state, row.problem) == ("failed", "needs_second_person")
    with reading(business):
        assert [one.amount_minor for one in payments.refunds_of(business, [payment.id])] == [1_000]


@pytest.mark.parametrize("_round", range(3))
def test_no_sum_passes_in_parts_that_are_sent_at_once(
    desk: Callable[..., Any], visitor: Callable[..., Any], business: Any, payment: Any,
    issued: Any, _round: int,
) -> None:  # fmt: skip
    """Each is below the limit by what stood before both; whoever comes second holds the payment, or
    the invoice, and sees the first."""
    desk()
    tabs = [sign_in(visitor(), hire(business, Role.FINANCE, "fin@harrow.example"))]
    tabs.append(sign_in(visitor(), "fin@harrow.example"))
    limit = [Limit(act, "EUR", 5_000) for act in (Act.REFUND, Act.CREDIT)]
    staffing.write_limits_of_all(business, limit)
    invoice = issued(line("10", quantity="10"))
    with reading(business):
        (row,) = billing.lines(business, invoice.id)

    def refund_part(tab: Any) -> Any:
        form = {"amount": "30.00", "reason": "Late", "form_key": str(id(tab)), "do": "refund"}
        return tab.post(f"payments/{encode('pay', payment.id)}/refund", form).status_code

    def credit_part(tab: Any) -> Any:
        form = {f"line-{row.id}": "3", "form_key": str(id(tab)), "do": "issue"}
        return tab.post(f"invoices/{encode('inv', invoice.id)}/credit", form).status_code

    for part in (refund_part, credit_part):
        race(*(partial(part, tab) for tab in tabs))

    with reading(business):
        given = [one.amount_minor for one in payments.refunds_of(business, [payment.id])]
        credited = billing.credited(business, [invoice.id])[invoice.id].total_minor
    assert (given, credited) == ([3_000], 3_000)
    assert broken(business) == []
