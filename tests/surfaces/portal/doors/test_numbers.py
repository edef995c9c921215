"""A number that holds slashes is a number like any other: its addresses open."""

import re

import pytest

from counterfoil.domain.billing.models import Series
from counterfoil.infra.db import run
from counterfoil.surfaces.portal.links import address


@pytest.fixture
def slashed(business, issued):
    """An invoice of a business that numbers by year: `2026/1`."""

    def number():
        series = Series.objects.filter(business_id=business, code="invoice")
        series.update(format="{year}/{number}")

    run(business, number)
    invoice = issued()
    assert invoice.number == "2026/1"
    return invoice


def test_it_is_opened_paid_and_downloaded(alice, slashed, gateway):
    found = re.search(r'href="(/invoices/2026/1)"', alice.get("/invoices/").content.decode())

    page = alice.get(found[1])
    assert (page.status_code, "Invoice 2026/1" in page.content.decode()) == (200, True)
    assert alice.get("/invoices/2026%2F1").status_code == 200  # as some programs write it
    pdf = alice.get(f"{found[1]}/pdf")
    assert pdf["Content-Disposition"] == 'attachment; filename="2026-1.pdf"'
    form = {"source": "ok", "form_key": "k"}
    paid = alice.post(f"{found[1]}/pay", form, headers={"accept": "application/json"})
    assert paid.json()["go"].startswith("/payments/pay_")


def test_a_link_of_it_is_taken_back(alice, slashed, link):
    path = link(slashed)
    page = alice.get(address("invoice", slashed.number)).content.decode()
    form = re.search(r'action="(/invoices/2026/1/revoke\?link=[^"]+)"', page)

    assert alice.post(form[1])["Location"] == "/invoices/2026/1"
    assert alice.get(path).status_code == 410
