"""Once per cause, one sender at a time, and every try on record."""

from datetime import timedelta

import pytest

from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications import queries
from counterfoil.domain.notifications.operations import GIVE_UP_AFTER, MAY_HAVE_ARRIVED, NotFailed
from counterfoil.domain.notifications.rows import Claimed, NewMessage, Rendered
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.customers import add_customer
from races.racing import race

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def new(customer, recipient="alice@example.com", cause="invoice-issued:1", about=None):
    message_id = new_id()
    return NewMessage(
        id=message_id,
        cause=cause,
        template="invoice_issued",
        about_kind="invoice",
        about_id=about or message_id,
        customer_id=customer,
        recipient=recipient,
        locale="en",
        rendered=Rendered("Subject", "text", "<p>html</p>"),
        message_ref=f"{message_id.hex}@harrow.example",
        asks_for_money=True,
    )


@pytest.fixture
def written(business, customer):
    return messages.write_once(business, [new(customer)], at=AT)[0]


def state(business, message_id):
    with reading(business):
        row = queries.message(business, message_id)
    return row.state, row.tries, row.problem


def history(business, message_id):
    with reading(business):
        return execute(
            """
            SELECT from_state || ' > ' || to_state FROM infra_transition
            WHERE business_id = %(b)s::uuid AND object_id = %(id)s::uuid ORDER BY seq
            """,
            {"b": business, "id": message_id},
        )


def test_one_message_for_a_cause_and_an_address(business, customer):
    first = messages.write_once(business, [new(customer), new(customer, "bob@x.example")], at=AT)
    again = messages.write_once(
        business, [new(customer, "ALICE@Example.com"), new(customer, "carol@x.example")], at=AT
    )
    other = messages.write_once(business, [new(customer, cause="invoice-issued:2")], at=AT)

    assert [len(first), len(again), len(other)] == [2, 1, 1]
    with reading(business):
        [row] = [queries.message(business, one) for one in again]
    assert row.recipient == "carol@x.example"


def test_two_at_once_write_one(business, customer):
    def write():
        return len(messages.write_once(business, [new(customer)], at=AT))

    assert sorted(race(write, write)) == [0, 1]


def test_another_business_has_causes_of_its_own(business, customer, other_business):
    stranger = add_customer(other_business, "Mallory")
    [mine] = messages.write_once(business, [new(customer)], at=AT)
    [theirs] = messages.write_once(other_business, [new(stranger)], at=AT)

    with reading(other_business), pytest.raises(NotFound):
        queries.message(other_business, mine)
    with pytest.raises(NotFound):
        messages.claim(business, theirs, at=AT)
    assert state(other_business, theirs) == ("queued", 0, "")


def test_the_usual_way(business, written):
    assert messages.claim(business, written, at=AT) == Claimed(written, is_resent=False)
    messages.mark_sent(business, written, at=AT)

    assert state(business, written) == ("sent", 1, "")
    assert history(business, written) == [
        (" > queued",), ("queued > sending",), ("sending > sent",)
    ]  # fmt: skip
    assert messages.claim(business, written, at=AT + MINUTE) is None


def test_nobody_else_sends_what_is_being_sent(business, written):
    messages.claim(business, written, at=AT)

    assert messages.claim(business, written, at=AT + 2 * MINUTE - SECOND) is None
    assert state(business, written) == ("sending", 1, "")


def test_a_dead_try_is_taken_over_once_and_marked(business, written):
    messages.claim(business, written, at=AT)
    taken_over = messages.claim(business, written, at=AT + 2 * MINUTE)
    third = messages.claim(business, written, at=AT + 4 * MINUTE)

    assert taken_over == Claimed(written, is_resent=True)
    assert third is None
    assert state(business, written) == ("failed", 2, MAY_HAVE_ARRIVED)


def test_after_a_dead_try_every_copy_is_marked(business, written):
    messages.claim(business, written, at=AT)
    messages.claim(business, written, at=AT + 2 * MINUTE)
    messages.put_back(business, written, problem="server down", at=AT + 2 * MINUTE)

    claimed = messages.claim(business, written, at=AT + 3 * MINUTE)
    assert claimed == Claimed(written, is_resent=True)


