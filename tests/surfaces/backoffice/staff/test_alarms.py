"""Alarms stand on the work list until somebody has looked."""

import re
from datetime import timedelta
from typing import Any

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.flows.auditing.watch_pages import NO_ANSWER
from counterfoil.infra.db import reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT


def sound(business: Any, kind: AlarmKind, subject: str, detail: str = "") -> bool:
    return run(business, lambda: alarms.sound(business, kind, subject, detail=detail, at=AT))


def open_ones(business: Any) -> list[str]:
    with reading(business):
        return [one.kind for one in alarms.alarms(business, limit=500)]


def test_every_kind_has_words_and_goes_when_somebody_looked(owner: Any, business: Any) -> None:
    for kind in set(AlarmKind) - {AlarmKind.LINK_LOCKED}:
        assert sound(business, kind, "script-src <b>evil</b>", "guest_invoice")
    assert not sound(business, AlarmKind.PAGE, "script-src <b>evil</b>")
    page = owner.get("").content.decode()
    assert "trying cards on your pay page" in page
    assert "Seen 2 times." in page
    assert "The pay page was changed: script-src" in page
    assert "Planned payments wait for whoever runs the server" in page
    assert "A proof of your books failed" in page
    assert "&lt;b&gt;evil" in page
    assert "<b>evil" not in page
    posts = re.findall(r'action="/backoffice/(alarms/[^"]+)"', page)
    assert len(posts) == 6
    for post in posts:
        assert owner.post(post).status_code == 302
    assert open_ones(business) == []
    assert owner.post(posts[0]).status_code == 404


def test_a_page_that_does_not_answer_is_told_apart(owner: Any, business: Any) -> None:
    sound(business, AlarmKind.WATCH, NO_ANSWER, "pay.harrow.example")
    page = owner.get("").content.decode()
    assert "The pay page did not answer" in page
    assert "pay.harrow.example" in page


def test_a_link_is_opened_again_from_the_work_list(owner: Any, business: Any, issued: Any) -> None:
    invoice = issued()
    token = identity.make_guest_link(
        business, invoice.id, invoice.customer_id, sent_to="", at=AT, life=timedelta(days=9)
    )
    link = queries.guest_link(token)
    assert link is not None
    run(business, lambda: identity.lock_paying(business, link.id, at=AT))
    sound(business, AlarmKind.LINK_LOCKED, str(link.id))
    page = owner.get("").content.decode()
    assert "Let people pay by it again" in page
    (post,) = re.findall(r'action="/backoffice/(alarms/[^"]+)"', page)
    owner.post(post)
    again = queries.guest_link(token)
    assert again is not None
    assert again.pay_locked_at is None


def test_a_locked_link_has_a_button_where_links_are_though_no_alarm_tells_of_it(
    desk: Any, business: Any, issued: Any
) -> None:
    owner, reader, invoice = desk(), desk(Role.READONLY), issued()
    token = identity.make_guest_link(
        business, invoice.id, invoice.customer_id, sent_to="", at=clock.now()
    )
    link = queries.guest_link(token)
    assert link is not None
    run(business, lambda: identity.lock_paying(business, link.id, at=AT))
    path = f"customers/{encode('cus', invoice.customer_id)}/links"
    page = owner.get(path).content.decode()
    (post,) = re.findall(r'action="/backoffice/([^"]+/unlock)"', page)
    assert "/unlock" not in reader.get(path).content.decode()
    assert reader.post(post).status_code == 403
    elsewhere = post.replace(encode("cus", invoice.customer_id), encode("cus", new_id()))
    assert owner.post(elsewhere).status_code == 404
    assert owner.post(post).status_code == 302
    again = queries.guest_link(token)
    assert again is not None
    assert again.pay_locked_at is None
    assert owner.post(post).status_code == 404
    assert "/unlock" not in owner.get(path).content.decode()


def test_who_only_reads_can_not_switch_an_alarm_off(desk: Any, business: Any) -> None:
    sound(business, AlarmKind.CARD_TESTING, "pay page")
    reader = desk(Role.READONLY)
    (post,) = re.findall(
        r'action="/backoffice/(alarms/[^"]+)"', reader.get("").content.decode()
    ) or [None]
    with reading(business):
        (row,) = alarms.alarms(business, limit=9)
    assert reader.post(post or f"alarms/{row.id}/looked-at").status_code == 403
    assert open_ones(business) == ["card_testing"]


def test_no_more_than_so_many_are_kept(business: Any) -> None:
    for number in range(alarms.OPEN_MAX + 5):
        sound(business, AlarmKind.PAGE, f"script-src https://{number}.example")
    assert len(open_ones(business)) == alarms.OPEN_MAX
    assert sound(business, AlarmKind.CARD_TESTING, "pay page")
