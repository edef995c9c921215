"""/ledger over HTTP."""

from counterfoil.flows import issue_invoices
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import issued_invoice, line
from factories.payments import pay
from factories.statements import counted


def gateway_account(rows):
    return next(row["account"] for row in rows if row["account"].startswith("clearing:gwa_"))


def test_trial_balance(api, business, customer, issued, gateway):
    pay(business, issued(line("100", tax="20")))
    issued(line("7"), currency="SEK")
    answer = api.get("/ledger/trial-balance")
    rows = answer.body["data"]
    alice = f"receivable:{encode('cus', customer)}"

    assert answer.body["next_cursor"] is None
    assert rows == [
        {"account": gateway_account(rows), "currency": "EUR", "debit": 12_000, "credit": 0},
        {"account": alice, "currency": "EUR", "debit": 12_000, "credit": 12_000},
        {"account": alice, "currency": "SEK", "debit": 700, "credit": 0},
        {"account": "revenue", "currency": "EUR", "debit": 0, "credit": 10_000},
        {"account": "revenue", "currency": "SEK", "debit": 0, "credit": 700},
        {"account": "tax", "currency": "EUR", "debit": 0, "credit": 2_000},
    ]


def test_at_a_moment_or_a_day(api, issued):
    issued()  # 2026-03-01 09:00 UTC

    for at, rows in (
        ("2026-03-01T08:59:59Z", 0), ("2026-03-01T09:00:00Z", 2),
        ("2026-03-01T10:00:00%2B01:00", 2), ("2026-02-28", 0), ("2026-03-01", 2),
    ):  # fmt: skip
        assert len(api.get(f"/ledger/trial-balance?at={at}").body["data"]) == rows
        assert len(api.get(f"/ledger/entries?at={at}").body["data"]) == rows // 2
    for wrong in ("yesterday", "2026-03-01T09:00:00", "2026-02-30", "9999-12-31"):
        assert api.get(f"/ledger/trial-balance?at={wrong}").errors == {"at": "not_a_moment"}
    assert api.get("/ledger/trial-balance?limit=5").errors == {"limit": "unknown_field"}


def test_entries(api, business, customer, issued, gateway):
    invoice = issued(line("100", tax="20"))
    payment = encode("pay", pay(business, invoice).id)
    paid, billed = api.get("/ledger/entries").body["data"]
    alice = f"receivable:{encode('cus', customer)}"

    assert billed | {"id": "", "postings": []} == {
        "id": "", "kind": "invoice_issued", "source": encode("inv", invoice.id),
        "occurred_at": "2026-03-01T09:00:00.000Z", "posted_at": "2026-03-01T09:00:00.000Z",
        "memo": invoice.number, "reverses": None, "postings": [],
    }  # fmt: skip
    assert billed["postings"] == [
        {"account": alice, "currency": "EUR", "debit": 10_000, "credit": 0},
        {"account": "revenue", "currency": "EUR", "debit": 0, "credit": 10_000},
        {"account": alice, "currency": "EUR", "debit": 2_000, "credit": 0},
        {"account": "tax", "currency": "EUR", "debit": 0, "credit": 2_000},
    ]
    assert (paid["kind"], paid["source"]) == ("payment_received", payment)
    assert paid["postings"][1] == {
        "account": alice, "currency": "EUR", "debit": 0, "credit": 12_000,
    }  # fmt: skip


def test_pages_of_entries(api, issued):
    for _ in range(3):
        issued()
    first = api.get("/ledger/entries?limit=2").body
    second = api.get(f"/ledger/entries?limit=2&cursor={first['next_cursor']}").body

    memos = [row["memo"] for row in first["data"] + second["data"]]
    assert memos == ["INV-2026-00003", "INV-2026-00002", "INV-2026-00001"]
    assert second["next_cursor"] is None


def test_entries_make_the_same_number_of_queries_whatever_their_number(api, issued):
    issued()
    api.get("/ledger/entries")  # the first use of a key, and the first look of a day, are noted
    with counted() as one:
        assert len(api.get("/ledger/entries").body["data"]) == 1
    issued()
    issued()
    with counted() as three:
        assert len(api.get("/ledger/entries").body["data"]) == 3

    assert three.statements == one.statements
    assert one.count == 5  # key, limit, entries, postings, the look that is noted


def test_the_neighbour_has_books_of_its_own(api, neighbour, other_business, issued):
    issued()
    assert neighbour.get("/ledger/entries").body["data"] == []
    assert neighbour.get("/ledger/trial-balance").body["data"] == []
    issued_invoice(other_business, add_customer(other_business, "Nadia"), line("3"))
    rows = neighbour.get("/ledger/trial-balance").body["data"]
    assert sorted((row["debit"], row["credit"]) for row in rows) == [(0, 300), (300, 0)]


def test_a_correction_names_the_entry_it_reverses(api, business, issued):
    invoice = issued()
    issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM)

    voided, billed = api.get("/ledger/entries").body["data"]

    assert (voided["kind"], voided["reverses"]) == ("invoice_voided", billed["id"])
