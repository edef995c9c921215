"""/invoices over HTTP."""

from datetime import date, timedelta

import pytest

from counterfoil.flows.aftermath.write_off import write_off
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import credit_note, draft_invoice, line
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts, events, journal

LINES = [
    {"description": "Water", "quantity": "42.6", "unit_price": "2.184", "tax_rate": "5.5"},
    {"description": "Leak", "unit_price": "96", "tax_rate": "20", "discount_percent": "25"},
]


@pytest.fixture
def alice(customer):
    return encode("cus", customer)


def today():
    """The business is in London."""
    return clock.local_date(clock.now(), "Europe/London")


def test_issue_at_once(api, business, alice):
    created = api.post(
        "/invoices",
        {
            "customer": alice, "currency": "EUR", "terms_days": 14, "lines": LINES,
            "notes": "Thank you", "external_ref": "ERP-7", "issue": True,
        },
    )  # fmt: skip
    body = created.body
    path = f"/invoices/{body['id']}"

    assert created.status == 201
    assert body["id"].startswith("inv_")
    assert body["number"] == f"INV-{today().year}-00001"
    assert [row["id"][:5] for row in body["lines"]] == ["line_", "line_"]
    assert [{**row, "id": ""} for row in body["lines"]] == [
        {"id": "", "description": "Water", "quantity": "42.6", "unit_price": "2.184",
         "tax_rate": "5.5", "discount_percent": "0", "amount": 9304},
        {"id": "", "description": "Leak", "quantity": "1", "unit_price": "96",
         "tax_rate": "20", "discount_percent": "25", "amount": 7200},
    ]  # fmt: skip
    assert body["taxes"] == [
        {"rate": "5.5", "base": 9304, "amount": 512}, {"rate": "20", "base": 7200, "amount": 1440},
    ]  # fmt: skip
    sums = ("subtotal", "discount_total", "tax_total", "total", "amount_paid", "amount_due")
    assert [body[name] for name in sums] == [16504, 0, 1952, 18456, 0, 18456]
    assert (body["status"], body["currency"], body["customer"]) == ("open", "EUR", alice)
    assert body["issue_date"] == today().isoformat()
    assert body["due_date"] == (today() + timedelta(days=14)).isoformat()
    assert (body["notes"], body["external_ref"]) == ("Thank you", "ERP-7")
    assert body["issued_at"].endswith("Z")
    assert body["hosted_url"].startswith(f"http://harrow.example/i/{body['id']}.")
    assert body["pdf_url"] == f"http://harrow.example/api/v1{path}/pdf"
    assert api.get(path).body == body
    assert "invoice.issued" in events(business)


