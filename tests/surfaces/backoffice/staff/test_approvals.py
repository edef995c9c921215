"""Two people: over a limit it waits for a second one, who has it done once or refuses it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from counterfoil.domain.approvals import operations, queries
from counterfoil.domain.approvals.operations import DecidedAlready, SamePerson
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity.roles import Act, Limit, Role
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.aftermath import write_off
from counterfoil.flows.aftermath.approvals import deciding, limits
from counterfoil.flows.letters import send_staff
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Forbidden
from counterfoil.kernel.ids import encode
from factories.mails import PostScript
from factories.payments import pay
from factories.refunds import refund
from factories.staff import asked_approval, colleague, hire, member_of, sign_in
from factories.statements import counted
from ledger_text import broken


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def asked(business: Any) -> list[Any]:
    with reading(business):
        return queries.newest(business)


def refunds_of(business: Any, payment: Any) -> list[Any]:
    with reading(business):
        return payments.refunds_of(business, [payment.id])


def rule(business: Any, *limits: Limit) -> None:
    staffing.write_limits_of_all(business, limits)


@pytest.fixture
def payment(business: Any, issued: Any, gateway: Any) -> Any:
    return pay(business, issued())


def ask_refund(desk: Any, payment: Any, amount: str, key: str = "k") -> Any:
    form = {"amount": amount, "reason": "Late", "form_key": key, "do": "refund"}
    return desk.post(f"payments/{encode('pay', payment.id)}/refund", form)


def decide(desk: Any, row: Any, do: str = "approve", note: str = "") -> Any:
    path = f"approvals/{encode('apr', row.id)}/decide"
    return desk.post(path, {"do": do, "note": note})


def test_a_refund_over_the_limit_waits_and_is_done_once(
    desk: Callable[..., Any], business: Any, payment: Any, post: PostScript
) -> None:
    owner, finance = desk(), desk(Role.FINANCE)
    staffing.limit_preset(
        business,
        Role.FINANCE,
        [Limit(Act.REFUND, "EUR", 5_000)],
        at=clock.now(),
        by=colleague(business, Role.OWNER),
    )
    assert "payments/" in ask_refund(finance, payment, "50.00")["Location"]
    assert len(refunds_of(business, payment)) == 1

    answer = ask_refund(finance, payment, "0.01", "k2")  # 50.01 of this payment in all
    (row,) = asked(business)
    assert answer["Location"] == f"/backoffice/approvals/{encode('apr', row.id)}"
    assert (row.state, row.amount_minor, row.counted_minor) == ("requested", 1, 5_001)
    assert ask_refund(finance, payment, "0.01", "k2")["Location"] == answer["Location"]
    assert len(refunds_of(business, payment)) == 1
    assert "To approve: Refunds, asked by Finance" in body(owner.get(""))

    assert send_staff.send_approval(business, row.id, at=clock.now()) == 2  # both owners
    assert {mail.subject for mail in post.sent} == {"To approve: Refund of €0.01"}
    assert decide(finance, row).status_code == 403
    assert decide(owner, row, note="Fine").status_code == 302
    (row,) = asked(business)
    assert (row.state, row.decided_name, row.note) == ("carried_out", "Owner", "Fine")
    assert [one.amount_minor for one in refunds_of(business, payment)] == [5_000, 1]
    assert "was decided already" in body(owner.client.get(
        decide(owner, row)["Location"], secure=True, headers={"host": owner.host}
    ))  # fmt: skip
    assert len(refunds_of(business, payment)) == 2
    assert send_staff.send_approval(business, row.id, at=clock.now()) == 1
    assert post.sent[-1].subject == "Approved and begun: Refund of €0.01"
    assert broken(business) == []


def test_who_needs_a_second_person_is_told_before(
    desk: Callable[..., Any], business: Any, payment: Any, issued: Any
) -> None:
    desk()
    finance, waits = desk(Role.FINANCE), "This waits for a second person"
    invoice = issued()
    with reading(business):
        (line, *_) = billing.lines(business, invoice.id)

    def told(amount: str) -> list[str]:
        path, of = f"payments/{encode('pay', payment.id)}/refund", encode("inv", invoice.id)
        lines = {f"line-{line.id}": "1", "do": "review"}
        return [
            body(finance.post(path, {"amount": amount, "do": "review"})),
            body(finance.get(f"invoices/{of}/write-off")),
            body(finance.post(f"invoices/{of}/credit", lines)),
        ]

    assert [waits in page for page in told("1.01")] == [False, False, False]
    rule(business, *(Limit(act, "EUR", 100) for act in (Act.REFUND, Act.WRITE_OFF, Act.CREDIT)))
    found = told("1.01")
    assert [waits in page for page in found] == [True, True, True]
    assert ["Ask a second person" in page for page in found] == [True, True, True]
    assert waits not in told("1.00")[0]
    assert asked(business) == []


def test_the_rule_for_all_binds_owners_and_other_currencies(
    owner: Any, business: Any, payment: Any
) -> None:
    colleague(business, Role.FINANCE)
    rule(business, Limit(Act.REFUND, "USD", 999_999))
    ask_refund(owner, payment, "1.00")
    (row,) = asked(business)
    assert row.state == "requested"
    page = body(owner.get(f"approvals/{encode('apr', row.id)}"))
    assert "somebody else has to decide" in page
    assert "Approve:" not in page
    assert decide(owner, row).status_code == 403
    assert refunds_of(business, payment) == []


def test_without_a_second_person_it_is_refused(owner: Any, business: Any, payment: Any) -> None:
    colleague(business, Role.SUPPORT)
    rule(business, Limit(Act.REFUND, "EUR", 0))
    answer = ask_refund(owner, payment, "1.00")
    assert (answer.status_code, "nobody else here may" in body(answer)) == (422, True)
    assert asked(business) == []


def test_a_write_off_is_checked_anew_when_it_is_approved(
    desk: Callable[..., Any], business: Any, issued: Any
) -> None:
    owner, finance = desk(), desk(Role.FINANCE)
    rule(business, Limit(Act.WRITE_OFF, "EUR", 100))
    first, second = issued(), issued()
    for one in (first, second):
        path = f"invoices/{encode('inv', one.id)}/write-off"
        assert finance.post(path, {"reason": ""}).status_code == 422
        assert "approvals/" in finance.post(path, {"reason": "Gone", "form_key": path})["Location"]
    rows = {one.about_id: one for one in asked(business)}
    decide(owner, rows[first.id])
    with reading(business):
        assert receivables.items(business, [first.id])[first.id].due_minor == 0
    write_off.write_off(business, second.id, "Meanwhile", at=clock.now(), by=SYSTEM)
    decide(owner, rows[second.id])
    states = {one.about_id: (one.state, one.problem) for one in asked(business)}
    assert states == {
        first.id: ("carried_out", ""), second.id: ("failed", "nothing_due"),
    }  # fmt: skip
    assert broken(business) == []


def test_a_credit_note_waits_and_is_written_word_for_word(
    desk: Callable[..., Any], business: Any, issued: Any
) -> None:
    owner, finance = desk(), desk(Role.FINANCE)
    rule(business, Limit(Act.CREDIT, "EUR", 100))
    invoice = issued()
    with reading(business):
        (line, *_) = billing.lines(business, invoice.id)
    form = {f"line-{line.id}": "1", "reason": "Wrong", "form_key": "k", "do": "issue"}
    path = f"invoices/{encode('inv', invoice.id)}/credit"
    assert "approvals/" in finance.post(path, form)["Location"]
    (row,) = asked(business)
    with reading(business):
        assert billing.credited(business, [invoice.id])[invoice.id].total_minor == 0
    decide(owner, row)
    with reading(business):
        credited = billing.credited(business, [invoice.id])[invoice.id]
    assert credited.total_minor == row.amount_minor
    assert asked(business)[0].state == "carried_out"


def test_bank_details_change_with_two_people_only(
    desk: Callable[..., Any], visitor: Callable[..., Any], business: Any
) -> None:
    owner = desk()
    second = sign_in(visitor(), hire(business, Role.OWNER, "second@harrow.example"))
    rule(business, Limit(Act.BANK_DATA, "", 0))
    form = {"holder": "Harrow", "iban": "FR7630006000011234567890189", "currency": "EUR"}
    assert "approvals/" in owner.post("settings/bank", form)["Location"]
    (row,) = asked(business)
    with reading(business):
        assert businesses.bank_accounts(business) == []
    assert form["iban"] in body(second.get(f"approvals/{encode('apr', row.id)}"))
    decide(second, row)
    with reading(business):
        (account,) = businesses.bank_accounts(business)
    assert asked(business)[0].state == "carried_out"
    owner.post(f"settings/bank/{encode('acc', account.id)}/show", {"show": "no"})
    with reading(business):
        assert businesses.bank_accounts(business)[0].is_active == account.is_active
    assert asked(business)[0].state == "requested"


def test_a_rule_is_loosened_by_two_and_tightened_by_one(
    owner: Any, visitor: Callable[..., Any], business: Any
) -> None:
    second = sign_in(visitor(), hire(business, Role.OWNER, "second@harrow.example"))
    assert owner.post("settings/roles/two-people", {"limit-refund-EUR": "100"}).status_code == 302
    owner.post("settings/roles/two-people", {"limit-refund-EUR": "50", "bank_data": "on"})
    for looser in ({}, {"limit-refund-EUR": "50"}, {"limit-refund-EUR": "51", "bank_data": "on"}):
        answer = owner.post("settings/roles/two-people", looser)
        assert "approvals/" in answer["Location"]
        (row, *_) = asked(business)
        owner.post(f"approvals/{encode('apr', row.id)}/withdraw")
    assert "approvals/" in owner.post("settings/roles/two-people", {})["Location"]
    with reading(business):
        assert len(team.limits_of_all(business)) == 2
    decide(second, asked(business)[0])
    with reading(business):
        assert team.limits_of_all(business) == []
    with pytest.raises(Forbidden):
        limits.change(
            business, [], member=member_of(business, colleague(business, Role.FINANCE)),
            at=clock.now(), by=SYSTEM,
        )  # fmt: skip


def test_refused_withdrawn_and_too_late(
    desk: Callable[..., Any], business: Any, payment: Any, post: PostScript
) -> None:
    owner = desk()
    first = asked_approval(business, payment)
    decide(owner, asked(business)[0], do="refuse", note="No")
    assert asked(business)[0].state == "refused"
    send_staff.send_approval(business, first, at=clock.now())
    assert post.sent[-1].subject == "Refused: Refund of €1.00"
    assert "Their words: No" in post.sent[-1].text

    second = asked_approval(business, payment)
    assert owner.post(f"approvals/{encode('apr', second)}/withdraw").status_code == 403
    finance = member_of(business, colleague(business, Role.FINANCE))
    deciding.withdraw(business, second, member=finance, at=clock.now(), by=SYSTEM)
    third = asked_approval(business, payment)
    (row, *_) = asked(business)
    assert deciding.sweep(business, at=row.expires_at - timedelta(seconds=1)) == 0
    boss = member_of(business, colleague(business, Role.OWNER))
    with pytest.raises(DecidedAlready):
        deciding.decide(
            business, third, is_approved=True, note="", member=boss, at=row.expires_at, by=SYSTEM
        )
    assert deciding.sweep(business, at=row.expires_at) == 1
    assert [one.state for one in asked(business)] == ["expired", "withdrawn", "refused"]
    assert refunds_of(business, payment) == []


def test_the_database_itself_wants_two_people(business: Any, payment: Any) -> None:
    approval_id = asked_approval(business, payment)
    (row,) = asked(business)
    with pytest.raises(SamePerson):
        operations.decide(
            business, approval_id, is_approved=True, user_id=row.asked_by, name="", note="",
            at=clock.now(), by=SYSTEM,
        )  # fmt: skip
    with pytest.raises(SamePerson):
        run(
            business,
            lambda: execute(
                "UPDATE approvals_approval SET decided_by_id = asked_by_id "
                "WHERE business_id = %(business_id)s::uuid",
                {"business_id": business},
            ),
        )


def test_what_was_approved_and_left_is_carried_out_once(business: Any, payment: Any) -> None:
    approval_id = asked_approval(business, payment)
    boss = member_of(business, colleague(business, Role.OWNER))
    at = clock.now()
    operations.decide(
        business, approval_id, is_approved=True, user_id=boss.user_id, name="Boss", note="",
        at=at, by=SYSTEM,
    )  # fmt: skip
    later = at + queries.LEFT_LYING + timedelta(seconds=1)
    assert deciding.sweep(business, at=later) == 1
    assert deciding.sweep(business, at=later) == 0
    assert [one.amount_minor for one in refunds_of(business, payment)] == [100]


def test_less_is_left_than_was_approved(business: Any, payment: Any) -> None:
    approval_id = asked_approval(business, payment, 6_000)
    refund(business, payment, 5_000)
    boss = member_of(business, colleague(business, Role.OWNER))
    row = deciding.decide(
        business, approval_id, is_approved=True, note="", member=boss, at=clock.now(), by=SYSTEM
    )
    assert (row.state, row.problem) == ("failed", "refund_too_high")
    assert len(refunds_of(business, payment)) == 1


def test_anothers_requests_are_not_there(
    visitor: Callable[..., Any], business: Any, other_business: Any, payment: Any
) -> None:
    approval_id = asked_approval(business, payment)
    neighbour = sign_in(visitor("mill.example"), hire(other_business, Role.OWNER))
    for path in ("", "/decide", "/withdraw"):
        ask = neighbour.post if path else neighbour.get
        assert ask(f"approvals/{encode('apr', approval_id)}{path}").status_code == 404
    assert "Nothing was asked yet" in body(neighbour.get("approvals/"))


def test_the_list_costs_the_same_however_long_it_is(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    asked_approval(business, pay(business, issued()))
    owner.get("approvals/")
    with counted() as with_one:
        owner.get("approvals/")
    asked_approval(business, pay(business, issued()))
    asked_approval(business, pay(business, issued()))
    with counted() as with_three:
        owner.get("approvals/")
    assert with_one.count == with_three.count
