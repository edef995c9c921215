"""A form goes out as a browser sends it: with the origin that the page's own policy leaves it."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("business")

ORIGIN = "https://harrow.example"


def origin_told(page: Any) -> str:
    """What a browser says of where a form comes from: nothing, if the page forbids to name it."""
    return "null" if page["Referrer-Policy"] == "no-referrer" else ORIGIN


@pytest.mark.parametrize("path", ["/genuine/", "/genuine/7H2KQ-0M4XR-ABCDE-FGH12"])
def test_whoever_asks_whether_a_document_is_genuine_is_answered(portal: Any, path: str) -> None:
    browser = portal()
    browser.handler.enforce_csrf_checks = True
    page = browser.get(path)
    secrets = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    fields = {"csrfmiddlewaretoken": secrets[-1], "code": "7H2KQ-0M4XR-ABCDE-FGH12"}
    answer = browser.post("/genuine/", fields, headers={"origin": origin_told(page)})
    assert answer.status_code == 200
    assert "has issued no such document" in answer.content.decode()