def test_the_slow_one_marks_it_though_another_took_over(business, written):
    messages.claim(business, written, at=AT)
    messages.claim(business, written, at=AT + 2 * MINUTE)
    messages.mark_sent(business, written, at=AT + 3 * MINUTE)
    messages.mark_sent(business, written, at=AT + 4 * MINUTE)
    messages.mark_failed(business, written, problem="late", at=AT + 4 * MINUTE)

    assert state(business, written) == ("sent", 2, "")


def test_put_back_waits_with_its_reason_until_it_is_given_up(business, written):
    messages.claim(business, written, at=AT)
    first = messages.put_back(business, written, problem="server down", at=AT)
    shown = state(business, written)
    messages.claim(business, written, at=AT + GIVE_UP_AFTER)
    last = messages.put_back(business, written, problem="still down", at=AT + GIVE_UP_AFTER)

    assert (first, shown) == ("queued", ("queued", 1, "server down"))
    assert (last, state(business, written)) == ("failed", ("failed", 2, "still down"))


def test_a_failed_one_can_be_asked_for_again_and_no_other(business, written):
    for refused_in in ("queued", "sending"):
        assert state(business, written)[0] == refused_in
        with pytest.raises(NotFailed):
            messages.requeue(business, written, at=AT, by=SYSTEM)
        if refused_in == "queued":
            messages.claim(business, written, at=AT)
    messages.mark_failed(business, written, problem="550 no such person", at=AT)
    messages.requeue(business, written, at=AT, by=SYSTEM)

    assert state(business, written) == ("queued", 1, "")


def test_what_is_written_rolls_back_with_its_transaction(business, customer):
    def work():
        messages.write_once(business, [new(customer)], at=AT)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(business, work)
    assert len(messages.write_once(business, [new(customer)], at=AT)) == 1


def test_lists_for_pages(business, customer):
    about = new_id()
    ids = messages.write_once(
        business,
        [new(customer, f"{name}@x.example", about=about) for name in ("a", "b", "c", "d")],
        at=AT,
    )
    by_name = {row.recipient[0]: row.id for row in listed(business, about)}
    for name in ("a", "b", "c"):
        messages.claim(business, by_name[name], at=AT)
    messages.mark_sent(business, by_name["a"], at=AT)
    messages.mark_failed(business, by_name["b"], problem="550 no", at=AT)
    messages.put_back(business, by_name["c"], problem="451 later", at=AT)

    with reading(business):
        trouble = queries.undelivered(business)
        count = queries.undelivered_count(business)
        older = queries.undelivered(business, before=trouble[0].id)
    assert len(ids) == 4
    assert {row.recipient[0]: (row.state, row.problem) for row in listed(business, about)} == {
        "a": ("sent", ""),
        "b": ("failed", "550 no"),
        "c": ("queued", "451 later"),
        "d": ("queued", ""),
    }
    assert {row.recipient[0] for row in trouble} == {"b", "c"}
    assert count == 2
    assert older == trouble[1:]


def listed(business, about):
    with reading(business):
        return queries.messages_about(business, "invoice", [about])


def test_stuck_ones_are_found_in_time_and_not_before(business, customer):
    sending, queued, fresh, sent = messages.write_once(
        business, [new(customer, f"{n}@x.example") for n in range(4)], at=AT
    )
    messages.claim(business, sending, at=AT + 3 * MINUTE)
    messages.claim(business, sent, at=AT)
    messages.mark_sent(business, sent, at=AT)
    messages.claim(business, fresh, at=AT + 4 * MINUTE)
    messages.put_back(business, fresh, problem="down", at=AT + 4 * MINUTE)

    def stuck(at):
        with reading(business):
            return set(queries.stuck(business, at=at))

    assert stuck(AT + 5 * MINUTE) == set()
    assert stuck(AT + 5 * MINUTE + SECOND) == {sending, queued}
    assert stuck(AT + 9 * MINUTE + SECOND) == {sending, queued, fresh}
