"""Statements that banks and other programs wrote, through the flow: in once, and the books hold."""

import os
from pathlib import Path

import pytest

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.accounts import add_bank_account
from counterfoil.flows.banking.statements import read_file
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ports.banks import NO_HINTS, StatementRefused
from factories.businesses import AT

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "bank_statements"
FILES_AT_LEAST = 20

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with the files"
)


def own_every_account(business, read):
    """Makes the file's accounts ours, as far as they can be."""
    for one in read.statements:
        iban, number = one.account.iban, "" if one.account.iban else one.account.number
        with reading(business):
            there = {(a.iban, a.number, a.currency) for a in businesses.bank_accounts(business)}
        if (iban, number, one.currency) not in there:
            new = NewBankAccount("Harrow", one.currency, iban=iban, number=number)
            add_bank_account(business, new, at=AT)


def test_real_statements_come_in_once(business):
    done = 0
    for path in sorted(one for one in DATA.rglob("*") if one.is_file()):
        content = path.read_bytes()
        try:
            read = read_file(content, NO_HINTS)
            own_every_account(business, read)
            plan = import_statement.preview(business, content)
        except (StatementRefused, Problem):
            continue
        first = import_statement.apply(business, plan, at=AT, by=SYSTEM, quiet=True)
        again = import_statement.preview(business, content)
        assert again.lines == (), path
        assert first.waiting + first.aside + first.settled == len(plan.lines)
        done += bool(plan.lines)
    assert done >= FILES_AT_LEAST
    assert prove(business).holds
