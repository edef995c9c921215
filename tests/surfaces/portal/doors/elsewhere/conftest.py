"""Payers on a gateway's own page: the road, the mail that follows, and what staff see."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def road(business: Any, portal: Callable[[], Any], post: Any) -> Any:
    """`road(counterpart)`: Harrow Water's account there."""
    from surfaces.portal.doors.elsewhere.road import Road

    return lambda there: Road(business, there, portal)


@pytest.fixture
def staff(business: Any) -> Any:
    """`staff(path)`: what a page of the backoffice says to the owner."""
    from django.test import override_settings

    from counterfoil.domain.identity.roles import Role
    from factories.staff import Desk, client, hire, sign_in
    from surfaces.portal.doors.elsewhere.road import words

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        desk = sign_in(Desk(client()), hire(business, Role.OWNER))
    return lambda path: words(desk.get(path))


@pytest.fixture
def mails(tmp_path: Path) -> Callable[[], list[str]]:
    """`mails()`: subject and text of every mail so far, but of invoices that were issued."""
    from factories.mails import mailbox, text_of

    def read() -> list[str]:
        found = [f"{mail['Subject']}\n{text_of(mail)}" for mail in mailbox(tmp_path / "mail")]
        return [" ".join(one.split()) for one in found if not one.startswith("Invoice ")]

    return read


@pytest.fixture
def days_pass(business: Any) -> Callable[[], None]:
    """`days_pass()`: every payment so far was begun days ago."""
    from counterfoil.infra.db import execute, run

    sent = "UPDATE payments_attempt SET created_at = created_at - interval '3 days'"
    where = "WHERE business_id = %(b)s::uuid"
    return lambda: run(business, lambda: execute(f"{sent} {where}", {"b": business}))
