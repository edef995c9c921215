"""What mails said, what gateways sent, what the API answered and from which accounts people paid
is sealed where it lies."""

from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import override_settings

from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications import queries
from counterfoil.domain.notifications.rows import NewMessage, Rendered
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.queries import inbox_event
from counterfoil.domain.reconciliation import queries as bank
from counterfoil.flows.banking import import_statement
from counterfoil.infra import idempotency
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.secrets.box import (
    SealBroken,
    mark_of_sealed,
    open_long,
    resealed,
    seal_long,
)
from counterfoil.infra.secrets.keys import keys_of
from counterfoil.infra.secrets.rotation import counted, rotate
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import new_id
from factories.bank_files import PAYER_IBAN, Booking, add_account, statement
from factories.businesses import AT

SAID = "Zenobia owes €120.00 " * 40
OLD, NEW = "k2025:" + "o" * 40, "k2026:" + "n" * 40
PLACES = (
    "infra_idempotentrequest.answer",
    "infra_idempotentrequest.fingerprint",
    "notifications_message.html",
    "notifications_message.text",
    "payments_gatewayevent.body",
    "reconciliation_bankline.counterparty_account",
)
ALL_SAID = [SAID, f"<p>{SAID}", SAID, SAID, PAYER_IBAN]
ASKED = idempotency.Asked("key:one", "first", "f" * 64)


def mail(business, customer) -> UUID:
    new = NewMessage(
        id=new_id(), cause=f"test:{new_id()}", template="receipt", about_kind="invoice",
        about_id=new_id(), customer_id=customer, recipient="z@example.com", locale="en",
        rendered=Rendered("Receipt", SAID, f"<p>{SAID}"), message_ref="<1@harrow.example>",
        asks_for_money=False,
    )  # fmt: skip
    messages.write_once(business, [new], at=AT)
    return new.id


def event(business) -> UUID:
    [(account,)] = run(
        business,
        lambda: execute(
            "SELECT g.id FROM payments_gatewayaccount g WHERE g.business_id = %(b)s::uuid LIMIT 1",
            {"b": business},
        ),
    )
    kept = payments.keep_event(business, account, ref="evt_1", kind="charge", body=SAID, at=AT)
    assert kept is not None
    return kept


def answer(business) -> None:
    begun = idempotency.begin(business, ASKED, at=AT)
    idempotency.finish(business, begun, status=201, answer=SAID)


def transfer(business) -> None:
    add_account(business)
    plan = import_statement.preview(business, statement(Booking("1.00")))
    import_statement.apply(business, plan, at=AT, by=SYSTEM)


def lying(business) -> str:
    """Everything of these tables as it lies there."""
    tables = sorted({place.partition(".")[0] for place in PLACES})
    with reading(business):
        rows = [
            execute(f"SELECT t::text FROM {table} t WHERE business_id = %(b)s::uuid",
                    {"b": business})
            for table in tables
        ]  # fmt: skip
    return "\n".join(text for table in rows for (text,) in table)


def read(business, mail_id, event_id) -> list[str]:
    with reading(business):
        letter = queries.message(business, mail_id)
        waiting = inbox_event(business, event_id)
        [line] = bank.lines(business)
    again = idempotency.begin(business, ASKED, at=AT)
    return [letter.text, letter.html, waiting.body, again.answer, line.counterparty_account]


def test_nobody_reads_it_there_and_who_may_reads_it_as_ever(business, customer, gateway):
    mail_id, event_id = mail(business, customer), event(business)
    answer(business)
    transfer(business)

    assert "Zenobia" not in lying(business)
    assert PAYER_IBAN not in lying(business)
    assert len(lying(business)) < 4 * len(SAID)  # long ones were packed before they were sealed
    assert read(business, mail_id, event_id) == ALL_SAID


@pytest.mark.parametrize("place", PLACES)
def test_the_database_takes_nothing_that_is_not_sealed(business, customer, gateway, place):
    mail(business, customer), event(business), answer(business), transfer(business)
    table, _, column = place.partition(".")
    plain = f"UPDATE {table} SET {column} = 'plain' WHERE business_id = %(b)s::uuid"
    with pytest.raises(IntegrityError, match="sealed"):
        run(business, lambda: execute(plain, {"b": business}))


def test_a_text_that_was_moved_to_another_row_is_refused(business, customer, gateway):
    first, second = mail(business, customer), mail(business, customer)
    swap = """
        UPDATE notifications_message SET text = (
          SELECT m.text FROM notifications_message m
          WHERE m.business_id = %(b)s::uuid AND m.id = %(first)s::uuid)
        WHERE business_id = %(b)s::uuid AND id = %(second)s::uuid"""
    run(business, lambda: execute(swap, {"b": business, "first": first, "second": second}))
    with reading(business), pytest.raises(SealBroken):
        queries.message(business, second)
    with reading(business):
        assert queries.message(business, first).text == SAID


def test_it_comes_under_the_newest_key_like_every_secret(business, customer, gateway):
    with override_settings():
        settings.SEALING_KEYS = keys_of(OLD, [settings.SECRET_KEY])
        mail_id, event_id = mail(business, customer), event(business)
        answer(business)
        transfer(business)
        running = idempotency.Asked("key:one", "second", "f" * 64)
        idempotency.note_made(business, idempotency.begin(business, running, at=AT), new_id())
        settings.SEALING_KEYS = keys_of(f"{NEW},{OLD}", [settings.SECRET_KEY])
        before = counted([business], with_global=False)
        two_of_the_second = [1, 2, 1, 1, 1, 1]
        assert [before[place]["k2025"] for place in PLACES] == two_of_the_second
        done = {one.place: one for one in rotate([business], with_global=False)}
        assert [done[place].resealed for place in PLACES] == two_of_the_second
        assert [done[place].broken for place in PLACES] == [0] * 6
        settings.SEALING_KEYS = keys_of(NEW, [settings.SECRET_KEY])
        assert read(business, mail_id, event_id) == ALL_SAID


def test_money_waits_for_no_key_of_what_was_set_aside(business, customer, gateway):
    with override_settings(SEALING_KEYS=keys_of("lost:" + "x" * 40, [])):
        aside = event(business)
    remark = "unplaced: a refund of a charge that no attempt of ours"
    payments.mark_event(business, aside, remark=remark, at=AT)
    with reading(business):
        [(account,)] = execute(
            "SELECT e.gateway_account_id FROM payments_gatewayevent e "
            "WHERE e.business_id = %(b)s::uuid AND e.id = %(id)s::uuid",
            {"b": business, "id": aside},
        )
    assert payments.act_again(business, account, "Zenobia") == []


@pytest.mark.parametrize("text", ["short", SAID])
def test_a_text_under_the_mark_of_another_is_refused(text):
    """Whoever has a box and a mark of the same place can't put them together."""
    one, other = seal_long(text, "a:b:c"), seal_long(text, "a:b:c")
    assert mark_of_sealed(one) != mark_of_sealed(other)  # the same text twice is not seen to be so
    assert open_long(one, "a:b:c") == open_long(resealed(one, "a:b:c"), "a:b:c") == text
    assert mark_of_sealed(resealed(one, "a:b:c")) == mark_of_sealed(one)
    swapped = one.removesuffix(mark_of_sealed(one)) + mark_of_sealed(other)
    for refused in (swapped, one.rpartition(".")[0]):
        with pytest.raises(SealBroken):
            open_long(refused, "a:b:c")
    with pytest.raises(SealBroken):
        resealed(swapped, "a:b:c")
