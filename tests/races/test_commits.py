"""The connection breaks at the COMMIT: what was done is done once, whichever side of it."""

import pytest

from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.flows import issue_invoices
from counterfoil.infra.db import run
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.invoices import draft_invoice
from factories.outside.cutting import cut_at_commit
from ledger_text import counts

TERMS = IssueTerms(AT.date())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_write_cut_at_its_commit_is_made_once(business, customer, moment):
    before = counts(business)["billing_invoice"]

    with cut_at_commit(moment) as wire:
        draft_invoice(business, customer)

    assert wire.cuts == 1
    assert counts(business)["billing_invoice"] == before + 1


@pytest.mark.parametrize(("moment", "calls"), [("before", 2), ("after", 1)])
def test_work_is_repeated_only_if_it_did_not_come_true(business, moment, calls):
    called = []

    with cut_at_commit(moment) as wire:
        run(business, lambda: called.append(1))

    assert (wire.cuts, len(called)) == (1, calls)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_issuing_cut_at_its_commit_takes_one_number(business, customer, moment):
    invoice = draft_invoice(business, customer)
    later = draft_invoice(business, customer)

    with cut_at_commit(moment) as wire:
        [issued] = issue_invoices.issue(business, [invoice], TERMS, at=AT, by=SYSTEM)
    [following] = issue_invoices.issue(business, [later], TERMS, at=AT, by=SYSTEM)

    assert wire.cuts == 1
    assert int(following.number[-5:]) == int(issued.number[-5:]) + 1
