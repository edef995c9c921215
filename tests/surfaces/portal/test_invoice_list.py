"""The list of invoices: every order pages through all of them, and a broken cursor is page one."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from counterfoil.surfaces.portal.links import address
from factories.businesses import AT
from factories.invoices import issued_invoice, line

NUMBER = re.compile(r'class="row-link"[^>]*><bdi>([^<]+)</bdi>')
NEXT = re.compile(r'name="after" value="([^"]+)"')


@pytest.fixture
def many(business, customer):
    """Forty-five invoices: three to a day, of ever smaller amounts, due in turns."""
    made = []
    for n in range(45):
        at = AT + timedelta(days=n // 3)
        due = at.date() + timedelta(days=5 + n % 7)
        made.append(issued_invoice(business, customer, line(str(500 - n // 2)), due=due, at=at))
    return made


def all_pages(browser, first):
    found, path = [], first
    while path:
        text = browser.get(path).content.decode()
        found += NUMBER.findall(text)
        following = NEXT.search(text)
        path = f"{first}&after={following[1]}" if following else ""
    return found


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("newest", lambda one: (-one.issue_date.toordinal(), -one.id.int)),
        ("oldest", lambda one: (one.issue_date, one.id)),
        ("due", lambda one: (one.due_date, one.id)),
        ("amount", lambda one: (-one.total_minor, -one.id.int)),
    ],
)
def test_every_order_pages_through_all(alice, many, gateway, sort, key):
    wanted = [one.number for one in sorted(many, key=key)]

    assert all_pages(alice, f"/invoices/?sort={sort}") == wanted


@pytest.mark.parametrize("sort", ["newest", "oldest", "due", "amount", "nonsense"])
@pytest.mark.parametrize(
    "after", ["x", "MTIz", "MjAyNi0wMy0wMXwx", "%00", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5fDA"]
)
def test_a_broken_cursor_is_the_first_page(alice, issued, sort, after):
    only = issued()

    answer = alice.get("/invoices/", {"sort": sort, "after": after.replace("%00", "")})

    assert NUMBER.findall(answer.content.decode()) == [only.number]


@pytest.mark.parametrize("number", ["HW-1", "a b", "ä%~:@", "x?y#z", "a'b&c;d=e,$!()*+", "2026/7"])
def test_an_address_is_the_one_that_django_gives(number):
    assert address("invoice", number) == reverse("invoice", args=[number])
    assert address("invoice_pdf", number) == reverse("invoice_pdf", args=[number])
    assert address("home") == reverse("home")
