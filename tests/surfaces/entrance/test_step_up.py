"""Asked again: what was about to be done is done after the proof, with what was typed. And a form
whose session had ended comes back to the person who typed it, and to nobody else."""

import re

import pytest

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.models import Session
from counterfoil.surfaces.ui import step_up
from surfaces.entrance.conftest import PASSWORD
from surfaces.entrance.test_factors import grow_old

ASKED = re.compile(r'name="asked" value="([0-9a-f]+)"')
NEW = {"oldpassword": PASSWORD, "password1": "quite another one", "password2": "quite another one"}


@pytest.fixture
def stale(door, email):
    """Signed in, a while ago."""
    at = door()
    at.sign_in(email)
    grow_old(at)
    return at


def prove(at, **other):
    """Proves it on the page that asks, as a browser sends it."""
    asked = ASKED.search(at.get("security/confirm/").content.decode())
    form = {"by": "password", "password": PASSWORD, "asked": asked[1] if asked else ""}
    return at.post("security/confirm/", form | other)


def test_a_password_is_enough_for_who_has_no_factor(stale, user):
    assert stale.get("security/address/")["Location"].endswith("security/confirm/")
    wrong = stale.post("security/confirm/", {"by": "password", "password": "wrong"})
    assert wrong.status_code == 422
    assert "Incorrect password." in wrong.content.decode()
    right = stale.post("security/confirm/", {"by": "password", "password": PASSWORD})
    assert right["Location"] == f"{stale.root}security/address/"
    assert stale.get("security/address/").status_code == 200


def test_a_mailed_code_does_it_too_three_tries_each(stale, code, mails):
    stale.get("security/address/")
    stale.post("security/confirm/", {"by": "mail"})
    first = code()
    for _ in range(3):
        assert stale.post("security/confirm/", {"by": "mailed", "code": "WRONG"}).status_code == 422
    assert stale.post("security/confirm/", {"by": "mailed", "code": first}).status_code == 422
    stale.post("security/confirm/", {"by": "mail"})
    right = stale.post("security/confirm/", {"by": "mailed", "code": code().lower()})
    assert right["Location"] == f"{stale.root}security/address/"
    assert len(mails()) == 2


@pytest.mark.parametrize("by", ["", "nothing", "__class__", "passkey"])
def test_a_way_that_there_is_not_is_no_proof(stale, by):
    assert stale.post("security/confirm/", {"by": by}).status_code == 422


def test_codes_are_not_mailed_without_end(stale, mails):
    stale.get("security/address/")
    sent = [stale.post("security/confirm/", {"by": "mail"}).status_code for _ in range(7)]
    assert sent == [200] * 5 + [429] * 2
    assert len(mails()) == 5


def test_the_form_that_waited_is_carried_out_after_the_proof(stale, user):
    """A new address was typed just when the proof grew too old."""
    sent = stale.post("security/address/", {"email": "new@example.com"})
    assert sent["Location"].endswith("security/confirm/")
    assert "new@example.com" not in Session.objects.get(user=user).session_data  # sealed
    done = prove(stale)
    assert done["Location"] == f"{stale.root}security/address/"
    assert "new@example.com" in stale.get("security/address/").content.decode()


def test_another_tab_s_form_is_not_carried_out(stale, user):
    """The page spoke of one thing, and meanwhile another waits."""
    stale.post("security/address/", {"email": "new@example.com"})
    asked = ASKED.search(stale.get("security/confirm/").content.decode())[1]
    stale.post("security/address/", {"email": "second@example.com"})
    done = prove(stale, asked=asked)
    assert done.status_code == 302
    assert "second@example.com" not in stale.get("security/address/").content.decode()


def test_what_waited_too_long_is_not_carried_out(stale, monkeypatch):
    stale.post("security/address/", {"email": "new@example.com"})
    monkeypatch.setattr(step_up, "LIFE_SECONDS", -1)
    assert prove(stale).status_code == 302
    assert "new@example.com" not in stale.get("security/address/").content.decode()


