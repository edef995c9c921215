"""A draft may be deleted; its history stays and says who did it. What was issued never goes."""

import pytest

from counterfoil.domain.billing import operations as billing
from counterfoil.domain.billing import queries
from counterfoil.domain.billing.operations import NotADraft
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.proofs import prove
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import draft_invoice, line, new_invoice
from ledger_text import counts

CAROL = Actor(ActorKind.STAFF, "carol", "Carol")


def delete(business, *ids):
    billing.delete_drafts(business, ids, at=AT, by=CAROL)


def test_a_draft_goes_with_its_parts_and_its_history_stays(business, customer):
    before = counts(business)
    kept, gone = (draft_invoice(business, customer, line(tax="20"), line("5")) for _ in range(2))

    delete(business, gone)

    with reading(business):
        assert list(queries.invoices(business, [kept, gone])) == [kept]
        assert len(queries.lines(business, kept)) == 2
        assert (queries.lines(business, gone), queries.taxes(business, gone)) == ([], [])
        steps = stories.steps(business, "invoice", [gone])
    assert [(step.to_state, step.actor) for step in steps] == [
        ("draft", "system"), ("deleted", "staff:carol")
    ]  # fmt: skip
    after = counts(business)
    assert after["billing_invoice"] - before["billing_invoice"] == 1
    assert prove(business).holds


def test_its_reference_is_free_again(business, customer):
    new = new_invoice(customer, external_ref="PO-1")
    (first,) = billing.draft(business, [new], at=AT, by=CAROL)

    delete(business, first)

    assert billing.draft(business, [new], at=AT, by=CAROL)


def test_what_was_issued_meanwhile_stays_and_so_does_the_rest(business, customer, issued):
    draft, invoice = draft_invoice(business, customer), issued()
    before = counts(business)

    with pytest.raises(NotADraft):
        delete(business, draft, invoice.id)

    assert counts(business) == before


def test_a_neighbours_draft_is_not_found(business, other_business):
    theirs = draft_invoice(other_business, add_customer(other_business, "Nadia"))

    for unknown in (theirs, new_id()):
        with pytest.raises(NotFound):
            delete(business, unknown)

    with reading(other_business):
        assert queries.invoice(other_business, theirs).state == "draft"
