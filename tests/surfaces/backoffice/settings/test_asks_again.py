"""Where money goes and who may do what is changed only by somebody who has just proved who they
are: a session that somebody left open changes none of it."""

from typing import Any

import pytest

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.sessions import SessionStore
from factories.staff import Desk
from ledger_text import counts
from surfaces.backoffice.test_access import ROUTES, Places, places  # noqa: F401  a fixture

MATTERS = {Right.GATEWAYS, Right.BANK_DATA, Right.KEYS, Right.PEOPLE, Right.APPROVE}
HARMLESS = {"backoffice_gateway_try"}  # asks the gateway something, and changes nothing
SECRETS = {"backoffice_gateway", "backoffice_gateway_new", "backoffice_bank_accounts"}
"""Asked before the form is shown, so that no secret is typed in vain."""


@pytest.fixture
def left_open(owner: Desk) -> Desk:
    """The owner's browser: they signed in this morning."""
    store = SessionStore(owner.client.cookies["staff"].value)
    proofs = store["account_authentication_methods"]
    store["account_authentication_methods"] = [one | {"at": one["at"] - 3600} for one in proofs]
    store.save()
    return owner


def asks(answer: Any) -> bool:
    """Whether it leads to the page that asks who it is."""
    return bool(answer.status_code == 302 and "/security/confirm" in answer["Location"])


def test_every_form_that_matters_asks_again(business: Any, left_open: Desk, places: Places) -> None:  # noqa: F811
    forms = [name for name, (right, methods, _ids) in ROUTES.items()
             if right in MATTERS and methods != "GET"]  # fmt: skip
    assert len(forms) > 25
    before = counts(business)
    answers = {name: left_open.post(places.path(name)) for name in forms}
    assert {name for name, one in answers.items() if not asks(one)} == HARMLESS
    assert counts(business) == before


def test_where_secrets_are_typed_it_asks_before(left_open: Desk, places: Places) -> None:  # noqa: F811
    answers = {name: left_open.get(places.path(name)) for name in SECRETS}
    assert {name for name, one in answers.items() if not asks(one)} == set()
