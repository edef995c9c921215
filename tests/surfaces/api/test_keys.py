"""What a key may do: scopes, an end, a new secret with overlap; seen in use, and never told."""

import json
from datetime import timedelta

import pytest

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.identity import keys, operations
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Act, Limit
from counterfoil.domain.identity.scopes import Scope
from counterfoil.domain.identity.staffing.operations import write_limits_of_all
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.surfaces.api import openapi
from counterfoil.surfaces.api.scopes import scope_of
from factories.gateways import refunded
from factories.payments import pay
from factories.refunds import refund
from factories.statements import counted
from ledger_text import counts

NAME = {"name": "Acme"}
SPEC = json.loads(openapi.TEXT)["paths"]


def with_scopes(api, business, *scopes, **more):
    api.key = operations.make_api_key(business, name="Shop", scopes=scopes, at=clock.now(), **more)
    return api


def test_every_operation_says_its_scope():
    for path, methods in SPEC.items():
        for method, operation in methods.items():
            wanted = scope_of(path.removeprefix("/api/v1"), method)
            assert operation["x-scope"] == wanted, (path, method)
            assert f"`{wanted}`" in operation["description"]
            assert "403" in operation["responses"]


@pytest.mark.parametrize("family", ["customers", "invoices", "payments", "refunds"])
def test_who_writes_may_read_and_who_reads_writes_nothing(api, business, customer, family):
    path = {
        "customers": "/customers", "invoices": "/credit-notes", "payments": "/payments",
        "refunds": f"/payments/{encode('pay', customer)}/refunds",
    }[family]  # fmt: skip
    reader = with_scopes(api, business, Scope(f"{family}:read"))
    assert reader.get(path).status != 403
    before = counts(business)
    answer = reader.post(path, NAME)
    assert (answer.status, answer.code) == (403, "insufficient_scope")
    assert f"{family}:write" in answer.body["detail"]
    after = counts(business)
    assert {table for table in after if after[table] != before.get(table, 0)} <= {"audit_note"}
    assert with_scopes(api, business, Scope(f"{family}:write")).get(path).status != 403


def test_a_key_of_one_family_opens_no_other(api, business):
    reader = with_scopes(api, business, Scope.CUSTOMERS_WRITE)
    refused = {
        path: reader.get(path).status
        for path in ("/invoices", "/payments", "/ledger/entries", "/events", "/gateways",
                     "/mandates", "/credit-notes")
    }  # fmt: skip
    assert set(refused.values()) == {403}
    with reading(business):
        assert {one.kind for one in audit.notes(business)} == {"refused", "key_used_first"}


def test_a_key_ends(api, business):
    ends = clock.now() + timedelta(hours=1)
    with_scopes(api, business, Scope.CUSTOMERS_READ, expires_at=ends)
    assert api.get("/customers").status == 200
    assert identity.key_of(api.key, at=ends) is None


def test_a_new_secret_and_the_old_one_until_its_end(api, business):
    old, at = api.key, clock.now()
    key = identity.key_of(old, at=at)
    new = keys.rotate_api_key(business, key.id, old_until=at + timedelta(days=99), at=at)
    assert identity.key_of(new, at=at).id == identity.key_of(old, at=at).id == key.id
    until = at + keys.OVERLAP_MAX
    assert identity.key_of(old, at=until) is None
    with pytest.raises(keys.RotatedAlready):
        keys.rotate_api_key(business, key.id, old_until=at, at=at)
    again = keys.rotate_api_key(business, key.id, old_until=until, at=until)
    assert identity.key_of(new, at=until) is None  # no overlap was asked for
    assert operations.revoke_api_key(business, key.id, at=until)
    assert {identity.key_of(one, at=until) for one in (old, new, again)} == {None}


def test_its_last_use_is_written_once_in_a_while(api, business):
    api.get("/customers")
    (key,) = identity.api_keys(business)
    first = key.last_used_at
    assert first is not None
    with counted() as second:
        api.get("/customers")
    assert not [one for one in second.statements if one.startswith("UPDATE")]
    (key,) = identity.api_keys(business)
    assert key.last_used_at == first
    keys.note_key_used(
        key.id, business_id=business, last_used_at=first, at=first + keys.USE_NOTED_AFTER
    )
    assert identity.api_keys(business)[0].last_used_at == first + keys.USE_NOTED_AFTER


