"""The staff sign-in page: one answer, a limit, a session of one business."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import override_settings

from counterfoil.domain.identity.roles import Role
from counterfoil.surfaces.backoffice.entrance import views
from factories.staff import PASSWORD, hire, sign_in


def _errors(response: Any) -> str:
    body = response.content.decode()
    return body.split('role="alert">')[1].split("</div>")[0].strip()


def test_signing_in_leads_back_to_where_one_was(business: Any, visitor: Any) -> None:
    email = hire(business, Role.FINANCE)
    desk = visitor()
    sent = desk.get("invoices/?status=open")
    assert (
        sent["Location"] == "/backoffice/sign-in?next=%2Fbackoffice%2Finvoices%2F%3Fstatus%3Dopen"
    )
    form = {
        "email": email.upper(),
        "password": PASSWORD,
        "next": "/backoffice/invoices/?status=open",
    }
    assert desk.post("sign-in", form)["Location"] == "/backoffice/invoices/?status=open"
    assert desk.get("invoices/").status_code == 200


def test_a_stranger_s_address_is_never_gone_on_to(business: Any, visitor: Any) -> None:
    email = hire(business, Role.FINANCE)
    for onward in ("https://evil.example/", "//evil.example", "/i/token", "javascript:alert(1)"):
        form = {"email": email, "password": PASSWORD, "next": onward}
        assert visitor().post("sign-in", form)["Location"] == "/backoffice/"


def test_unknown_mail_wrong_password_and_another_s_member_get_one_answer(
    business: Any, other_business: Any, visitor: Any
) -> None:
    known, neighbour = hire(business, Role.OWNER), hire(other_business, Role.OWNER)
    answers = [
        visitor().post("sign-in", {"email": email, "password": password})
        for email, password in (
            ("nobody@example.com", PASSWORD), (known, "wrong"), (neighbour, PASSWORD),
        )
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert len({_errors(answer) for answer in answers}) == 1


def test_after_too_many_tries_even_the_right_password_waits(
    business: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_AN_ADDRESS", 2)
    email = hire(business, Role.OWNER)
    desk = visitor()
    for _ in range(2):
        assert desk.post("sign-in", {"email": email, "password": "wrong"}).status_code == 422
    refused = desk.post("sign-in", {"email": email, "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 900
    assert desk.get("").status_code == 302


def test_a_caller_behind_the_proxy_locks_out_nobody_else(
    business: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_A_CALLER", 2)
    email = hire(business, Role.OWNER)

    def knock(forwarded: str, password: str) -> int:
        form, headers = {"email": email, "password": password}, {"x-forwarded-for": forwarded}
        return int(visitor().post("sign-in", form, headers=headers).status_code)

    with override_settings(TRUSTED_PROXIES=1):
        tries = [knock(f"192.0.2.{n}, 198.51.100.66", "wrong") for n in range(3)]
        assert tries == [422, 422, 429]
        assert knock("203.0.113.5", PASSWORD) == 302
    with override_settings(TRUSTED_PROXIES=0):
        tries = [knock(f"192.0.2.{n}", "wrong") for n in range(3)]
        assert tries == [422, 422, 429]


def test_one_network_of_ipv6_is_one_caller(
    business: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_A_CALLER", 2)
    email = hire(business, Role.OWNER)

    def knock(address: str, password: str = "wrong") -> int:
        form, headers = {"email": email, "password": password}, {"x-forwarded-for": address}
        return int(visitor().post("sign-in", form, headers=headers).status_code)

    with override_settings(TRUSTED_PROXIES=1):
        assert [knock(f"2001:db8:0:7::{n}") for n in range(1, 4)] == [422, 422, 429]
        assert knock("2001:db8:0:8::1", PASSWORD) == 302


def test_who_knows_the_password_is_not_counted_against(
    business: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_AN_ADDRESS", 2)
    email = hire(business, Role.OWNER)
    for _ in range(4):
        assert sign_in(visitor(), email).get("").status_code == 200


def test_the_session_s_key_changes_at_sign_in_and_ends_at_sign_out(
    business: Any, visitor: Any
) -> None:
    email = hire(business, Role.OWNER)
    desk = sign_in(visitor(), email)
    first = desk.client.cookies["staff"].value
    sign_in(desk, email)
    assert desk.client.cookies["staff"].value != first
    assert desk.client.cookies["staff"]["path"] == "/backoffice/"
    assert desk.post("sign-out")["Location"] == "/backoffice/sign-in"
    assert desk.get("").status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(business: Any, visitor: Any) -> None:
    email = hire(business, Role.OWNER)
    desk, other = sign_in(visitor(), email), sign_in(visitor(), email)
    assert desk.get("").status_code == 200
    user = get_user_model().objects.get(email=email)
    user.set_password("another password")
    user.save()
    for one in (desk, other):
        assert one.get("")["Location"] == "/backoffice/sign-in?next=%2Fbackoffice%2F"
    sent = desk.post("sign-in", {"email": email, "password": "another password"})
    assert sent.status_code == 302
    assert desk.get("").status_code == 200


def test_who_may_not_sign_in_any_more_is_out_at_once(business: Any, visitor: Any) -> None:
    email = hire(business, Role.OWNER)
    desk = sign_in(visitor(), email)
    get_user_model().objects.filter(email=email).update(is_active=False)
    assert desk.get("").status_code == 302


def test_a_new_secret_key_signs_nobody_out(business: Any, visitor: Any) -> None:
    desk = sign_in(visitor(), hire(business, Role.OWNER))
    old, new = settings.SECRET_KEY, "a newer key"
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old]):
        assert desk.get("").status_code == 200
    with override_settings(SECRET_KEY=new):
        assert desk.get("").status_code == 302


def test_forms_without_their_secret_are_refused(business: Any, visitor: Any) -> None:
    email = hire(business, Role.OWNER)
    desk = visitor(enforce_csrf_checks=True)
    assert desk.post("sign-in", {"email": email, "password": PASSWORD}).status_code == 403