def test_draft_then_issue(api, business, alice):
    draft = api.post("/invoices", {"customer": alice, "lines": LINES}).body
    path = f"/invoices/{draft['id']}"

    assert (draft["status"], draft["number"], draft["hosted_url"]) == ("draft", None, None)
    assert (draft["total"], draft["amount_due"], draft["currency"]) == (18456, 0, "EUR")
    assert journal(business) == "\n"
    issued = api.post(f"{path}/issue")
    assert (issued.status, issued.body["status"], issued.body["amount_due"]) == (200, "open", 18456)
    assert issued.body["due_date"] == (today() + timedelta(days=30)).isoformat()
    again = api.post(f"{path}/issue")
    assert (again.status, again.code) == (409, "not_a_draft")
    assert api.get(path).body == issued.body


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"lines": []}, {"lines": "required"}),
        ({"lines": None}, {"lines": "not_a_list"}),
        ({"currency": "EURO"}, {"currency": "unknown_currency"}),
        ({"due_date": "31.12.2026"}, {"due_date": "not_a_date"}),
        ({"due_date": "2026-02-30"}, {"due_date": "not_a_date"}),
        ({"due_date": 20260101}, {"due_date": "not_a_date"}),
        ({"due_date": "0001-01-01"}, {"due_date": "out_of_range"}),
        ({"due_date": "9999-12-31"}, {"due_date": "out_of_range"}),
        ({"due_date": "2026-12-31", "terms_days": 3}, {"terms_days": "invalid"}),
        ({"terms_days": 12.0}, {"terms_days": "not_an_integer"}),
        ({"terms_days": "12"}, {"terms_days": "not_an_integer"}),
        ({"terms_days": True}, {"terms_days": "not_an_integer"}),
        ({"terms_days": -1}, {"terms_days": "invalid"}),
        ({"issue": "yes"}, {"issue": "not_a_boolean"}),
        ({"issue": 1}, {"issue": "not_a_boolean"}),
        ({"discount_percent": 5}, {"discount_percent": "not_a_decimal"}),
        ({"discount_percent": "101"}, {"discount_percent": "not_a_percentage"}),
        ({"total": 100}, {"total": "unknown_field"}),
        ({"external_ref": "x" * 121}, {"external_ref": "too_long"}),
        ({"lines": [{"description": "Water"}]}, {"lines.0.unit_price": "required"}),
    ],
)
def test_refused_fields(api, business, alice, change, errors):
    before = counts(business)
    answer = api.post("/invoices", {"customer": alice, "lines": LINES, "issue": True} | change)

    assert answer.errors == errors
    assert counts(business) == before


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("unit_price", 12, "not_a_decimal"),
        ("unit_price", 12.5, "not_a_decimal"),
        ("unit_price", "12,50", "not_a_decimal"),
        ("unit_price", "1e3", "not_a_decimal"),
        ("unit_price", "NaN", "not_a_decimal"),
        ("unit_price", "-1", "not_positive"),
        ("unit_price", "0.1234567", "too_many_decimals"),
        ("unit_price", "9999999999999", "too_large"),
        ("quantity", "0", "not_positive"),
        ("quantity", None, "not_a_decimal"),
        ("quantity", True, "not_a_decimal"),
        ("tax_rate", "100.5", "not_a_percentage"),
        ("description", "", "required"),
        ("description", 5, "not_a_string"),
        ("amount", 5, "unknown_field"),
    ],
)
def test_refused_lines(api, alice, field, value, code):
    lines = [LINES[0], {"description": "Water", "unit_price": "1", field: value}]
    answer = api.post("/invoices", {"customer": alice, "lines": lines})

    assert answer.errors == {f"lines.1.{field}": code}


def test_total_too_large(api, alice):
    lines = [{"description": "Gold", "quantity": "900000000000", "unit_price": "900000000000"}]
    answer = api.post("/invoices", {"customer": alice, "lines": lines})

    assert answer.errors == {"lines": "bad_amount"}


@pytest.mark.parametrize("wrong", ["cus_01kat8fh6jfx8v8tz8n5wd4q2c", "nobody", "", "neighbour"])
def test_unknown_customer(api, business, other_business, customer, wrong):
    if wrong == "neighbour":
        wrong = encode("cus", add_customer(other_business, "Nadia"))
    before = counts(business)
    answer = api.post("/invoices", {"customer": wrong, "lines": LINES})

    assert (answer.status, answer.code) == (404, "not_found")
    assert [one["field"] for one in answer.body["errors"]] == ["customer"]
    assert counts(business) == before


def test_external_ref_is_taken(api, alice):
    new = {"customer": alice, "lines": LINES, "external_ref": "ERP-7"}
    api.post("/invoices", new)
    other = api.post("/invoices", new | {"external_ref": "ERP-8"}).body

    assert api.post("/invoices", new).code == "external_ref_taken"
    answer = api.patch(f"/invoices/{other['id']}", {"external_ref": "ERP-7"})
    assert (answer.status, answer.code) == (409, "external_ref_taken")
    assert api.get(f"/invoices/{other['id']}").body == other


def test_change_draft(api, alice, other_customer):
    draft = api.post(
        "/invoices", {"customer": alice, "lines": LINES, "due_date": "2027-01-31", "notes": "x"}
    ).body
    path = f"/invoices/{draft['id']}"
    bob = encode("cus", other_customer)

    changed = api.patch(path, {"notes": "y", "discount_percent": "10", "customer": bob}).body
    assert (changed["notes"], changed["discount_percent"], changed["customer"]) == ("y", "10", bob)
    assert (changed["subtotal"], changed["discount_total"]) == (16504, 1650)
    assert changed["due_date"] == "2027-01-31"
    changed = api.patch(path, {"terms_days": 7, "lines": LINES[:1]}).body
    assert (changed["due_date"], changed["terms_days"]) == (None, 7)
    assert [row["description"] for row in changed["lines"]] == ["Water"]
    changed = api.patch(path, {"due_date": "2027-02-01", "notes": None}).body
    assert (changed["due_date"], changed["terms_days"], changed["notes"]) == (
        "2027-02-01", None, None,
    )  # fmt: skip
    assert api.patch(path, {}).body == changed


