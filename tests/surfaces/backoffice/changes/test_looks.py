"""Who looks at sensitive things, takes lists away or is refused is noted, once a day."""

from typing import Any

import pytest

from counterfoil.domain.audit import queries
from counterfoil.domain.identity.roles import Role
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from factories.payments import pay

pytestmark = pytest.mark.usefixtures("post")
QUIET = ("signed_in", "new_device", "signed_out")


def noted(business: Any) -> list[tuple[str, str]]:
    with reading(business):
        rows = queries.notes(business)
    return [(one.kind, one.subject) for one in reversed(rows) if one.kind not in QUIET]


def test_downloads_and_looks_are_noted_once_a_day(
    business: Any, owner: Any, issued: Any, gateway: Any
) -> None:
    invoice = issued()
    attempt = pay(business, invoice)
    for path in (
        f"invoices/{encode('inv', invoice.id)}/pdf",
        f"payments/{encode('pay', attempt.id)}/receipt",
        "settings/bank",
        "settings/changes.csv",
        "settings/changes/seals",
    ):
        for _ in range(3):
            assert owner.get(path).status_code == 200, path
    assert noted(business) == [
        ("downloaded", f"invoice:{invoice.id}"),
        ("downloaded", f"payment:{attempt.id}"),
        ("looked", "bank_accounts"),
        ("exported", "changes"),
        ("exported", "seals"),
    ]


def test_who_is_refused_is_noted_and_sees_nothing(business: Any, desk: Any) -> None:
    clerk = desk(Role.READONLY)
    for _ in range(2):
        assert clerk.get("settings/bank").status_code == 403
    assert noted(business) == [("refused", "page:backoffice_bank_accounts")]


def test_what_is_not_there_and_plain_pages_are_not_noted(
    business: Any, owner: Any, issued: Any
) -> None:
    invoice = issued()
    owner.get(f"invoices/{encode('inv', invoice.id)}")
    owner.get("customers/")
    owner.get(f"invoices/{encode('inv', business)}/pdf")
    assert noted(business) == []
