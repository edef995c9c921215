"""The seals go by mail to those who may read the trail: once a day, and when somebody asks."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from counterfoil.domain.audit import operations, queries
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.auditing import seal_trail, send_seals
from counterfoil.flows.letters import send_staff
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from factories.businesses import AT
from factories.staff import hire

DAY = timedelta(days=1)


@pytest.fixture
def outbox(monkeypatch):
    """The mails that were handed over; an address of `broken` is not reached."""
    box = SimpleNamespace(mails=[], broken=set())

    def send(mail):
        if mail.recipient in box.broken:
            raise ConnectionError
        box.mails.append(mail)

    monkeypatch.setattr(send_staff.mail, "send", send)
    return box


def seal(business, at=AT):
    operations.note(business, NoteKind.SIGNED_IN, subject="user:1", at=at)
    return seal_trail.seal(business, at=at)[-1]


def test_the_seals_of_the_day_go_to_those_who_may_read_the_trail(business, outbox):
    owner, _ = hire(business, Role.OWNER), hire(business, Role.FINANCE)
    first, second = seal(business), seal(business)
    assert send_seals.send_daily(business, at=AT) == 1
    [mail] = outbox.mails
    assert mail.recipient == owner
    assert f"--mark {second.mark}\n" in mail.text
    assert f"\n{first.mark}\n" in mail.text
    assert second.mark in mail.html
    assert mail.subject == "Seal 2 of Harrow Water"


def test_once_for_each_seal_and_only_what_is_new(business, outbox):
    hire(business, Role.OWNER)
    first = seal(business)
    assert [send_seals.send_daily(business, at=AT) for _ in range(2)] == [1, 0]
    later = seal(business, AT + DAY)  # the note that it was sent is below it
    assert send_seals.send_daily(business, at=AT + DAY) == 1
    assert first.mark not in outbox.mails[1].text
    assert later.mark in outbox.mails[1].text


def test_whoever_asks_gets_the_last_one_again(business, outbox):
    hire(business, Role.OWNER)
    last = seal(business)
    send_seals.send_daily(business, at=AT)
    assert send_seals.send(business, at=AT) == 1
    assert last.mark in outbox.mails[1].text


def test_it_is_noted_in_the_trail(business, outbox):
    hire(business, Role.OWNER)
    last = seal(business)
    send_seals.send_daily(business, at=AT)
    with reading(business):
        [note] = queries.notes(business, kinds=[NoteKind.SEALS_SENT])
    assert (note.subject, note.facts) == ("seals:1", {"seal": last.mark})


def test_a_business_in_which_nothing_happens_gets_no_mail(business, outbox):
    """That a mail went is noted, and the note is sealed: no news, and no mail of its own."""
    hire(business, Role.OWNER)
    seal(business)
    assert send_seals.send_daily(business, at=AT) == 1
    for day in range(1, 4):
        seal_trail.seal(business, at=AT + day * DAY)
        assert send_seals.send_daily(business, at=AT + day * DAY) == 0
    last = seal(business, AT + 4 * DAY)
    assert send_seals.send_daily(business, at=AT + 4 * DAY) == 1
    assert last.mark in outbox.mails[-1].text
    assert last.number == 3
    assert len(outbox.mails) == 2


def test_whoever_was_not_reached_has_it_the_next_day_and_nobody_else(business, outbox):
    good, bad = hire(business, Role.OWNER), hire(business, Role.OWNER, email="late@example.com")
    outbox.broken = {bad}
    seal(business)
    assert send_seals.send_daily(business, at=AT) == 1
    [last] = seal_trail.seal(business, at=AT + DAY)
    assert send_seals.send_daily(business, at=AT + DAY) == 0
    outbox.broken = set()
    assert send_seals.send_daily(business, at=AT + 2 * DAY) == 1
    assert [one.recipient for one in outbox.mails] == [good, bad]
    assert last.mark in outbox.mails[-1].text
    seal_trail.seal(business, at=AT + 3 * DAY)
    assert send_seals.send_daily(business, at=AT + 3 * DAY) == 0


def test_the_note_says_who_was_not_reached(business, outbox):
    hire(business, Role.OWNER)
    outbox.broken = {hire(business, Role.OWNER, email="late@example.com")}
    last = seal(business)
    send_seals.send_daily(business, at=AT)
    with reading(business):
        [note] = queries.notes(business, kinds=[NoteKind.SEALS_SENT])
        [late] = [one for one in identity.members(business) if one.email in outbox.broken]
    assert note.facts == {"seal": last.mark, "missed": str(late.user_id)}


def test_one_who_is_not_reached_holds_up_nobody_and_nobody_reached_is_tried_again(business, outbox):
    outbox.broken = {hire(business, Role.OWNER)}
    seal(business)
    assert send_seals.send_daily(business, at=AT) == 0
    outbox.broken = set()
    assert send_seals.send_daily(business, at=AT + DAY) == 1


def test_a_business_may_do_without(business, outbox):
    hire(business, Role.OWNER)
    seal(business)
    businesses.change(business, {"mails_seals": False})
    assert send_seals.send_daily(business, at=AT) == 0
    assert outbox.mails == []


def test_without_a_seal_there_is_nothing_to_send(business, outbox):
    assert send_seals.send_daily(business, at=AT) == 0
    with pytest.raises(NotFound):
        send_seals.send(business, at=AT)
