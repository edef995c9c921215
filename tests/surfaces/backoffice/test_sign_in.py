"""What is the backoffice's own about signing in; the rest is with the pages of both doors."""

from typing import Any

from django.conf import settings
from django.test import override_settings

from counterfoil.domain.identity.roles import Role
from factories.staff import PASSWORD, hire, sign_in


def test_signing_in_leads_back_to_where_one_was(business: Any, visitor: Any) -> None:
    email = hire(business, Role.FINANCE)
    desk = visitor()
    sent = desk.get("invoices/?status=open")
    assert (
        sent["Location"] == "/backoffice/sign-in?next=%2Fbackoffice%2Finvoices%2F%3Fstatus%3Dopen"
    )
    form = {
        "login": email.upper(),
        "password": PASSWORD,
        "next": "/backoffice/invoices/?status=open",
    }
    assert desk.post("sign-in", form)["Location"] == "/backoffice/invoices/?status=open"
    assert desk.get("invoices/").status_code == 200


def test_after_too_many_tries_even_the_right_password_waits(business: Any, visitor: Any) -> None:
    email = hire(business, Role.OWNER)
    for _ in range(5):
        assert visitor().post("sign-in", {"login": email, "password": "x"}).status_code == 200
    desk = visitor()
    refused = desk.post("sign-in", {"login": email, "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert desk.get("").status_code == 302


def test_a_caller_behind_the_proxy_locks_out_nobody_else(business: Any, visitor: Any) -> None:
    email = hire(business, Role.OWNER)

    def knock(forwarded: str, who: str, password: str) -> int:
        form, headers = {"login": who, "password": password}, {"x-forwarded-for": forwarded}
        return int(visitor().post("sign-in", form, headers=headers).status_code)

    with override_settings(TRUSTED_PROXIES=1):
        tries = [
            knock(f"192.0.2.{n}, 2001:db8:0:7::{n}", f"no{n}@example.com", "x") for n in range(11)
        ]
        assert tries == [200] * 10 + [429]  # one network of IPv6 is one caller
        assert knock("2001:db8:0:8::1", email, PASSWORD) == 302


def test_the_cookie_is_for_the_backoffice_only(business: Any, visitor: Any) -> None:
    desk = sign_in(visitor(), hire(business, Role.OWNER))
    assert desk.client.cookies["staff"]["path"] == "/backoffice/"
    assert desk.post("sign-out")["Location"] == "/backoffice/sign-in"
    assert desk.get("").status_code == 302


def test_a_new_secret_key_signs_nobody_out(business: Any, visitor: Any) -> None:
    desk = sign_in(visitor(), hire(business, Role.OWNER))
    old, new = settings.SECRET_KEY, "a newer key"
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old]):
        assert desk.get("").status_code == 200
    with override_settings(SECRET_KEY=new):
        assert desk.get("").status_code == 302
