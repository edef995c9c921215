"""Every operation of the API against the keys that may not: another business's, and none at all.

A new operation without its row here fails."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.surfaces.api import door, openapi
from counterfoil.surfaces.api.v1 import payments as v1_payments
from factories.invoices import credit_note, draft_invoice
from factories.keeping import keep_method
from factories.payments import pay
from factories.refunds import by_hand, by_transfer
from flows.debits.conftest import bank, consent, gateway, pay_by_debit  # noqa: F401  fixtures
from ledger_text import counts

LINES = [{"description": "Water", "quantity": "1", "unit_price": "5.00"}]


@dataclass(frozen=True)
class Asked:
    """How an operation is asked of the business whose rows `ids` names: the ids in its address
    (by kind), and what goes with it."""

    kinds: tuple[str, ...] = ()
    body: Callable[[dict[str, str]], dict[str, Any]] | None = None


def _invoice(ids: dict[str, str]) -> dict[str, Any]:
    return {"customer": ids["customer"], "currency": "EUR", "terms_days": 14, "lines": LINES}


def _payment(ids: dict[str, str]) -> dict[str, Any]:
    part = {"invoice": ids["open"], "amount": 100}
    whole = {"customer": ids["customer"], "currency": "EUR", "amount": 100, "source": "ok"}
    return whole | {"invoices": [part]}


def _nothing(ids: dict[str, str]) -> dict[str, Any]:
    return {}


OPERATIONS: dict[str, Asked] = {
    "create_customer": Asked((), lambda ids: {"name": "New"}),
    "list_customers": Asked(),
    "get_customer": Asked(("customer",)),
    "change_customer": Asked(("customer",), lambda ids: {"name": "Renamed"}),
    "create_invoice": Asked((), _invoice),
    "list_invoices": Asked(),
    "get_invoice": Asked(("invoice",)),
    "change_invoice": Asked(("draft",), lambda ids: {"notes": "Thanks"}),
    "issue_invoice": Asked(("draft",), _nothing),
    "void_invoice": Asked(("spare",), _nothing),
    "get_invoice_pdf": Asked(("invoice",)),
    "create_credit_note": Asked(
        (), lambda ids: {"customer": ids["customer"], "currency": "EUR", "lines": LINES}
    ),
    "list_credit_notes": Asked(),
    "get_credit_note": Asked(("credit_note",)),
    "create_payment": Asked((), _payment),
    "list_payments": Asked(),
    "get_payment": Asked(("payment",)),
    "stop_payment": Asked(("debit",), _nothing),
    "create_refund": Asked(("payment",), lambda ids: {"amount": 100, "reason": "Kindness"}),
    "list_refunds": Asked(("payment",)),
    "confirm_refund": Asked(("transfer", "to_send"), _nothing),
    "withdraw_refund": Asked(("transfer", "to_leave"), _nothing),
    "list_payment_methods": Asked(("customer",)),
    "list_mandates": Asked(),
    "get_mandate": Asked(("mandate",)),
    "revoke_mandate": Asked(("mandate",), _nothing),
    "list_gateways": Asked(),
    "get_trial_balance": Asked(),
    "list_entries": Asked(),
    "list_events": Asked(),
}
DESCRIBED = {
    operation["operationId"]: (method, path.removeprefix("/api/v1"))
    for path, methods in json.loads(openapi.TEXT)["paths"].items()
    for method, operation in methods.items()
}
EMPTY = ({"data": [], "next_cursor": None}, {"data": []})
OF_NOBODY_S_ROWS = {"create_customer", "list_gateways"}  # ask for no row, and name none


@pytest.fixture
def ids(business, customer, issued, gateway, pay_by_debit) -> dict[str, str]:  # noqa: F811
    """One row of each kind of Harrow Water's, as the outside names it."""
    paid = issued()
    debit = pay_by_debit(issued())
    attempt = pay(business, paid)
    keep_method(business, customer)
    transfer = by_transfer(business, customer, "50.00")
    to_send, to_leave = (by_hand(business, transfer, minor) for minor in (1_000, 500))
    return {
        "transfer": encode("pay", transfer),
        "to_send": encode("ref", to_send.id),
        "to_leave": encode("ref", to_leave.id),
        "customer": encode("cus", customer),
        "invoice": encode("inv", paid.id),
        "open": encode("inv", issued().id),
        "spare": encode("inv", issued().id),
        "draft": encode("inv", draft_invoice(business, customer)),
        "payment": encode("pay", attempt.id),
        "debit": encode("pay", debit.id),
        "mandate": encode("mdt", debit.mandate_id),
        "credit_note": encode("cn", credit_note(business, customer).id),
    }


def ask(caller: Any, name: str, ids: dict[str, str]) -> Any:
    """Asks an operation about these rows."""
    method, path = DESCRIBED[name]
    asked = OPERATIONS[name]
    parts = path.split("/")
    places = [number for number, part in enumerate(parts) if part.startswith("{")]
    for place, kind in zip(places, asked.kinds, strict=True):
        parts[place] = ids[kind]
    return caller.ask(method, "/".join(parts), asked.body(ids) if asked.body else None)


def test_every_operation_has_its_row():
    assert set(OPERATIONS) == set(DESCRIBED)


def test_the_business_s_own_key_may_ask_for_everything(api, ids):
    answers = {name: ask(api, name, ids).status for name in OPERATIONS}
    assert {name: status for name, status in answers.items() if status >= 400} == {}


def found_by_a_stranger(caller: Any, ids: dict[str, str]) -> dict[str, int]:
    """What the operations give to a key that may see none of these rows: those of them that answer
    with something else than nothing."""
    found = {}
    for name in (one for one in OPERATIONS if one not in OF_NOBODY_S_ROWS):
        answer = ask(caller, name, ids)
        is_empty = answer.status == 200 and answer.body in EMPTY
        refused = answer.status in (401, 404)
        refused |= answer.status == 422 and not OPERATIONS[name].kinds  # named in the body
        if not (is_empty or refused):
            found[name] = answer.status
    return found


def test_a_key_of_another_business_finds_none_of_it(business, neighbour, ids):
    before = counts(business)

    assert found_by_a_stranger(neighbour, ids) == {}

    assert counts(business) == before


def test_without_a_key_nothing_is_found(business, stranger, ids):
    before = counts(business)
    answers = {name: ask(stranger, name, ids).status for name in OPERATIONS}

    assert {name: status for name, status in answers.items() if status != 401} == {}
    assert counts(business) == before


def test_a_hole_is_found(business: BusinessId, neighbour, ids, monkeypatch):
    """A door that takes any key for one of Harrow Water's."""
    real = door.BearerKey.authenticate
    monkeypatch.setattr(
        door.BearerKey,
        "authenticate",
        lambda *asked: replace(real(*asked), business_id=business),
    )

    empty = {"list_refunds", "list_payment_methods"}  # Alice has none to find
    found = set(found_by_a_stranger(neighbour, ids))
    assert found | empty == set(OPERATIONS) - OF_NOBODY_S_ROWS


def test_a_hole_in_one_operation_is_found(business, neighbour, ids, monkeypatch):
    """An operation that forgets whose payment it is asked for."""
    real = v1_payments._read
    monkeypatch.setattr(
        v1_payments,
        "_read",
        lambda caller, attempt_id: real(replace(caller, business_id=business), attempt_id),
    )

    assert "get_payment" in found_by_a_stranger(neighbour, ids)
