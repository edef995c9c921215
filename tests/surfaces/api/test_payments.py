"""/payments over HTTP, through the scripted gateway."""

import pytest

from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import found
from factories.customers import add_customer
from factories.invoices import draft_invoice, issued_invoice, line
from factories.keeping import keep_method
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts, events, trial_balance


@pytest.fixture
def alice(customer):
    return encode("cus", customer)


def body_for(alice, *invoices, **more):
    """Pays these invoices in full."""
    parts = [{"invoice": encode("inv", one.id), "amount": one.total_minor} for one in invoices]
    total = sum(one.total_minor for one in invoices)
    return {
        "customer": alice, "currency": "EUR", "amount": total, "source": "ok", "invoices": parts,
    } | more  # fmt: skip


def test_pay_two_invoices(api, business, alice, issued, gateway):
    first, second = issued(), issued(line("23.40"))
    answer = api.post("/payments", body_for(alice, first, second))
    body = answer.body
    parts = [
        {"invoice": encode("inv", first.id), "amount": 10_000},
        {"invoice": encode("inv", second.id), "amount": 2_340},
    ]

    assert answer.status == 201
    assert body | {"created_at": "", "finished_at": ""} == {
        "id": gateway.charges[0].reference, "customer": alice, "currency": "EUR",
        "amount": 12_340, "status": "succeeded", "invoices": parts, "allocations": parts,
        "unapplied": 0, "refunded": 0, "surcharge": 0, "payment_method": None, "mandate": None,
        "gateway": body["gateway"], "chargebacks": [], "note": None,
        "instrument": {"kind": "card", "brand": "visa", "last4": "4242"},
        "failure": None, "next_step": None,
        "receipt_url": f"http://harrow.example/payments/{body['id']}/receipt",
        "created_at": "", "finished_at": "",
    }  # fmt: skip
    assert api.get(f"/payments/{body['id']}").body == body
    assert [row["amount_due"] for row in api.get("/invoices").body["data"]] == [0, 0]
    assert events(business)[-3:] == ["payment.succeeded", "invoice.paid", "invoice.paid"]
    assert len(gateway.charges) == 1
    assert gateway.charges[0].customer == alice


def test_more_than_the_parts_becomes_credit(api, business, alice, issued, gateway):
    body = api.post("/payments", body_for(alice, issued(), amount=12_500)).body

    assert (body["status"], body["unapplied"]) == ("succeeded", 2_500)
    assert [part["amount"] for part in body["allocations"]] == [10_000]
    assert api.get(f"/customers/{alice}").body["balance"] == {"EUR": -2_500}


def test_on_account(api, business, alice, gateway):
    body = api.post(
        "/payments", {"customer": alice, "currency": "EUR", "amount": 500, "source": "ok"}
    ).body

    assert (body["status"], body["invoices"], body["allocations"]) == ("succeeded", [], [])
    assert body["unapplied"] == 500


def test_part_of_an_invoice(api, alice, issued, gateway):
    invoice = issued()
    part = [{"invoice": encode("inv", invoice.id), "amount": 1}]
    body = api.post("/payments", body_for(alice, amount=1, invoices=part)).body

    assert (body["status"], body["allocations"]) == ("succeeded", part)
    assert api.get(f"/invoices/{part[0]['invoice']}").body["status"] == "overdue"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("declined", "failed"), ("challenge", "requires_action"), ("slow", "processing"),
        ("lost", "unknown"), ("vanished", "unknown"), ("more", "unknown"), ("ok", "succeeded"),
    ],
)  # fmt: skip
def test_statuses(api, alice, issued, gateway, source, status):
    answer = api.post("/payments", body_for(alice, issued(), source=source))
    body = answer.body

    assert (answer.status, body["status"]) == (201, status)
    found = [row["id"] for row in api.get(f"/payments?status={status}").body["data"]]
    assert found == [body["id"]]
    assert (body["failure"] is not None) == (status == "failed")
    assert (body["next_step"] is not None) == (status == "requires_action")
    assert (body["receipt_url"] is not None) == (status == "succeeded")
    assert (body["finished_at"] is not None) == (status in ("failed", "succeeded"))


def test_a_declined_payment_says_why_and_frees_the_invoice(api, alice, issued, gateway):
    invoice = issued()
    body = api.post("/payments", body_for(alice, invoice, source="declined")).body

    assert body["failure"] == {
        "code": "card_declined", "message": "The payer's bank declined the card.",
        "bank_code": None,
    }  # fmt: skip
    assert body["allocations"] == []
    assert api.post("/payments", body_for(alice, invoice)).body["status"] == "succeeded"


