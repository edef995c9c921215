"""What a payment waits for is decided in one place, and said without denying money."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from counterfoil.domain.notifications import waiting
from counterfoil.domain.notifications.waiting import Wait
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, StepKind

ALL = {"arrived": "€60.00", "rest": "€40.00"}


@dataclass
class Facts:
    """A payment of 100 euros that waits."""

    instrument_kind: str = ""
    step_kind: str = ""
    arrived_minor: int = 0
    gateway_ref: str = "ch_1"
    mandate_id: UUID | None = None
    currency: str = "EUR"
    amount_minor: int = 10_000


@pytest.mark.parametrize(
    ("facts", "wait"),
    [
        (Facts(), Wait.BANK),
        (Facts("card", StepKind.REDIRECT), Wait.BANK),
        (Facts("card", StepKind.HOSTED_PAGE), Wait.PAGE),
        (Facts("", StepKind.HOSTED_PAGE), Wait.PAGE),
        (Facts(MethodKind.DIGITAL_CURRENCY, StepKind.HOSTED_PAGE), Wait.COINS),
        (Facts(MethodKind.DIGITAL_CURRENCY, StepKind.HOSTED_PAGE, 1), Wait.REST),
        (Facts(MethodKind.DIGITAL_CURRENCY, StepKind.HOSTED_PAGE, 9_999), Wait.REST),
        (Facts(MethodKind.DIGITAL_CURRENCY, StepKind.HOSTED_PAGE, 10_000), Wait.COINS),
        (Facts("bank_debit", StepKind.REDIRECT, 0, "", uuid4()), Wait.MANDATE),
        (Facts("bank_debit", StepKind.REDIRECT, 0, "py_1", uuid4()), Wait.BANK),
    ],
)
def test_what_a_payment_waits_for(facts, wait):
    assert waiting.awaited(facts) == wait


def test_what_is_missing_is_what_has_not_arrived():
    facts = Facts(MethodKind.DIGITAL_CURRENCY, arrived_minor=6_000)
    assert waiting.arrived_and_rest(facts) == (Money(6_000, "EUR"), Money(4_000, "EUR"))


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("wait", Wait)
def test_each_has_its_words_with_every_amount_in_its_place(wait, language):
    with translation.override(language):
        begun, open_ = waiting.payer_words(wait, began="10:12", **ALL), waiting.payer_words(wait)
        said = [begun.title, begun.words, begun.link, begun.note, open_.words]
        said += [waiting.staff_words(wait, **ALL), *waiting.left_words(wait, "2 days")]
    assert all(said[:3])
    assert [one for one in said if "%(" in one] == []
    amounts = [one for one in ALL.values() if one in begun.words]
    assert amounts == (list(ALL.values()) if wait is Wait.REST else [])


def test_only_a_check_of_the_bank_names_a_bank_and_coins_are_never_denied():
    with translation.override("en"):
        for wait in set(Wait) - {Wait.BANK}:
            begun, open_ = (
                waiting.payer_words(wait, began="10:12", **ALL),
                waiting.payer_words(wait),
            )
            said = f"{begun.title} {begun.words} {begun.link} {begun.note} {open_.words}"
            assert "bank" not in said.lower(), wait
            is_denied = "no money" in said.lower() or "nothing is charged" in said.lower()
            assert is_denied == (wait in (Wait.PAGE, Wait.MANDATE)), wait


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_what_was_accepted_takes_as_long_as_its_way_does(language):
    with translation.override(language):
        said = {kind: waiting.processing_words(kind) for kind in ("", *MethodKind)}
        part = waiting.processing_words(MethodKind.DIGITAL_CURRENCY, arrived="€60.00")
    assert said[""] == said[MethodKind.CARD] == said[MethodKind.WALLET]
    assert len(set(said.values())) == 4
    assert "€60.00" in part
    assert [kind for kind in said if not waiting.is_soon_known(kind)] == [MethodKind.BANK_DEBIT]