def test_a_key_in_an_address_is_refused_and_never_logged(api, stranger, caplog):
    caplog.set_level("DEBUG")
    for caller in (api, stranger):
        answer = caller.get(f"/customers?key={api.key}")
        assert (answer.status, answer.code) == (401, "key_in_url")
    api.post("/customers", {"name": "A" * 999})
    assert api.key not in caplog.text


def test_over_the_amount_for_two_people_nothing_is_started(api, business, issued, gateway):
    payment = pay(business, issued())
    path = f"/payments/{encode('pay', payment.id)}/refunds"
    write_limits_of_all(business, [Limit(Act.REFUND, "EUR", 5_000), Limit(Act.CREDIT, "EUR", 100)])
    assert api.post(path, {"amount": 3_000}).status == 201
    before = counts(business)
    for body in ({"amount": 2_001}, {}):
        answer = api.post(path, body)
        assert (answer.status, answer.code) == (403, "needs_second_person")
    lines = [{"description": "Water", "quantity": "1", "unit_price": "1.01"}]
    note = {"customer": encode("cus", payment.customer_id), "currency": "EUR", "lines": lines}
    assert api.post("/credit-notes", note).code == "needs_second_person"
    assert counts(business) == before
    assert api.post(path, {"amount": 2_000}).status == 201


def test_a_key_that_reads_no_invoices_is_told_no_address_that_opens_one(
    api, business, issued, gateway
):
    """The address of a receipt, cut short, is that of its invoice."""
    payment = pay(business, issued())
    path = f"/payments/{encode('pay', payment.id)}"
    wide = with_scopes(api, business, Scope.PAYMENTS_READ, Scope.INVOICES_READ)
    assert "/i/" in wide.get(path).body["receipt_url"]

    for scopes in ((Scope.PAYMENTS_READ,), (Scope.PAYMENTS_WRITE, Scope.CUSTOMERS_READ)):
        narrow = with_scopes(api, business, *scopes)
        for answer in (narrow.get(path).body, narrow.get("/payments").body["data"][0]):
            assert answer["receipt_url"].endswith(f"://harrow.example{path}/receipt")


def test_a_key_that_refunds_nothing_is_not_told_where_a_refund_is_fetched(
    api, business, issued, gateway
):
    """Whoever has the address says where the money goes."""
    payment, fetch = pay(business, issued()), "https://pay.example/pull/1"
    gateway.refund_answer = lambda asked: refunded(asked, result=Result.PROCESSING, claim_url=fetch)
    refund(business, payment, 6_000)
    path, told = f"/payments/{encode('pay', payment.id)}/refunds", {}
    for scope in (Scope.REFUNDS_READ, Scope.REFUNDS_WRITE):
        (one,) = with_scopes(api, business, scope).get(path).body["data"]
        told[scope] = (one["status"], one["claim_url"])
    assert told == {
        Scope.REFUNDS_READ: ("processing", None),
        Scope.REFUNDS_WRITE: ("processing", fetch),
    }


@pytest.mark.parametrize("at_once", [True, False])
def test_a_key_that_may_not_pay_makes_no_first_contact_who_may(api, business, at_once):
    """A first mail address makes a contact, who signs in at the portal."""
    from counterfoil.domain.customers import queries

    made = {}
    for scopes in ((Scope.CUSTOMERS_WRITE,), (Scope.CUSTOMERS_WRITE, Scope.PAYMENTS_WRITE)):
        key = with_scopes(api, business, *scopes)
        first = {"email": "first@books.example"}
        made_with = {"name": "Nobody yet"} | (first if at_once else {})
        bare = key.post("/customers", made_with).body["id"]
        key.patch(f"/customers/{bare}", {} if at_once else first)
        with reading(business):
            (contact,) = queries.contacts(business, [decode("cus", bare)])
        made[scopes[-1]] = set(contact.rights)
    assert made == {
        Scope.CUSTOMERS_WRITE: {"see", "statements"},
        Scope.PAYMENTS_WRITE: {"see", "pay", "methods", "people", "statements"},
    }