def test_a_challenge_says_where_to_go(api, alice, issued, gateway):
    body = api.post("/payments", body_for(alice, issued(), source="challenge")).body

    assert body["next_step"] == {"type": "redirect", "url": "https://gateway.example/challenge"}
    assert gateway.charges[0].return_url.startswith(f"http://harrow.example/back/{body['id']}.")


def test_a_gateway_that_can_t_be_reached(api, business, alice, issued, gateway):
    gateway.unreachable = Unavailable()
    answer = api.post("/payments", body_for(alice, issued()))

    assert (answer.status, answer.body["status"]) == (201, "cancelled")
    assert answer.body["failure"]["code"] == "not_sent"
    assert trial_balance(business)["receivable:Alice"] == 100


def test_paid_and_being_paid(api, business, alice, issued, gateway):
    paid, held = issued(), issued()
    pay(business, paid)
    pay(business, held, source="slow")
    before = counts(business)

    for invoice, code in ((paid, "nothing_due"), (held, "being_paid")):
        answer = api.post("/payments", body_for(alice, invoice))
        assert (answer.status, answer.code) == (409, code)
    assert counts(business) == before
    assert len(gateway.charges) == 2


@pytest.mark.parametrize(
    "case",
    [
        ({"amount": 0}, {"amount": "not_positive"}),
        ({"amount": -5}, {"amount": "not_positive"}),
        ({"amount": "10000"}, {"amount": "not_an_integer"}),
        ({"amount": 10000.0}, {"amount": "not_an_integer"}),
        ({"amount": True}, {"amount": "not_an_integer"}),
        ({"amount": 10**16}, {"amount": "too_large"}),
        ({"amount": None}, {"amount": "not_an_integer"}),
        ({"amount": 9_999}, {"amount": "parts_exceed_amount"}),
        ({"currency": "eur"}, {"currency": "unknown_currency"}),
        ({"currency": "SEK"}, {"currency": "currency_mismatch"}),
        ({"source": ""}, {"source": "required"}),
        ({"source": None}, {"source": "one_way"}),
        ({"source": "tok\n"}, {"source": "invalid"}),
        ({"source": "x" * 256}, {"source": "too_long"}),
        ({"payment_method": "pm_1"}, {"source": "one_way"}),
        ({"return_url": "https://shop.example"}, {"return_url": "unknown_field"}),
        ({"invoices": {}}, {"invoices": "not_a_list"}),
        ({"invoices": [{"amount": 5}]}, {"invoices.0.invoice": "required"}),
        ({"card": {"number": "4242424242424242"}}, {"card": "unknown_field"}),
    ],
)
def test_refused_fields(api, business, alice, issued, gateway, case):
    change, errors = case
    asked = body_for(alice, issued()) | change
    before = counts(business)
    answer = api.post("/payments", asked)

    assert answer.errors == errors
    assert counts(business) == before
    assert gateway.charges == []


def test_refused_parts(api, business, alice, issued, gateway):
    invoice = issued()
    outside = encode("inv", invoice.id)
    before = counts(business)

    twice = [{"invoice": outside, "amount": 1}, {"invoice": outside, "amount": 2}]
    assert api.post("/payments", body_for(alice, amount=3, invoices=twice)).errors == {
        "invoices": "named_twice"
    }
    nothing = [{"invoice": outside, "amount": 0}]
    assert api.post("/payments", body_for(alice, amount=3, invoices=nothing)).errors == {
        "invoices.0.amount": "not_positive"
    }
    much = [{"invoice": outside, "amount": 10_001}]
    answer = api.post("/payments", body_for(alice, amount=10_001, invoices=much))
    assert (answer.status, answer.code) == (422, "more_than_due")
    assert counts(business) == before


@pytest.mark.parametrize("what", ["unknown", "bobs", "neighbours", "malformed", "draft"])
def test_invoices_that_can_t_be_paid(api, business, other_business, customer, gateway, what):
    alice = encode("cus", customer)
    nadia = add_customer(other_business, "Nadia")
    invoice = {
        "unknown": "inv_01kat8fh6jfx8v8tz8n5wd4q2c",
        "bobs": encode("inv", issued_invoice(business, add_customer(business, "Bob")).id),
        "neighbours": encode("inv", issued_invoice(other_business, nadia).id),
        "malformed": "INV-2026-00001",
        "draft": encode("inv", draft_invoice(business, customer)),
    }[what]
    before = counts(business)
    answer = api.post(
        "/payments", body_for(alice, amount=5, invoices=[{"invoice": invoice, "amount": 5}])
    )

    expected = (409, "not_issued") if what == "draft" else (404, "not_found")
    assert (answer.status, answer.code) == expected
    assert [one["field"] for one in answer.body["errors"]] == ["invoices.0.invoice"]
    assert counts(business) == before


