"""What a write does not ask for is named and refused, whatever it would be good for: nothing of a
row can be set that its operation does not offer."""

import pytest

from flows.debits.conftest import bank, consent, gateway, pay_by_debit  # noqa: F401  fixtures
from ledger_text import counts
from surfaces.api import test_access
from surfaces.api.test_access import DESCRIBED, OPERATIONS, Asked, ids  # noqa: F401  a fixture

WRITES = [name for name, (method, _path) in DESCRIBED.items() if method != "get"]
NOT_OURS_TO_SET = {
    "business_id": "00000000-0000-0000-0000-000000000000", "id": "inv_1", "state": "issued",
    "paid": 100, "balance": {"EUR": 0}, "is_void": True, "total": 1, "role": "owner",
    "is_active": True, "created_at": "2026-01-01T00:00:00Z", "token": "x", "__class__": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_a_field_too_many_is_named_and_nothing_is_done(api, business, ids, name, monkeypatch):  # noqa: F811
    asked = OPERATIONS[name]
    before = counts(business)
    for field, value in NOT_OURS_TO_SET.items():
        more = Asked(asked.kinds, lambda ids, f=field, v=value: asked.body(ids) | {f: v})
        monkeypatch.setitem(OPERATIONS, name, more)
        assert test_access.ask(api, name, ids).errors == {field: "unknown_field"}
    assert counts(business) == before
