import pytest
from django.test import RequestFactory

from counterfoil.surfaces.portal.pages import PaymentListPage
from counterfoil.surfaces.ui import htmx
from gallery.samples import PAYMENTS

PAGE = PaymentListPage(PAYMENTS[:1], "/payments/", "/payments.csv")


@pytest.mark.parametrize(
    ("headers", "is_fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_render_gives_the_block_only_where_htmx_asked(
    headers: dict[str, str], is_fragment: bool
) -> None:
    request = RequestFactory().get("/payments/", headers=headers)
    answer = htmx.render(request, "portal/payments/list.html", block="results", page=PAGE)
    body = answer.content.decode()
    assert ("<html" not in body, answer.headers["Vary"]) == (is_fragment, "HX-Request")
    assert body.count("€185.60") == 1


def test_render_without_a_block_is_always_the_page() -> None:
    request = RequestFactory().get("/payments/", headers={"HX-Request": "true"})
    answer = htmx.render(request, "portal/payments/list.html", page=PAGE, status=200)
    assert "<html" in answer.content.decode()
    assert not answer.has_header("Vary")
