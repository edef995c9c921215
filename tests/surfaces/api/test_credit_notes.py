"""/credit-notes over HTTP."""

import pytest

from counterfoil.kernel.ids import encode
from factories.customers import add_customer
from factories.invoices import draft_invoice, issued_invoice, line
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts, journal


@pytest.fixture
def alice(customer):
    return encode("cus", customer)


def invoiced(api, alice, **more):
    """An issued invoice of two lines with its own discount: 110.16."""
    lines = [
        {"description": "Water", "quantity": "2", "unit_price": "42", "tax_rate": "20"},
        {"description": "Leak", "unit_price": "18", "discount_percent": "0"},
    ]
    new = {"customer": alice, "lines": lines, "discount_percent": "10", "issue": True} | more
    return api.post("/invoices", new).body


def test_whole_invoice(api, business, alice):
    invoice = invoiced(api, alice)
    answer = api.post("/credit-notes", {"invoice": invoice["id"], "reason": "Wrong meter"})
    body = answer.body

    assert answer.status == 201
    assert body["id"].startswith("cn_")
    assert (body["customer"], body["invoice"]) == (alice, invoice["id"])
    for name in ("currency", "subtotal", "discount_total", "tax_total", "total", "taxes"):
        assert body[name] == invoice[name]
    assert (body["total"], body["reason"], body["number"][:3]) == (10_692, "Wrong meter", "CN-")
    assert api.get(f"/credit-notes/{body['id']}").body == body
    credited = api.get(f"/invoices/{invoice['id']}").body
    assert (credited["status"], credited["amount_credited"]) == ("paid", 10_692)
    again = api.post("/credit-notes", {"invoice": invoice["id"]})
    assert (again.status, again.code) == (422, "credit_too_high")


def test_by_lines(api, alice):
    invoice = invoiced(api, alice)
    water = invoice["lines"][0]["id"]
    lines = [
        {"line": water, "quantity": "1"},
        {"description": "Trouble", "unit_price": "1", "quantity": "2"},
    ]
    body = api.post("/credit-notes", {"invoice": invoice["id"], "lines": lines}).body

    assert [
        (row["description"], row["quantity"], row["tax_rate"], row["amount"])
        for row in body["lines"]
    ] == [("Water", "1", "20", 4_200), ("Trouble", "2", "0", 200)]
    assert body["total"] == 3_780 + 756 + 180
    assert api.get(f"/invoices/{invoice['id']}").body["amount_due"] == 10_692 - 4_716


def test_free(api, business, alice):
    body = api.post(
        "/credit-notes",
        {"customer": alice, "lines": [{"description": "Goodwill", "unit_price": "10"}],
         "external_ref": "G-1", "notes": "Sorry"},
    ).body  # fmt: skip

    assert (body["invoice"], body["currency"], body["total"]) == (None, "EUR", 1_000)
    assert (body["external_ref"], body["notes"]) == ("G-1", "Sorry")
    assert api.get(f"/customers/{alice}").body["balance"] == {"EUR": -1_000}
    assert "customer_credit:Alice" in journal(business)


def test_of_a_paid_invoice_becomes_credit(api, business, alice, issued, gateway):
    invoice = issued()
    pay(business, invoice)
    api.post("/credit-notes", {"invoice": encode("inv", invoice.id)})

    assert api.get(f"/customers/{alice}").body["balance"] == {"EUR": -10_000}


@pytest.mark.parametrize(
    "case",
    [
        ({}, {"customer": "required", "lines": "required"}),
        ({"customer": "alice"}, {"lines": "required"}),
        ({"lines": [{"unit_price": "1"}]}, {"customer": "required"}),
        ({"customer": "alice", "lines": []}, {"lines": "required"}),
        ({"customer": "alice", "lines": [{"quantity": "1"}]},
         {"lines.0.description": "required", "lines.0.unit_price": "required"}),
        ({"customer": "alice", "lines": [{"line": "line_01kat8fh6jfx8v8tz8n5wd4q2c"}]},
         {"lines.0.line": "invalid"}),
        ({"customer": "alice", "lines": [{"description": "x", "unit_price": "0"}]},
         {"lines": "not_positive"}),
        ({"invoice": 5}, {"invoice": "not_a_string"}),
        ({"invoice": "issued", "customer": "bob"}, {"customer": "customer_mismatch"}),
        ({"invoice": "issued", "currency": "SEK"}, {"currency": "currency_mismatch"}),
        ({"invoice": "issued", "amount": 5}, {"amount": "unknown_field"}),
    ],
)  # fmt: skip
def test_refused_fields(api, business, other_customer, issued, case):
    body, errors = case
    named = {
        "alice": encode("cus", issued().customer_id),
        "bob": encode("cus", other_customer),
        "issued": encode("inv", issued().id),
    }  # fmt: skip
    asked = {
        name: named.get(value, value) if isinstance(value, str) else value
        for name, value in body.items()
    }
    before = counts(business)
    answer = api.post("/credit-notes", asked)

    assert answer.errors == errors
    assert counts(business) == before