def test_change_refuses(api, neighbour, alice, issued):
    draft = api.post("/invoices", {"customer": alice, "lines": LINES}).body
    path = f"/invoices/{draft['id']}"

    assert api.patch(path, {"number": "X-1"}).errors == {"number": "unknown_field"}
    assert api.patch(path, {"issue": True}).errors == {"issue": "unknown_field"}
    assert api.patch(path, {"lines": []}).errors == {"lines": "required"}
    assert api.patch(path, {"customer": None}).errors == {"customer": "not_a_string"}
    assert api.patch(path, {"customer": "cus_nobody"}).code == "not_found"
    assert api.patch(path, {"due_date": "2027-01-01", "terms_days": 3}).errors == {
        "terms_days": "invalid"
    }
    assert neighbour.patch(path, {"notes": "mine"}).code == "not_found"
    assert api.get(path).body == draft
    sent = issued()
    answer = api.patch(f"/invoices/{encode('inv', sent.id)}", {"notes": "late"})
    assert (answer.status, answer.code) == (409, "not_a_draft")


def test_statuses(api, business, customer, issued, gateway):
    now = clock.now()
    soon, past = today() + timedelta(days=5), date(2026, 4, 1)
    made = {
        "open": issued(due=soon, at=now).id,
        "overdue": issued(due=past).id,
        "paid": issued(due=soon).id,
        "part_paid": issued(due=soon).id,
        "void": issued(due=soon).id,
        "draft": draft_invoice(business, customer),
    }
    for status, amount in (("paid", 10_000), ("part_paid", 4_000)):
        api.post(
            "/payments",
            {
                "customer": encode("cus", customer), "currency": "EUR", "amount": amount,
                "source": "ok",
                "invoices": [{"invoice": encode("inv", made[status]), "amount": amount}],
            },
        )  # fmt: skip
    api.post(f"/invoices/{encode('inv', made['void'])}/void")

    for status, invoice_id in made.items():
        outside = encode("inv", invoice_id)
        assert api.get(f"/invoices/{outside}").body["status"] == status
        found = api.get(f"/invoices?status={status}").body["data"]
        assert [(row["id"], row["status"]) for row in found] == [(outside, status)]
    assert api.get("/invoices?status=uncollectible").body["data"] == []
    paid = api.get(f"/invoices/{encode('inv', made['part_paid'])}").body
    assert (paid["amount_paid"], paid["amount_credited"], paid["amount_due"]) == (4000, 0, 6000)


def test_credit_counts_apart(api, business, customer, issued):
    invoice = issued()
    credit_note(business, customer, line("30"), invoice_id=invoice.id)
    body = api.get(f"/invoices/{encode('inv', invoice.id)}").body

    assert (body["amount_paid"], body["amount_credited"], body["amount_due"]) == (0, 3000, 7000)


def test_void(api, business, customer, issued, gateway):
    invoice = issued()
    path = f"/invoices/{encode('inv', invoice.id)}"
    voided = api.post(f"{path}/void")

    assert (voided.status, voided.body["status"], voided.body["amount_due"]) == (200, "void", 0)
    assert voided.body["voided_at"].endswith("Z")
    assert (api.post(f"{path}/void").status, api.post(f"{path}/void").code) == (409, "already_void")
    draft = f"/invoices/{encode('inv', draft_invoice(business, customer))}"
    assert api.post(f"{draft}/void").code == "not_issued"
    paid = issued()
    pay(business, paid)
    answer = api.post(f"/invoices/{encode('inv', paid.id)}/void")
    assert (answer.status, answer.code) == (409, "has_money")
    held = issued()
    pay(business, held, source="slow")
    assert api.post(f"/invoices/{encode('inv', held.id)}/void").code == "being_paid"