def test_somebody_else_s_payment(api, neighbour, business, other_business, issued, gateway):
    attempt = pay(business, issued())
    path = f"/payments/{encode('pay', attempt.id)}"

    assert api.get(path).status == 200
    assert (neighbour.get(path).status, neighbour.get(path).code) == (404, "not_found")
    assert neighbour.get("/payments").body["data"] == []
    assert api.get(f"{path}/refunds").body["data"] == []
    assert neighbour.get(f"{path}/refunds").status == 404
    assert neighbour.post(f"{path}/refunds", {"amount": 1}).status == 404


def test_a_business_without_a_gateway(caller_of):
    business = found("plain", gateway=None)
    alice = encode("cus", add_customer(business, "Alice"))
    answer = caller_of(business).post(
        "/payments", {"customer": alice, "currency": "EUR", "amount": 5, "source": "ok"}
    )

    assert (answer.status, answer.code) == (409, "no_gateway")


def test_list(api, business, alice, issued, gateway):
    ids = [encode("pay", pay(business, issued()).id) for _ in range(2)]
    ids.append(api.post("/payments", body_for(alice, issued())).body["id"])
    first = api.get("/payments?limit=2").body
    second = api.get(f"/payments?limit=2&cursor={first['next_cursor']}").body

    seen = [row["id"] for row in first["data"] + second["data"]]
    assert (seen[0], sorted(seen), second["next_cursor"]) == (ids[2], sorted(ids), None)
    assert [row["id"] for row in api.get(f"/payments?customer={alice}").body["data"]] == seen
    assert api.get("/payments?customer=cus_01kat8fh6jfx8v8tz8n5wd4q2c").body["data"] == []
    assert api.get("/payments?status=paid").errors == {"status": "unknown_value"}
    assert api.get("/payments?invoice=x").errors == {"invoice": "unknown_field"}


def test_a_list_makes_the_same_number_of_queries_whatever_its_length(
    api, business, issued, gateway
):
    pay(business, issued())
    api.get("/payments")  # the first use of a key, and the first look of a day, are noted
    with counted() as one:
        assert len(api.get("/payments").body["data"]) == 1
    pay(business, issued())
    pay(business, issued())
    with counted() as three:
        assert len(api.get("/payments").body["data"]) == 3

    assert three.statements == one.statements
    assert one.count == 4  # key, limit, payments, host


def test_parts_of_several_invoices_with_a_note_and_the_rest_as_credit(
    api, business, alice, issued, gateway
):
    first, second = issued(), issued()
    parts = [
        {"invoice": encode("inv", first.id), "amount": 4_000},
        {"invoice": encode("inv", second.id), "amount": 10_000},
    ]
    asked = body_for(alice, amount=15_000, invoices=parts, note=" Meter\tdisputed ")
    body = api.post("/payments", asked).body

    assert (body["allocations"], body["unapplied"]) == (parts, 1_000)
    assert body["note"] == "Meter disputed"
    dues = {row["id"]: row["amount_due"] for row in api.get("/invoices").body["data"]}
    assert dues == {parts[0]["invoice"]: 6_000, parts[1]["invoice"]: 0}


def test_credit_of_a_payment_covers_the_next_invoice(api, business, alice, issued, gateway):
    paid = api.post("/payments", body_for(alice, issued(), amount=12_000)).body
    following = issued()

    read = api.get(f"/payments/{paid['id']}").body

    assert (read["unapplied"], len(read["allocations"])) == (0, 2)
    assert {"invoice": encode("inv", following.id), "amount": 2_000} in read["allocations"]
    entries = api.get("/ledger/entries").body["data"]
    assert [one["source"] for one in entries if one["kind"] == "credit_applied"] == [paid["id"]]


