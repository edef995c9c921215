"""What is told of mandates: decided once, in any order; one that has ended stays ended."""

from datetime import UTC, datetime
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
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.domain.payments.states import MANDATE, MandateState
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome
from counterfoil.kernel.ports.gateways.mandates import MandateState as Told

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def row(state):
    return MandateRow(
        id=UUID(int=1), customer_id=UUID(int=2), gateway_account_id=UUID(int=3),
        scheme="sepa_core", state=state, reference="REF-1", gateway_ref="mdt_1", source_ref="pm_1",
        name="", is_default=False,
        creditor_name="Harrow", creditor_ref="DE98", holder="", country="", last4="", text="text",
        locale="en", accepted_at=AT, accepted_by="Alice", ip_address="", user_agent="",
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


def test_what_is_told_of_others_is_left_out():
    told = MandateTold(UUID(int=9), MandateOutcome("REF-9", Told.REVOKED))
    assert judge_mandates([row("active")], [told], at=AT) == []


@pytest.mark.parametrize(
    ("code", "ends"),
    [("AM04", None), ("R01", None), ("ARUDD-0", None), ("", None), ("??", None),
     ("AC04", Told.REVOKED), ("MD06", Told.REVOKED), ("DDICA", Told.REVOKED),
     ("R10", Told.REVOKED), ("AC01", Told.FAILED), ("R03", Told.FAILED)],
)  # fmt: skip
def test_only_a_code_that_says_so_ends_a_mandate(code, ends):
    assert end_by_code(code) == ends