def test_what_can_t_be_credited(api, business, other_business, customer, issued):
    nadia = add_customer(other_business, "Nadia")
    draft = encode("inv", draft_invoice(business, customer))
    void = encode("inv", issued().id)
    api.post(f"/invoices/{void}/void")
    theirs = encode("inv", issued_invoice(other_business, nadia).id)
    before = counts(business)

    for invoice, expected in (
        (draft, (409, "not_issued")), (void, (409, "invoice_void")),
        (theirs, (404, "not_found")), ("inv_x", (404, "not_found")),
    ):  # fmt: skip
        answer = api.post("/credit-notes", {"invoice": invoice})
        assert (answer.status, answer.code) == expected
        assert [one["field"] for one in answer.body["errors"]] == ["invoice"]
    lines = [{"description": "x", "unit_price": "1"}]
    answer = api.post("/credit-notes", {"customer": encode("cus", nadia), "lines": lines})
    assert (answer.status, answer.code) == (404, "not_found")
    assert counts(business) == before


def test_lines_of_another_invoice(api, alice):
    first, second = invoiced(api, alice), invoiced(api, alice)
    lines = [{"line": second["lines"][0]["id"]}]
    answer = api.post("/credit-notes", {"invoice": first["id"], "lines": lines})

    assert (answer.status, answer.code) == (404, "not_found")


def test_somebody_else_s_credit_note(api, neighbour, alice, issued):
    body = api.post("/credit-notes", {"invoice": encode("inv", issued(line("5")).id)}).body

    assert neighbour.get(f"/credit-notes/{body['id']}").code == "not_found"
    assert neighbour.get("/credit-notes").body == {"data": [], "next_cursor": None}


def free(api, customer, **more):
    """Free credit of 10.00."""
    lines = [{"description": "Goodwill", "unit_price": "10"}]
    return api.post("/credit-notes", {"customer": customer, "lines": lines} | more).body


def ids(answer):
    return [row["id"] for row in answer.body["data"]]


def test_list(api, business, alice):
    bob = encode("cus", add_customer(business, "Bob"))
    invoice = invoiced(api, alice)
    against = api.post("/credit-notes", {"invoice": invoice["id"], "reason": "Wrong meter"}).body
    made = [against["id"], free(api, alice)["id"], free(api, bob)["id"]]

    assert ids(api.get("/credit-notes")) == made[::-1]
    assert ids(api.get(f"/credit-notes?customer={alice}")) == [made[1], made[0]]
    assert ids(api.get(f"/credit-notes?customer={bob}")) == [made[2]]
    found = api.get(f"/credit-notes?invoice={invoice['id']}").body["data"]
    left_out = ("lines", "taxes")
    assert found == [{name: it for name, it in against.items() if name not in left_out}]
    assert ids(api.get(f"/credit-notes?invoice={invoice['id']}&customer={bob}")) == []
    assert ids(api.get("/credit-notes?invoice=inv_01kat8fh6jfx8v8tz8n5wd4q2c")) == []


def test_what_a_list_is_not_asked_for(api):
    assert api.get("/credit-notes?customer=bob").errors == {"customer": "invalid_id"}
    assert api.get("/credit-notes?invoice=cn_1").errors == {"invoice": "invalid_id"}
    assert api.get("/credit-notes?cursor=x").errors == {"cursor": "invalid_cursor"}
    assert api.get("/credit-notes?limit=0").errors == {"limit": "invalid"}
    assert api.get("/credit-notes?status=open").errors == {"status": "unknown_field"}


@pytest.mark.parametrize("more", ["", "&customer={alice}"])
def test_pages_of_a_list(api, alice, more):
    made = [free(api, alice)["id"] for _ in range(3)]
    query = "limit=2" + more.format(alice=alice)
    first = api.get(f"/credit-notes?{query}")
    cursor = first.body["next_cursor"]
    second = api.get(f"/credit-notes?{query}&cursor={cursor}")

    assert (ids(first), cursor) == ([made[2], made[1]], made[1])
    assert (ids(second), second.body["next_cursor"]) == ([made[0]], None)


def test_a_list_makes_the_same_number_of_queries_whatever_its_length(api, alice):
    free(api, alice)
    with counted() as one:
        assert len(ids(api.get("/credit-notes"))) == 1
    free(api, alice)
    free(api, alice)
    with counted() as three:
        assert len(ids(api.get("/credit-notes"))) == 3

    assert three.statements == one.statements
    assert one.count == 3  # key, limit, credit notes
