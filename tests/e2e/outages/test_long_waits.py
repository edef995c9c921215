"""Somebody holds an invoice for longer than anybody waits: whoever would pay it is told that it is
in progress, and nothing is started."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import httpx

from counterfoil.kernel.ids import encode
from e2e import witness
from e2e.outages.paying import opened
from e2e.stack import Payer, Stack
from factories import database as db

WORDS = "Somebody else is at work on this at the moment"


@contextmanager
def invoices_held(stack: Stack, *payers: Payer) -> Iterator[None]:
    """The rows that say what is open stay locked."""
    rows = "SELECT id FROM receivables_openitem WHERE business_id = %s AND id = ANY(%s) FOR UPDATE"
    with db.connect(stack.addresses.owner_url) as owner:
        owner.execute("BEGIN")
        owner.execute(rows, [payers[0].business.id, [one.invoice["id"] for one in payers]])
        yield
        owner.execute("ROLLBACK")


def test_who_pays_an_invoice_that_is_held_is_told_and_no_attempt_is_made(stack: Stack) -> None:
    by_page, by_api = stack.payer(), stack.payer()
    key = stack.office("add_key", business=by_api.business.id)
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "held"}
    total = by_api.invoice["total"]
    asked = {
        "customer": encode("cus", UUID(by_api.customer)), "currency": "EUR", "amount": total,
        "source": stack.sandbox.token(),
        "invoices": [{"invoice": encode("inv", UUID(by_api.invoice["id"])), "amount": total}],
    }  # fmt: skip
    with httpx.Client(base_url=by_api.business.url, headers=headers, timeout=40) as api:
        form = opened(stack, by_page)
        with invoices_held(stack, by_page, by_api), ThreadPoolExecutor(2) as at_once:
            sent = at_once.submit(form.send)
            called = at_once.submit(api.post, "/api/v1/payments", json=asked)
            told, answer = sent.result(), called.result()

        assert (answer.status_code, answer.json()["code"]) == (409, "in_progress")
        assert answer.headers["Retry-After"]
        assert told.status_code == 302
        assert WORDS in form.browser.get(told.headers["Location"]).text
        for payer in (by_page, by_api):
            assert witness.attempts(stack, payer) == []
            assert witness.tries(stack, payer) == []

        again = api.post("/api/v1/payments", json=asked)  # under the same key, which says nothing
    assert again.status_code == 201, again.text
    witness.check_paid_once(stack, by_api)