def test_each_refusal_names_its_field(api, business, alice, issued, gateway):
    fine, paid, held = issued(), issued(), issued()
    pay(business, paid)
    pay(business, held, source="slow")
    before = counts(business)

    def fields(*invoices, **more):
        answer = api.post("/payments", body_for(alice, *invoices, **more))
        return [(one["field"], one["code"]) for one in answer.body["errors"]]

    assert fields(fine, paid) == [("invoices.1.invoice", "nothing_due")]
    assert fields(fine, held) == [("invoices.1.invoice", "being_paid")]
    more = [{"invoice": encode("inv", fine.id), "amount": 10_001}]
    assert fields(amount=10_001, invoices=more) == [("invoices.0.amount", "more_than_due")]
    assert fields(fine, amount=9_999) == [("amount", "parts_exceed_amount")]
    assert fields(fine, fine) == [("invoices", "named_twice")]
    assert counts(business) == before


@pytest.fixture
def saved(business, customer, gateway):
    """`saved("ok")`: a method of Alice's that charges like this token."""
    return lambda source: encode("pm", keep_method(business, customer, source))


def test_a_saved_method_is_charged_while_nobody_is_there(
    api, business, alice, issued, gateway, saved
):
    method = saved("ok")
    wanted = body_for(alice, issued(), payment_method=method)
    del wanted["source"]

    body = api.post("/payments", wanted).body

    assert (body["status"], body["payment_method"]) == ("succeeded", method)
    assert (gateway.charges[0].source, gateway.charges[0].is_off_session) == ("kept:ok", True)


def test_a_saved_method_whose_bank_wants_to_see_the_payer(
    api, business, alice, issued, gateway, saved
):
    wanted = body_for(alice, issued(), payment_method=saved("challenge"))
    del wanted["source"]

    body = api.post("/payments", wanted).body

    assert (body["status"], body["failure"]) == ("requires_action", None)
    assert body["next_step"]["url"] == "https://gateway.example/challenge"
    assert events(business)[-1] == "payment.action_required"


def test_either_a_source_or_a_method(api, business, alice, issued, gateway, saved):
    both = body_for(alice, issued(), payment_method=saved("ok"))
    neither = dict(both)
    del neither["source"], neither["payment_method"]

    for wanted in (both, neither):
        answer = api.post("/payments", wanted)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "source")
    assert gateway.charges == []


def test_another_customers_method_charges_nothing(
    api, business, alice, other_customer, issued, gateway
):
    theirs = encode("pm", keep_method(business, other_customer, "ok"))
    wanted = body_for(alice, issued(), payment_method=theirs)
    del wanted["source"]

    assert api.post("/payments", wanted).status == 422
    assert gateway.charges == []


def test_a_payment_that_waits_at_the_gateway_is_stopped_once(api, business, issued, gateway):
    invoice = issued()
    payment = encode("pay", pay(business, invoice, source="slow").id)

    stopped = api.post(f"/payments/{payment}/stop", key="stop-1")

    assert (stopped.status, stopped.body["status"]) == (200, "cancelled")
    assert api.get(f"/payments/{payment}").body == stopped.body
    for key in ("stop-1", "stop-2", ""):  # again, anew, and without a key
        assert api.post(f"/payments/{payment}/stop", key=key).body == stopped.body
    assert gateway.after.cancels == [payment]
    assert events(business)[-1] == "payment.cancelled"
    assert pay(business, invoice).state == "succeeded"


def test_what_is_too_late_or_anothers_is_not_stopped(api, neighbour, business, issued, gateway):
    done = encode("pay", pay(business, issued()).id)
    before = counts(business)

    late = api.post(f"/payments/{done}/stop", {})

    assert (late.status, late.code) == (409, "too_late_to_stop")
    assert neighbour.post(f"/payments/{done}/stop").status == 404
    assert api.post(f"/payments/{done}/stop", {"why": "x"}).status == 422
    assert counts(business) == before


def test_a_gateway_that_can_t_be_asked_to_stop_it_may_be_asked_again_under_the_key(
    api, business, issued, gateway
):
    payment = encode("pay", pay(business, issued(), source="slow").id)

    def away(reference):
        raise Unavailable

    gateway.after.cancel_answer = away
    assert api.post(f"/payments/{payment}/stop", key="stop-1").status == 503
    assert api.get(f"/payments/{payment}").body["status"] == "processing"
    gateway.after.cancel_answer = lambda ref: Outcome(ref, Result.UNKNOWN)
    lost = api.post(f"/payments/{payment}/stop", key="stop-1")
    assert (lost.status, lost.body["status"]) == (200, "processing")
    gateway.after.cancel_answer = None
    assert api.post(f"/payments/{payment}/stop", key="stop-2").body["status"] == "cancelled"