def test_actions_take_no_fields(api, business, customer):
    path = f"/invoices/{encode('inv', draft_invoice(business, customer))}"

    assert api.post(f"{path}/issue", {"quiet": True}).errors == {"quiet": "unknown_field"}
    assert api.ask("post", f"{path}/issue", data=b"").status == 200
    assert api.post(f"{path}/void", {"reason": "x"}).errors == {"reason": "unknown_field"}


def test_search_and_customer_filter(api, business, alice, issued, other_customer):
    mine = encode("inv", issued().id)
    bobs = api.post(
        "/invoices",
        {"customer": encode("cus", other_customer), "lines": LINES, "external_ref": "PO 100%"},
    ).body["id"]

    def found(query):
        return [row["id"] for row in api.get(f"/invoices?{query}").body["data"]]

    assert found(f"customer={alice}") == [mine]
    assert found(f"customer={alice}&q=alice&status=overdue") == [mine]
    assert found("q=2026-00001") == [mine]
    assert found("q=100%25") == [bobs]
    assert found("q=%25") == [bobs]
    assert found("q=bob") == [bobs]
    assert found("customer=cus_01kat8fh6jfx8v8tz8n5wd4q2c") == []
    assert api.get("/invoices?customer=alice").errors == {"customer": "invalid_id"}
    assert api.get("/invoices?status=late").errors == {"status": "unknown_value"}
    assert api.get("/invoices?q=%00").errors == {"q": "invalid"}
    assert api.get("/invoices?sort=due").errors == {"sort": "unknown_field"}


def test_pages_of_a_list(api, alice):
    ids = [api.post("/invoices", {"customer": alice, "lines": LINES}).body["id"] for _ in range(3)]
    first = api.get("/invoices?limit=2").body
    second = api.get(f"/invoices?limit=2&cursor={first['next_cursor']}").body

    assert [row["id"] for row in first["data"] + second["data"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert "lines" not in first["data"][0]


def test_a_list_makes_the_same_number_of_queries_whatever_its_length(api, issued):
    issued()
    api.get("/invoices")  # the first use of a key, and the first look of a day, are noted
    with counted() as one:
        assert len(api.get("/invoices").body["data"]) == 1
    issued()
    issued()
    with counted() as three:
        assert len(api.get("/invoices").body["data"]) == 3

    assert three.statements == one.statements
    assert one.count == 7  # key, limit, business, page, heads, items, host


def test_somebody_else_s_invoice(neighbour, business, customer, issued):
    for invoice_id in (issued().id, draft_invoice(business, customer)):
        path = f"/invoices/{encode('inv', invoice_id)}"
        for answer in (
            neighbour.get(path), neighbour.get(f"{path}/pdf"), neighbour.post(f"{path}/issue"),
            neighbour.post(f"{path}/void"), neighbour.patch(path, {"notes": "mine"}),
        ):  # fmt: skip
            assert (answer.status, answer.code) == (404, "not_found")
    assert neighbour.get("/invoices").body["data"] == []


def test_pdf(api, issued):
    invoice = issued()
    answer = api.get(f"/invoices/{encode('inv', invoice.id)}/pdf")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert api.get(f"/invoices/{encode('inv', invoice.id)}/pdf").content == answer.content


def test_pdf_of_a_draft_is_a_preview(api, business, customer):
    draft = encode("inv", draft_invoice(business, customer))
    answer = api.get(f"/invoices/{draft}/pdf")

    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == 'inline; filename="draft.pdf"'


def test_texts_are_kept_as_they_may_be(api, alice):
    lines = [{"description": "Wasser\u0007 \u202eNamen\r\nzwei", "unit_price": "1"}]
    body = api.post("/invoices", {"customer": alice, "lines": lines}).body

    assert body["lines"][0]["description"] == "Wasser Namen\nzwei"


def test_what_is_written_off_is_not_due(api, business, issued):
    invoice = issued()
    write_off(business, invoice.id, "They went out of business.", at=AT, by=SYSTEM)
    body = api.get(f"/invoices/{encode('inv', invoice.id)}").body

    assert (body["status"], body["amount_due"], body["amount_written_off"]) == (
        "uncollectible", 0, 10_000,
    )  # fmt: skip
    found = api.get("/invoices?status=uncollectible").body["data"]
    assert [row["id"] for row in found] == [encode("inv", invoice.id)]
