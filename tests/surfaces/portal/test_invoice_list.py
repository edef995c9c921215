"""The list of invoices: every order pages through all of them, and a broken cursor is page one."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from counterfoil.surfaces.portal.links import address
from factories.businesses import AT
from factories.invoices import issued_invoice, line
from factories.payments import pay

NUMBER = re.compile(r'class="row-link"[^>]*><bdi>([^<]+)</bdi>')
NEXT = re.compile(r'name="after" value="([^"]+)">Next<')


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


FORM = re.compile(r'<form method="get"[^>]* id="list".*?</form>', re.DOTALL)
FIELD = re.compile(r"<input[^>]*>")
PAGES = re.compile(r'<nav class="paging".*?</nav>', re.DOTALL)


def fields(text):
    """What the list's form sends, with a box ticked that is ticked."""
    chosen = re.search(r'<select[^>]*name="sort".*?<option value="(\w+)" selected', text, re.DOTALL)
    found = [("sort", chosen[1])]
    for field in FIELD.findall(FORM.search(text).group()):
        named = re.search(r' name="([^"]+)"', field)
        value = re.search(r' value="([^"]*)"', field)
        is_box = 'type="checkbox"' in field
        if named and (" checked" in field or not is_box):
            found.append((named[1], value[1] if value else ""))
    return found


def press(browser, text, words):
    """Presses "Previous" or "Next" as a browser without scripts does; None where there is none."""
    button = re.search(rf"<button[^>]*>{words}</button>", PAGES.search(text).group())
    if button is None:
        return None
    named = re.search(r'name="([^"]+)" value="([^"]*)"', button.group())
    query = fields(text) + ([(named[1], named[2])] if named else [])
    return browser.get("/invoices/", urlencode_pairs(query)).content.decode()


def urlencode_pairs(pairs):
    query = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    return query


@pytest.mark.parametrize("sort", ["newest", "oldest", "due", "amount"])
def test_previous_leads_to_the_page_before_with_the_ticks_kept(alice, many, gateway, sort):
    text = alice.get("/invoices/", {"sort": sort, "status": "due"}).content.decode()
    tick = NUMBER.findall(text)[3]
    text = alice.get(
        "/invoices/", {"sort": sort, "status": "due", "chosen": "1", "invoice": tick}
    ).content.decode()
    seen = []
    while text is not None:
        seen.append((NUMBER.findall(text), ("invoice", tick) in fields(text)))
        latest, text = text, press(alice, text, "Next")
    assert [len(rows) for rows, _ in seen] == [20, 20, 5]
    assert all(is_kept for _, is_kept in seen)
    text = latest
    for rows, _ in reversed(seen[:-1]):
        text = press(alice, text, "Previous")
        assert (NUMBER.findall(text), ("invoice", tick) in fields(text)) == (rows, True)
    assert press(alice, text, "Previous") is None


def test_a_way_that_is_too_long_or_broken_is_harmless(alice, many, gateway):
    text = alice.get("/invoices/").content.decode()
    first, cursor = NUMBER.findall(text), NEXT.search(text)[1]
    long = ".".join([cursor] * 200)
    text = alice.get("/invoices/", {"after": long}).content.decode()
    assert len(NEXT.search(text)[1]) <= 30 * (len(cursor) + 1)
    assert len(NUMBER.findall(text)) == 20
    for broken in (f"{cursor}.x", f"x.{cursor}", f"{cursor}.", "..", "."):
        text = alice.get("/invoices/", {"after": broken}).content.decode()
        assert NUMBER.findall(text) == first


def test_previous_leads_back_through_the_payments_too(alice, business, customer, gateway):
    for _ in range(45):
        invoice = issued_invoice(business, customer, line("10"))
        pay(business, invoice)
    link = re.compile(r'href="(/payments/\?[^"]*|/payments/)"[^>]*>(Previous|Next)<|'
                      r'rel="(prev|next)" href="([^"]+)"')  # fmt: skip

    def around(text):
        found = {one[2]: one[3].replace("&amp;", "&") for one in link.findall(text) if one[2]}
        return found.get("prev"), found.get("next")

    def rows(text):
        return re.findall(r"/payments/(pay_[0-9a-z]+)\"", text)

    seen, path = [], "/payments/?q=INV"
    while path:
        text = alice.get(path).content.decode()
        seen.append(rows(text))
        back, path = around(text)
    assert len(seen) == 3
    for wanted in reversed(seen[:-1]):
        text = alice.get(back).content.decode()
        assert rows(text) == wanted
        back, _ = around(text)
    assert back is None
    assert alice.get("/payments/", {"before": "x.y"}).status_code == 200
