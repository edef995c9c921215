"""Answering a chargeback: files are checked, the answer is sent once, whatever happens to it."""

from datetime import timedelta

import pytest

from counterfoil.domain.customers import tags as tagging
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.chargebacks import AnsweredAlready, SameFile
from counterfoil.flows.aftermath import answer_chargeback
from counterfoil.flows.aftermath.answer_chargeback import FileRefused
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.letters.send_chargeback import remind, send_chargeback
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import FieldProblem, Refused, Unavailable, Uncertain
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.payments import pay
from factories.staff import hire, narrow
from ledger_text import broken

PDF = b"%PDF-1.7 the delivery note"
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def case(business, issued, gateway):
    """An open chargeback, as the gateway knows it too."""
    payment = pay(business, issued())
    fact = contested(payment, evidence_due_at=AT + timedelta(days=5))
    gateway.after.chargebacks["dis_1"] = fact
    settle_chargeback(business, payment.id, fact, at=AT, by=SYSTEM)
    with reading(business):
        return chargebacks.chargebacks_of(business, [payment.id])[0]


def add(business, case, content=PDF, name="note.pdf"):
    return answer_chargeback.add_file(
        business, case.id, name=name, content=content, at=AT, by=SYSTEM
    )


def answer(business, case, text="They signed for it."):
    return answer_chargeback.answer(business, case.id, text, at=AT, by=SYSTEM)


def recipients(business, template):
    with reading(business):
        rows = execute(
            "SELECT recipient FROM notifications_message "
            "WHERE business_id = %(b)s::uuid AND template = %(t)s",
            {"b": business, "t": template},
        )
    return {row[0] for row in rows}


def test_the_answer_goes_out_once_with_its_files(business, case, gateway):
    add(business, case, name="../../etc/delivery note.pdf")

    assert answer(business, case).state == "answered"

    (sent,) = gateway.after.evidence
    assert sent.text == "They signed for it."
    assert [(one.name, one.media_type, one.content) for one in sent.files] == [
        ("delivery note.pdf", "application/pdf", PDF)
    ]
    with pytest.raises(AnsweredAlready):
        answer(business, case)
    with pytest.raises(AnsweredAlready):
        add(business, case, PDF + b" more")
    assert len(gateway.after.evidence) == 1
    assert broken(business) == []


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"MZ\x90", b"%PDF-" + b"x" * 5_000_000]
)
def test_only_small_pdfs_and_pictures_are_taken(business, case, content):
    with pytest.raises(FileRefused):
        add(business, case, content)


def test_the_same_file_twice_and_the_ninth_are_refused(business, case):
    add(business, case)
    with pytest.raises(SameFile):
        add(business, case)
    for index in range(7):
        add(business, case, PDF + str(index).encode())
    with pytest.raises(FileRefused):
        add(business, case, PDF + b"8")


def test_an_answer_of_nothing_is_refused(business, case, gateway):
    with pytest.raises(FieldProblem):
        answer(business, case, "  ")
    assert gateway.after.evidence == []


def test_a_lost_answer_is_asked_about_and_never_sent_twice(business, case, gateway):
    gateway.after.answers_with = _lost

    found = answer(business, case)

    assert (found.state, found.evidence_sent_at) == ("open", AT)
    with pytest.raises(AnsweredAlready):
        answer(business, case)
    assert answer_chargeback.sweep(business, at=LATER) == 1
    with reading(business):
        assert chargebacks.chargeback(business, case.id).state == "answered"
    assert len(gateway.after.evidence) == 1


def test_an_answer_that_never_arrived_may_be_given_again(business, case, gateway):
    gateway.after.answers_with = _lost
    answer(business, case)
    gateway.after.chargebacks["dis_1"] = staged(
        gateway.after.chargebacks["dis_1"], ChargebackStage.NEEDS_RESPONSE
    )
    gateway.after.answers_with = None

    answer_chargeback.sweep(business, at=LATER)

    assert answer(business, case).state == "answered"


@pytest.mark.parametrize("trouble", [Refused("no", code="gateway_refused"), Unavailable()])
def test_what_was_surely_not_sent_may_be_sent_again(business, case, gateway, trouble):
    gateway.after.trouble = trouble
    with pytest.raises(type(trouble)):
        answer(business, case)
    gateway.after.trouble = None
    assert answer(business, case).state == "answered"


def test_giving_up_loses_it(business, case):
    found = answer_chargeback.accept(business, case.id, at=AT, by=SYSTEM)
    assert found.state == "lost"
    with pytest.raises(AnsweredAlready):
        answer_chargeback.accept(business, case.id, at=AT, by=SYSTEM)
    assert broken(business) == []


def test_staff_who_do_not_see_the_customer_are_told_nothing(business, customer, case):
    hire(business, Role.FINANCE, "finance@harrow.example")
    narrow(business, hire(business, Role.FINANCE, "north@harrow.example"), "north")
    send_chargeback(business, case.id, at=AT)
    assert "north@harrow.example" not in recipients(business, "chargeback")
    tagging.set_tags(business, customer, ["north"])
    send_chargeback(business, case.id, at=AT, event="due")
    assert "north@harrow.example" in recipients(business, "chargeback")


def test_staff_who_may_refund_are_told_once_for_each_thing(business, case):
    hire(business, Role.FINANCE, "finance@harrow.example")
    hire(business, Role.READONLY, "looker@harrow.example")

    assert len(send_chargeback(business, case.id, at=AT)) == 1
    assert send_chargeback(business, case.id, at=AT) == []
    assert remind(business, at=AT) == 0
    assert [remind(business, at=AT + timedelta(days=4)) for _ in range(2)] == [1, 0]

    answer_chargeback.accept(business, case.id, at=AT, by=SYSTEM)
    assert len(send_chargeback(business, case.id, at=AT)) == 1
    with reading(business):
        rows = execute(
            "SELECT recipient, subject FROM notifications_message "
            "WHERE business_id = %(b)s::uuid AND template = 'chargeback' ORDER BY id",
            {"b": business},
        )
    assert {recipient for recipient, _ in rows} == {"finance@harrow.example"}
    assert [subject.split(":")[0] for _, subject in rows][::2] == [
        "Chargeback of €100.00", "Chargeback lost",
    ]  # fmt: skip


def _lost(_fact):
    raise Uncertain
