"""What staff set about amounts, and what they do with a customer's balance."""

import re
from decimal import Decimal

import pytest

from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.notifications import queries as messages
from counterfoil.domain.receivables import queries
from counterfoil.flows.letters import deliver_messages
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from factories.invoices import credit_note, line
from factories.mails import mailbox, text_of
from factories.payments import pay
from ledger_text import counts


@pytest.fixture
def by_hand(business):
    """The business applies no credit by itself."""
    business_operations.change(business, {"applies_credit": False})


def test_what_may_be_paid_is_set(owner, business):
    assert 'value="1.00"' in owner.get("settings/paying").content.decode()

    form = {"part_floor": "€ 12,50", "step_up_over": "5000", "takes_prepayments": "on"}
    assert owner.post("settings/paying", form).status_code == 302

    row = businesses.by_id(business)
    assert (row.part_floor, row.takes_prepayments, row.applies_credit) == (
        Decimal("12.5"), True, False,
    )  # fmt: skip
    assert 'value="12.50"' in owner.get("settings/paying").content.decode()


def test_each_box_stands_with_its_own_words(owner):
    page = owner.get("settings/paying").content.decode()
    groups = {
        re.search(r"<legend[^>]*>([^<]+)", one)[1]: re.findall(r'name="(\w+)"', one)
        for one in re.findall(r"<fieldset(.*?)</fieldset>", page, re.DOTALL)
    }
    assert groups == {
        "What customers may pay": ["part_floor", "step_up_over", "takes_prepayments"],
        "Credit of customers": ["applies_credit"],
        "Requests for access": ["takes_registrations"],
    }


@pytest.mark.parametrize("text", ["", "abc", "-1", "1.234", "99999999"])
def test_a_floor_that_is_no_amount_is_asked_again(owner, business, text):
    answer = owner.post("settings/paying", {"part_floor": text, "step_up_over": "5000"})

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert businesses.by_id(business).part_floor == 1


def test_credit_is_applied_to_what_is_open(owner, business, customer, issued, by_hand):
    invoice = issued()
    credit_note(business, customer, line("30"))
    path = f"customers/{encode('cus', customer)}"
    assert "Apply credit" in owner.get(path).content.decode()

    owner.post(f"{path}/credit", {"currency": "EUR"})

    assert "€30.00 of credit was applied" in owner.get(path).content.decode()
    with reading(business):
        assert queries.items(business, [invoice.id])[invoice.id].open_minor == 7000
    before = counts(business)
    owner.post(f"{path}/credit", {"currency": "EUR"})
    assert "There is no credit left" in owner.get(path).content.decode()
    assert counts(business) == before
    assert prove(business).holds


def test_the_payers_reason_is_shown(owner, business, issued, gateway):
    attempt = pay(business, issued(), note="The meter is disputed")

    page = owner.get(f"payments/{encode('pay', attempt.id)}").content.decode()

    assert "The meter is disputed" in page


def test_a_link_to_the_balance_is_mailed_once_and_taken_back(
    owner, business, customer, issued, post, tmp_path
):
    issued(), issued(line("50"))
    path = f"customers/{encode('cus', customer)}"
    page = owner.get(path).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]

    for _ in range(2):
        owner.post(f"{path}/balance", {"form_key": key})
    with reading(business):
        [mail] = messages.messages_about(business, "customer", [customer])
    deliver_messages.deliver(business, mail.id, at=clock.now())

    [sent] = mailbox(tmp_path / "mail")
    assert "€150.00" in text_of(sent)
    [address] = [word for word in text_of(sent).split() if "/b/" in word]
    token = address.rpartition("/")[2]
    link = identity.guest_link(token)
    assert (link.invoice_id, link.customer_id, link.sent_to) == (
        None, customer, "alice@example.com",
    )  # fmt: skip
    assert "alice@example.com" in owner.get(path).content.decode()
    revoke = f"{path}/links/{encode('lnk', link.id)}/revoke"
    assert owner.post(revoke).status_code == 302
    assert identity.guest_link(token).revoked_at is not None
    assert owner.post(revoke).status_code == 404


def test_nothing_due_sends_nothing(owner, business, customer):
    path = f"customers/{encode('cus', customer)}"

    owner.post(f"{path}/balance", {"form_key": "one"})

    assert "Nothing was sent" in owner.get(path).content.decode()
    with reading(business):
        assert messages.messages_about(business, "customer", [customer]) == []
