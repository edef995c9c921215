"""Second factors: asked for always, good once, sealed, changed only by who proved it anew."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection

from surfaces.entrance.conftest import PASSWORD
from surfaces.entrance.test_passkeys import Key

BEHIND = ["", "security/", "security/app/", "security/codes/", "security/passkeys/add/",
          "security/password/", "security/address/", "security/number/",
          "security/codes/file/"]  # fmt: skip


def test_after_the_password_nothing_opens_yet(door, email, user, app, root):
    shown = app(user)
    at = door()
    assert at.sign_in(email)["Location"] == f"{root}sign-in/second/"
    for path in BEHIND:
        answer = at.get(path)
        assert (path, answer.status_code) == (path, 302)
        assert at.sign_in_path in answer["Location"]
    assert at.post("sign-in/second/", {"code": "000000"}).status_code == 200
    assert not at.is_inside
    at.post("sign-in/second/", {"code": shown(0)})
    assert at.is_inside


def test_after_a_mailed_code_it_is_asked_for_as_well(door, email, user, app, code):
    app(user)
    at = door()
    at.post("sign-in/code/", {"email": email})
    assert at.post("sign-in/code/confirm/", {"code": code()})["Location"].endswith("second/")
    assert not at.is_inside


def test_a_code_of_the_app_is_good_once(door, email, user, app):
    now = app(user)
    shown = {step: now(step) for step in (0, 1, 5)}
    for step, opens in ((0, True), (0, False), (1, True), (5, False)):
        at = door()
        at.sign_in(email)
        at.post("sign-in/second/", {"code": shown[step]})
        assert (step, at.is_inside) == (step, opens)


def test_a_recovery_code_is_good_once(door, email, user, app):
    app(user)
    [one, *_] = RecoveryCodes.activate(user).get_unused_codes()
    for opens in (True, False):
        at = door()
        at.sign_in(email)
        at.post("sign-in/second/", {"code": one})
        assert at.is_inside is opens


def give_passkey(user):
    data = {"name": "A phone", "credential": Key().made("AAAA")}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def second_step(door, email, path="sign-in/second/"):
    at = door()
    at.sign_in(email)
    return at.get(path).content.decode()


def test_the_page_names_only_what_the_person_has(door, email, user, app):
    RecoveryCodes.activate(user)
    give_passkey(user)
    codes_alone = second_step(door, email)
    assert "authenticator app" not in codes_alone
    assert "One of your recovery codes." in codes_alone

    app(user)
    assert "From your authenticator app, or one of your recovery codes." in second_step(door, email)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    app_alone = second_step(door, email)
    assert "From your authenticator app." in app_alone
    assert "recovery code" not in app_alone


def test_who_has_a_passkey_alone_is_asked_for_no_code(door, email, user):
    give_passkey(user)
    assert 'name="code"' not in second_step(door, email)


def test_who_guesses_waits(door, email, user, app):
    shown = app(user)
    at = door()
    at.sign_in(email)
    for _ in range(5):
        at.post("sign-in/second/", {"code": "000000"})
    refused = at.post("sign-in/second/", {"code": shown(0)})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert not at.is_inside


def test_secrets_are_sealed_at_rest(door, email, user, app):
    app(user)
    RecoveryCodes.activate(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator ORDER BY type")
        seed, secret = (json.loads(row[0]) for row in cursor.fetchall())
    assert seed["seed"].startswith("v1.")
    assert secret["secret"].startswith("v1.")


def test_setting_up_an_app_and_turning_it_off(door, email, user, mails):
    from allauth.mfa.totp.internal import auth

    at = door()
    at.sign_in(email)
    page = at.get("security/app/").content.decode()
    secret = re.search(r'<code class="secret" dir="ltr">(\w+)<', page)[1]
    import time

    now = int(time.time()) // 30
    right = auth.format_hotp_value(auth.hotp_value(secret, now))
    assert at.post("security/app/", {"code": "000000"}).status_code == 200
    done = at.go_on(at.post("security/app/", {"code": right}))
    codes = re.findall(r"<code>(\d{8})</code>", done.content.decode())
    assert len(codes) == 10
    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    file = at.get("security/codes/file/")
    assert file.content.decode().split() == codes
    assert at.go_on(at.post("security/codes/new/")).status_code == 200

    assert at.get("security/app/off/").status_code == 200
    at.post("security/app/off/")
    assert not Authenticator.objects.exists()
    told = [one["Subject"].partition(":")[0] for one in mails()]
    assert told[:2] == ["An authenticator app was added", "New recovery codes were made"]
    assert told[-1] == "The authenticator app was removed"


@pytest.mark.parametrize("path", BEHIND[2:])
def test_changes_of_factors_ask_again_after_a_while(door, email, path):
    at = door()
    at.sign_in(email)
    assert at.get(path).status_code in (200, 404)
    grow_old(at)
    assert at.get(path)["Location"] == f"{at.root}security/confirm/"
    assert at.post(path)["Location"] == f"{at.root}security/confirm/"


def grow_old(at, *, by=timedelta(minutes=16)):
    """The proofs of this browser's session are so old now."""

    from counterfoil.domain.identity.sessions import SessionStore

    name = "staff" if at.root != "/" else "session"
    store = SessionStore(at.client.cookies[name].value)
    records = store["account_authentication_methods"]
    for one in records:
        one["at"] -= by.total_seconds()
    store["account_authentication_methods"] = records
    store.save()


def test_who_has_a_factor_shows_that_and_not_the_password(door, email, user, app):
    shown = app(user)
    at = door()
    at.sign_in(email)
    at.post("sign-in/second/", {"code": shown(0)})
    grow_old(at)
    at.get("security/app/off/")
    page = at.get("security/confirm/").content.decode()
    assert 'value="password"' not in page
    assert 'value="mail"' not in page
    for by, proof in (
        ("password", {"password": PASSWORD}),
        ("mail", {}),
        ("mailed", {"code": "1"}),
    ):
        assert at.post("security/confirm/", {"by": by, **proof}).status_code == 422
    done = at.post("security/confirm/", {"by": "code", "code": shown(1)})
    assert done["Location"] == f"{at.root}security/app/off/"
    assert at.get("security/app/off/").status_code == 200
