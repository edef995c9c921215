"""What every page of the backoffice has, whichever it is."""

import re
from typing import Any

import pytest

from surfaces.backoffice.test_access import ROUTES, Places, places  # noqa: F401  a fixture

SIGN_OUT = re.compile(
    r'<form method="post" action="/backoffice/sign-out">.*?>Sign out</button>', re.DOTALL
)


@pytest.fixture
def answers(owner: Any, places: Places) -> dict[str, Any]:  # noqa: F811
    """What every address that can be read answers to the owner."""
    reads = [name for name, (_right, methods, _ids) in ROUTES.items() if methods != "POST"]
    return {name: owner.get(places.path(name)) for name in reads} | {
        "sessions": owner.get("security/"),
        "missing": owner.get("invoices/inv_1"),
    }


def test_every_page_leads_out(answers: dict[str, Any]) -> None:
    pages = {name: one.getvalue() for name, one in answers.items()}
    pages = {name: page.decode() for name, page in pages.items() if b"</html>" in page}
    assert len(pages) > 30
    assert [name for name, page in pages.items() if not SIGN_OUT.search(page)] == []


def test_every_text_says_in_which_characters_it_is(answers: dict[str, Any]) -> None:
    kinds = {name: one["Content-Type"] for name, one in answers.items() if one.getvalue()}
    texts = {name: kind for name, kind in kinds.items() if kind.startswith("text/")}
    assert {name for name, kind in texts.items() if not kind.endswith("; charset=utf-8")} == set()
