"""Sessions and devices: listed, ended one by one or together; a new device is told of."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from counterfoil.domain.audit.models import Note
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.models import Device, Session
from counterfoil.domain.identity.sessions import LIFE_MAX, SessionStore
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.mails import text_of
from surfaces.entrance.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1"


def listed(at):
    page = at.get("security/").content.decode()
    return re.findall(r"<strong><bdi>([^<]+)</bdi></strong>", page.partition('id="devices"')[2])


def notes(business):
    """What the trail says, oldest first."""
    with reading(business):
        return list(Note.objects.filter(business_id=business).order_by("at", "id"))


def kinds(business):
    return [str(one.kind) for one in notes(business)]


def test_each_device_is_listed_and_can_be_signed_out(door, email):
    here, there = door(), door()
    here.client.defaults["HTTP_USER_AGENT"] = FIREFOX
    there.client.defaults["HTTP_USER_AGENT"] = PHONE
    for one in (here, there):
        one.sign_in(email)
    assert set(listed(here)) == {"Firefox, Windows", "Safari, iPhone"}
    page = here.get("security/").content.decode()
    [end] = re.findall(rf'action="{here.root}(security/sessions/\w{{24}}/end/)"', page)
    assert "127.0.0.1" in page

    assert here.get(end).status_code == 405
    here.post(end)
    assert here.is_inside
    assert not there.is_inside
    assert listed(here) == ["Firefox, Windows"]
    here.post(end)  # a second click
    assert here.is_inside


SIGNED_OUT = "You were signed out elsewhere, or a long time ago."


def test_who_was_signed_out_elsewhere_reads_so_once(door, email):
    here, there = door(), door()
    for one in (here, there):
        one.sign_in(email)
    assert SIGNED_OUT not in there.get(there.sign_in_path).content.decode()
    here.post("security/sessions/end/")

    led = there.get()
    assert led["Location"].startswith(f"{there.root}{there.sign_in_path}")
    page = there.go_on(led)
    assert SIGNED_OUT in page.content.decode()
    assert SIGNED_OUT not in there.get(there.sign_in_path).content.decode()
    there.sign_in(email)
    assert there.is_inside


def test_who_signs_out_here_or_never_came_in_reads_nothing_of_it(door, email):
    at = door()
    assert SIGNED_OUT not in at.go_on(at.get()).content.decode()
    at.sign_in(email)
    at.post("sign-out" if at.root != "/" else "sign-out/")
    assert SIGNED_OUT not in at.go_on(at.get()).content.decode()


GONE = {
    "/": "DELETE FROM customers_contact WHERE business_id = %(b)s::uuid",
    "/backoffice/": "UPDATE identity_membership SET ended_at = now() "
    "WHERE business_id = %(b)s::uuid",
}


def test_who_was_taken_off_meanwhile_reads_so_on_the_sign_in_page(door, root, email, business):
    at = door()
    at.sign_in(email)
    assert at.is_inside
    run(business, lambda: execute(GONE[root], {"b": business}))

    led = at.get()
    assert led["Location"].startswith(f"{root}{at.sign_in_path}")
    page = at.go_on(led)
    assert page.status_code == 200
    assert "Your access was taken back." in page.content.decode()
    assert 'name="password"' in page.content.decode()
    assert "Your access was taken back." not in at.get(at.sign_in_path).content.decode()
    at.sign_in(email)
    assert not at.is_inside


def test_all_others_at_once(door, email):
    here, others = door(), [door(), door()]
    for one in (here, *others):
        one.sign_in(email)
    here.post("security/sessions/end/")
    assert here.is_inside
    assert not any(one.is_inside for one in others)


def test_nobody_ends_another_s_session(door, email, other_customer, root, business):
    from counterfoil.domain.identity.roles import Role
    from factories.businesses import AT

    bob = identity.make_user("bob@example.com", name="Bob", password=PASSWORD)
    identity.make_member(business, bob, Role.OWNER, at=AT)
    mine, theirs = door(), door()
    mine.sign_in(email)
    theirs.sign_in("bob@example.com")
    from counterfoil.domain.identity.devices import name_of

    key = Session.objects.get(user_id=bob).session_key
    mine.post(f"security/sessions/{name_of(key)}/end/")
    mine.post("security/sessions/end/")
    assert theirs.is_inside
    assert listed(mine) != []


def test_a_new_device_is_told_of_and_a_known_one_is_not(door, email, mails):
    first = door()
    first.sign_in(email)
    first.post("sign-out" if first.root != "/" else "sign-out/")
    first.sign_in(email)
    assert mails() == []  # the first device of all, and the same one again

    other = door(HTTP_USER_AGENT=FIREFOX)
    other.sign_in(email)
    [mail] = mails()
    assert mail["To"] == email
    assert mail["Subject"] == "Sign-in from a new device: Harrow Water"
    assert "Firefox, Windows" in text_of(mail)
    assert "127.0.0.1" in text_of(mail)
    assert Device.objects.count() == 2
    assert Device.objects.filter(proved_at=None).count() == 1


def test_the_notice_tells_the_hour_where_the_business_is(door, email, mails, business):
    """Who signs in just now is nobody yet: the server's own hour would be anybody's."""
    from counterfoil.domain.business import operations as businesses

    businesses.change(business, {"timezone": "Asia/Tokyo"})
    HOSTS.forget()
    before = datetime.now(ZoneInfo("Asia/Tokyo"))
    door().sign_in(email)
    door(HTTP_USER_AGENT=FIREFOX).sign_in(email)

    [mail] = mails()
    [told] = [line for line in text_of(mail).splitlines() if line.startswith("When: ")]
    hours = {f"{at:%H:%M} JST" for at in (before, datetime.now(ZoneInfo("Asia/Tokyo")))}
    assert any(told.endswith(hour) for hour in hours), told


def test_a_mail_that_fails_keeps_nobody_out(door, email, post):
    from counterfoil.kernel.errors import Unavailable

    def down(mail):
        raise Unavailable

    door().sign_in(email)
    post.before = down
    at = door()
    at.sign_in(email)
    assert at.is_inside


def test_a_made_up_device_is_a_new_one(door, email, mails):
    at = door()
    at.sign_in(email)
    name = next(one for one in at.client.cookies if one.endswith("device"))
    other = door()
    other.client.cookies[name] = at.client.cookies[name].value[:-2] + "xx"
    other.sign_in(email)
    assert len(mails()) == 1
    assert at.client.cookies[name]["httponly"]
    assert at.client.cookies[name]["path"] == "/"


def test_it_is_over_after_thirty_days_however_much_it_is_used(door, email, root, monkeypatch):
    at, began = door(), clock.now()
    at.sign_in(email)
    cookie = "session" if root == "/" else "staff"
    for day in range(1, 30, 4):
        monkeypatch.setattr(clock, "now", lambda day=day: began + timedelta(days=day))
        assert at.is_inside, day
        kept = SessionStore(at.client.cookies[cookie].value)
        kept["used"] = day
        kept.save()  # which prolongs it
    monkeypatch.setattr(clock, "now", lambda: began + LIFE_MAX + timedelta(minutes=1))
    assert not at.is_inside
    assert not Session.objects.filter(opened_at__isnull=False, expire_date__gt=clock.now()).exists()


def test_unused_it_is_over_after_fourteen_days(door, email, monkeypatch):
    at, began = door(), clock.now()
    at.sign_in(email)
    for days, is_inside in ((13.9, True), (14.1, False), (400, False)):
        monkeypatch.setattr(clock, "now", lambda days=days: began + timedelta(days=days))
        assert at.is_inside is is_inside, days


def test_the_browser_drops_what_it_kept_when_one_signs_out(door, email):
    at = door()
    came = at.sign_in(email)
    assert "Clear-Site-Data" not in {**came.headers, **at.get().headers}
    left = at.post("sign-out" if at.root != "/" else "sign-out/")
    assert left["Clear-Site-Data"] == '"cache", "storage"'
    assert left.cookies["staff" if at.root != "/" else "session"]["max-age"] == 0


def test_its_cookie_is_read_by_no_script_and_sent_along_by_no_other_site(door, email, root):
    came = door().sign_in(email)
    cookie = came.cookies["session" if root == "/" else "staff"]
    told = cookie["httponly"], cookie["samesite"], cookie["domain"], cookie["path"]
    assert told == (True, "Lax", "", root)


def test_the_trail_knows_who_came_and_who_did_not(door, email, app, user, business):
    door().sign_in(email, "wrong")
    door().sign_in("nobody@example.com", "wrong")
    at = door()
    at.sign_in(email)
    at.post("sign-out" if at.root != "/" else "sign-out/")
    assert kinds(business) == ["sign_in_failed", "sign_in_failed", "signed_in", "signed_out"]
    failed, _unknown, came, _left = notes(business)
    assert came.subject == f"user:{get_user_model().objects.get(email=email).pk}"
    assert email not in failed.subject
    assert came.origin == "127.0.0.1"
    app(user)
    late = door()
    late.sign_in(email)
    late.post("sign-in/second/", {"code": "000000"})
    assert kinds(business)[4:] == ["factor_failed"]