def test_secrets_are_not_kept_meanwhile(stale, user):
    stale.post("security/password/", NEW)
    done = prove(stale)
    assert done["Location"] == f"{stale.root}security/password/"  # to be typed again
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_another_address_is_proved_and_the_old_one_told(door, email, user, mails, code, root):
    at = door()
    at.sign_in(email)
    assert at.post("security/address/", {"email": "x"}).status_code == 422
    at.post("security/address/", {"email": "New@Example.com"})
    assert mails()[-1]["To"] == "new@example.com"
    assert at.post("security/address/", {"code": "WRONG"}).status_code == 422
    user.refresh_from_db()
    assert user.email == email
    at.post("security/address/", {"code": code()})
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert {one["To"] for one in mails()[-2:]} == {email, "new@example.com"}
    assert at.is_inside
    again = door()
    again.sign_in("new@example.com")
    assert again.is_inside
    assert door().sign_in(email).status_code == 200


def test_an_address_that_somebody_has_is_told_only_to_who_proves_it(door, email, user, code, mails):
    identity.make_user("taken@example.com", name="Taken", password=PASSWORD)
    at = door()
    at.sign_in(email)
    assert at.post("security/address/", {"email": "taken@example.com"}).status_code == 302
    refused = at.post("security/address/", {"code": code()})
    assert refused.status_code == 422
    assert "already has a sign-in" in refused.content.decode()
    user.refresh_from_db()
    assert user.email == email


def test_a_new_password_signs_all_others_out(door, email, user, mails):
    here, there = door(), door()
    for one in (here, there):
        one.sign_in(email)
    assert here.post("security/password/", NEW)["Location"] == f"{here.root}security/"
    assert here.is_inside
    assert not there.is_inside
    assert mails()[-1]["Subject"].startswith("Your password was changed")


# What was typed when the session ended (J24).


@pytest.fixture
def typing(door, email, root):
    """Somebody has opened a form, and their session has ended since."""
    at = door()
    at.sign_in(email)
    path = "settings/paying" if root != "/" else "profile/"
    assert at.get(path).status_code == 200
    Session.objects.all().delete()
    page = f"https://{at.host}{root}{path}"
    sent = at.post(
        path,
        {"name": "Alice <Archer>", "part_floor": "7", "password": "x"},
        headers={"referer": page},
    )
    assert sent.status_code == 302
    assert at.sign_in_path in sent["Location"]
    return at, path


def fields(response):
    kept = response.content.decode().partition("data-kept-path")[2].partition("</section>")[0]
    found = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', kept))
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_it_is_given_back_after_signing_in(typing, email, root):
    at, path = typing
    assert at.sign_in(email, next=f"{root}{path}")["Location"] == f"{root}{path}"
    page = at.get(path)
    assert fields(page) == {"name": "Alice &lt;Archer&gt;", "part_floor": "7"}
    assert fields(at.get(path)) == {}  # once


def test_it_lies_sealed_until_then(typing):
    [row] = Session.objects.all()
    assert row.user_id is None
    assert "Archer" not in str(row.get_decoded())


def test_another_person_at_the_same_device_gets_nothing(typing, business, other_customer, root):
    from counterfoil.domain.identity.roles import Role
    from factories.businesses import AT

    at, path = typing
    bob = identity.make_user("bob@example.com", name="Bob", password=PASSWORD)
    identity.make_member(business, bob, Role.OWNER, at=AT)
    at.sign_in("bob@example.com")
    assert fields(at.get(path)) == {}
    at.post("sign-out" if root != "/" else "sign-out/")
    at.sign_in("alice@example.com")
    assert fields(at.get(path)) == {}


def test_a_stranger_s_form_is_not_kept(door, root):
    at = door()
    path = "settings/paying" if root != "/" else "profile/"
    at.post(path, {"name": "x" * 1000})
    assert not Session.objects.exists()
