"""What is told of mandates: decided once, in any order; one that has ended stays ended."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.domain.payments.mandate_outcomes import (
    ENDED,
    MandateTold,
    end_by_code,
    judge_mandates,
)
from counterfoil.domain.payments.rows import MandateRow, mandate_place
from counterfoil.domain.payments.states import MANDATE, MandateState
from counterfoil.infra.secrets.box import seal_long
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome
from counterfoil.kernel.ports.gateways.mandates import MandateState as Told
from counterfoil.kernel.ports.gateways.outcomes import Instrument

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
REVOKING = [
    "AC04", "AC06", "MD01", "MD06", "MD07", "SL01", "R02", "R05", "R07", "R10", "R14", "R15",
    "R16", "R29", "ARUDD-1", "ARUDD-2", "ARUDD-3", "ARUDD-6", "ARUDD-B", "DDICA",
]  # fmt: skip
BOB = seal_long("Bob", mandate_place(UUID(int=1), "holder"))
FAILING = ["AC01", "AC13", "AG01", "R03", "R04", "R20", "ARUDD-5"]


def row(state):
    return MandateRow(
        id=UUID(int=1), customer_id=UUID(int=2), gateway_account_id=UUID(int=3),
        scheme="sepa_core", state=state, reference="REF-1", gateway_ref="mdt_1", source_ref="pm_1",
        name="", is_default=False,
        creditor_name="Harrow", creditor_ref="DE98", sealed_holder="", country="", last4="",
        sealed_text="", locale="en", accepted_at=AT, sealed_accepted_by="", sealed_ip_address="",
        sealed_user_agent="",
        created_at=AT, ended_at=None, end_reason="", checks=0, next_check_at=None,
    )  # fmt: skip


def judged(mandate, told):
    outcome = MandateOutcome("REF-1", told, reason="because")
    return judge_mandates([mandate], [MandateTold(mandate.id, outcome)], at=AT)


@given(st.lists(st.sampled_from(list(Told)), max_size=12))
def test_whatever_is_told_in_whatever_order_every_move_is_legal(words):
    mandate = row("created")
    for told in words:
        for change in judged(mandate, told):
            assert MANDATE.allows(MandateState(mandate.state), change.target)
            mandate = change.mandate
    assert (mandate.ended_at is not None) == (MandateState(mandate.state) in ENDED)


@given(st.sampled_from(sorted(ENDED)), st.lists(st.sampled_from(list(Told)), min_size=1))
def test_one_that_has_ended_stays_ended(state, words):
    assert [change for told in words for change in judged(row(state.value), told)] == []


@given(st.lists(st.sampled_from(list(Told)), min_size=1))
def test_told_again_is_known_already(words):
    mandate = row("created")
    for told in words:
        for change in judged(mandate, told):
            mandate = change.mandate
        assert judged(mandate, told) == []


def test_a_mandate_nobody_knows_of_has_failed_and_one_that_waits_is_asked_about():
    (absent,) = judged(row("unknown"), Told.ABSENT)
    assert (absent.target, absent.mandate.end_reason) == (MandateState.FAILED, "because")
    (unknown,) = judged(row("created"), Told.UNKNOWN)
    assert unknown.mandate.next_check_at > AT


WORDS = {
    "created": {Told.PENDING: "pending", Told.ACTIVE: "active", Told.REVOKED: "revoked",
                Told.FAILED: "failed", Told.UNKNOWN: "unknown", Told.ABSENT: "failed"},
    "pending": {Told.ACTIVE: "active", Told.REVOKED: "revoked", Told.FAILED: "failed",
                Told.EXPIRED: "expired", Told.ABSENT: "failed"},
    "active": {Told.REVOKED: "revoked", Told.FAILED: "failed", Told.EXPIRED: "expired",
               Told.ABSENT: "failed"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "told"), list(product(WORDS, Told)))
def test_each_word_in_each_state(state, told):
    found = [change.target.value for change in judged(row(state), told)]
    assert found == ([WORDS[state][told]] if told in WORDS[state] else [])


def changed(state, told, **said):
    """What is other than before; the row shown is the one that the move writes."""
    before = replace(row(state), checks=3, sealed_holder=BOB, country="GB", last4="0007")
    outcome = MandateOutcome("REF-1", told, **said)
    (change,) = judge_mandates([before], [MandateTold(before.id, outcome)], at=AT)
    after = change.mandate
    columns = dict(change.move.columns)
    columns["sealed_holder"] = columns.pop("holder")
    assert after == replace(before, state=change.target.value, **columns)
    assert (change.move.object_id, change.move.source) == (before.id, state)
    assert (change.move.target, change.move.reason) == (change.target, after.end_reason)
    names = ["holder", *(field.name for field in fields(after) if field.name != "sealed_holder")]
    return {n: getattr(after, n) for n in names if getattr(after, n) != getattr(before, n)}


def test_what_is_told_of_a_mandate_is_written():
    account = Instrument("bank_debit", last4="12345", country="DEU", holder="x" * 141)
    assert changed(
        "pending", Told.ACTIVE, gateway_ref="mdt_2", source="pm_2", instrument=account,
        reason="no end",
    ) == {
        "state": "active", "gateway_ref": "mdt_2", "source_ref": "pm_2", "last4": "1234",
        "country": "DE", "holder": "x" * 140, "checks": 0,
    }  # fmt: skip
    assert changed("pending", Told.ACTIVE) == {"state": "active", "checks": 0}


@pytest.mark.parametrize(
    ("told", "reason", "kept"),
    [(Told.FAILED, "", ""), (Told.ABSENT, "", "not_sent"), (Told.ABSENT, "AC04", "AC04"),
     (Told.REVOKED, "x" * 121, "x" * 120), (Told.EXPIRED, "old", "old")],
)  # fmt: skip
def test_the_end_of_a_mandate_is_written(told, reason, kept):
    told_ends = {Told.REVOKED: "revoked", Told.EXPIRED: "expired"}
    ends = {"state": told_ends.get(told, "failed"), "ended_at": AT, "checks": 0}
    assert changed("active", told, reason=reason) == ends | ({"end_reason": kept} if kept else {})


def test_a_mandate_is_asked_about_until_it_stands():
    for told, seconds in ((Told.UNKNOWN, 5), (Told.PENDING, 3600)):
        assert changed("created", told)["next_check_at"] == AT + timedelta(seconds=seconds)


def test_the_first_of_two_words_for_one_mandate_counts():
    mandate, other = row("active"), replace(row("active"), id=UUID(int=7))
    said = [(mandate, Told.REVOKED), (mandate, Told.EXPIRED), (other, Told.FAILED)]
    told = [MandateTold(one.id, MandateOutcome("REF-1", word)) for one, word in said]
    told.insert(0, MandateTold(UUID(int=9), MandateOutcome("REF-9", Told.FAILED)))

    found = judge_mandates([mandate, other], told, at=AT)

    assert [(one.mandate.id, one.target) for one in found] == [
        (mandate.id, MandateState.REVOKED), (other.id, MandateState.FAILED)
    ]  # fmt: skip


def test_what_is_told_of_others_is_left_out():
    told = MandateTold(UUID(int=9), MandateOutcome("REF-9", Told.REVOKED))
    assert judge_mandates([row("active")], [told], at=AT) == []


@pytest.mark.parametrize(
    ("code", "ends"),
    [("AM04", None), ("R01", None), ("ARUDD-0", None), ("", None), ("??", None),
     *((code, Told.REVOKED) for code in REVOKING), *((code, Told.FAILED) for code in FAILING)],
)  # fmt: skip
def test_only_a_code_that_says_so_ends_a_mandate(code, ends):
    assert end_by_code(code) == ends
