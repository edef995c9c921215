"""What a payment waits for, and how that is said to its payer and to staff: decided here, by how it
is paid and by whose page its payer is on, and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, StepKind


class Wait(StrEnum):
    """What the payer has to do."""

    MANDATE = "mandate"  # give it, on the gateway's page
    BANK = "bank"  # show their bank that it is them
    PAGE = "page"  # pay on the gateway's page
    COINS = "coins"  # send digital currency
    REST = "rest"  # of which a part has arrived


class Waiting(Protocol):
    """What of a payment decides what it waits for."""

    @property
    def currency(self) -> str:
        """Of its amounts."""

    @property
    def amount_minor(self) -> int:
        """What it is for."""

    @property
    def arrived_minor(self) -> int:
        """What came so far of what is sent in parts."""

    @property
    def instrument_kind(self) -> str:
        """How it is paid, where that is known."""

    @property
    def step_kind(self) -> str:
        """Whose page its payer goes on at."""

    @property
    def gateway_ref(self) -> str:
        """By what its gateway knows it; empty while nothing was charged."""

    @property
    def mandate_id(self) -> UUID | None:
        """The mandate that it rests on."""


@dataclass(frozen=True, slots=True)
class StepWords:
    """What a payer reads: a title, what there is to do, the link that leads there, and a note for
    who has done it already."""

    title: str
    words: str
    link: str
    note: str = ""


def awaited(payment: Waiting) -> Wait:
    """What a payment that waits for its payer waits for."""
    if payment.mandate_id is not None and not payment.gateway_ref:
        return Wait.MANDATE
    if payment.instrument_kind == MethodKind.DIGITAL_CURRENCY:
        return Wait.REST if came_in_part(payment) else Wait.COINS
    return Wait.PAGE if payment.step_kind == StepKind.HOSTED_PAGE else Wait.BANK


def came_in_part(payment: Waiting) -> bool:
    """Whether less than it is for has arrived, but something."""
    return 0 < payment.arrived_minor < payment.amount_minor


def arrived_and_rest(payment: Waiting) -> tuple[Money, Money]:
    """What has arrived so far, and what is missing."""
    arrived = Money(payment.arrived_minor, payment.currency)
    return arrived, Money(max(0, payment.amount_minor - payment.arrived_minor), payment.currency)


def payer_words(wait: Wait, *, began: str = "", arrived: str = "", rest: str = "") -> StepWords:
    """What is said to who may go on with a payment; `began`: to who began it, and when that was.
    The amounts are of what came in part."""
    parts = {"time": began, "arrived": arrived, "rest": rest}
    words = _begun_words(wait) if began else _open_words(wait)
    title, link, note = {
        Wait.MANDATE: (
            _("The mandate is not given yet"),
            _("Continue to the mandate"),
            _("If you have just given it, wait a moment: this page changes by itself."),
        ),
        Wait.BANK: (
            _("Your bank wants to check that it is you"),
            _("Continue at your bank"),
            _("If you have just confirmed it, wait a moment: this page changes by itself."),
        ),
        Wait.PAGE: (
            _("The payment page was not finished"),
            _("Go on paying"),
            _("If you have just paid, wait a moment: this page changes by itself."),
        ),
        Wait.COINS: (_("Waiting for your coins"), _("Go on paying"), ""),
        Wait.REST: (
            _("A part of your coins has arrived"),
            _("Send the rest"),
            _("If you have just sent the rest, wait a moment: this page changes by itself."),
        ),
    }[wait]
    return StepWords(title, words % parts, link, note)


def _begun_words(wait: Wait) -> str:
    """For who began it, at a time."""
    return {
        Wait.MANDATE: _(
            "You began to pay at %(time)s. Nothing is charged until you have given the mandate on "
            "the payment gateway's page. If you do not, the invoice is free again after an hour."
        ),
        Wait.BANK: _(
            "You began to pay at %(time)s. No money moves until you have confirmed it at your bank."
        ),
        Wait.PAGE: _(
            "You began to pay at %(time)s. No money moves until you have paid on the payment "
            "gateway's page."
        ),
        Wait.COINS: _(
            "You began to pay at %(time)s. As soon as your coins are seen, this page says so. If "
            "you have not sent them yet: the payment page shows where to, and how much."
        ),
    }.get(wait) or _open_words(wait)


def _open_words(wait: Wait) -> str:
    """For whoever may go on with it."""
    return {
        Wait.MANDATE: _(
            "Nothing is charged until the mandate has been given on the payment gateway's page."
        ),
        Wait.BANK: _("Somebody has to confirm this payment at the bank. No money has moved."),
        Wait.PAGE: _(
            "No money has moved: the payment has not been made on the payment gateway's page yet."
        ),
        Wait.COINS: _(
            "As soon as your coins are seen, this page says so. If you have not sent them yet: the "
            "payment page shows where to, and how much."
        ),
        Wait.REST: _(
            "%(arrived)s has arrived, %(rest)s is still missing: the payment page shows where to "
            "send it. Nothing is lost: if the time of that page runs out, what has arrived pays "
            "for so much, and the rest stays due."
        ),
    }[wait]


def processing_words(kind: str, *, arrived: str = "") -> str:
    """What a payment that was accepted still needs, where no day is known; `arrived`: only so much
    of it came."""
    if arrived:
        words = _(
            "%(arrived)s has arrived, and its network still has to confirm it. The time of the "
            "payment page is over, so the rest stays due."
        )
        return words % {"arrived": arrived}
    known = {
        MethodKind.BANK_DEBIT.value: _("The bank needs a few days."),
        MethodKind.BANK_REDIRECT.value: _(
            "The bank still has to confirm it, which takes minutes or, with a transfer, a few days."
        ),
        MethodKind.DIGITAL_CURRENCY.value: _(
            "Your coins have been seen. Their network still has to confirm them, which takes "
            "minutes, sometimes an hour."
        ),
    }
    return known.get(kind) or _(
        "The payment gateway still has to confirm it, mostly in less than a minute."
    )


def is_soon_known(kind: str) -> bool:
    """Whether it is worth waiting on the page for a payment that was accepted."""
    return kind != MethodKind.BANK_DEBIT


def staff_words(wait: Wait, *, arrived: str = "", rest: str = "") -> str:
    """What staff read on the page of a payment that waits for its payer."""
    words = {
        Wait.MANDATE: _(
            "The payer has to give the mandate on the gateway's page. Nothing is charged before."
        ),
        Wait.BANK: _("The payer has to confirm it at their bank."),
        Wait.PAGE: _("The payer has not paid on the gateway's page yet."),
        Wait.COINS: _("The gateway waits for the payer's coins."),
        Wait.REST: _(
            "%(arrived)s has arrived in coins, %(rest)s is missing. The payer can still send it; "
            "when the time of the gateway's page is over, what has arrived is booked, and the rest "
            "stays due."
        ),
    }[wait]
    return words % {"arrived": arrived, "rest": rest}


def step_happened(wait: Wait | None) -> str:
    """What happened when a payment came to wait for its payer; in general, where no more is known
    than that."""
    if wait is None:
        return _("Waiting for the payer")
    return {
        Wait.MANDATE: _("The payer is asked for a mandate"),
        Wait.BANK: _("The payer's bank asks for a confirmation"),
    }.get(wait) or _("The payer was sent to the gateway's page")


def left_words(wait: Wait, span: str) -> tuple[str, str]:
    """The title of a payment that has waited for its payer for long, and why it does."""
    title, why = {
        Wait.MANDATE: (
            _("Mandate open for %(span)s"),
            _("The payer was sent to the gateway's page and has not given the mandate there."),
        ),
        Wait.BANK: (
            _("Confirmation at the bank open for %(span)s"),
            _("The payer was sent to their bank and has not come back."),
        ),
        Wait.PAGE: (
            _("Payment page open for %(span)s"),
            _("The payer was sent to the gateway's page and has not paid there."),
        ),
        Wait.COINS: (
            _("Coins awaited for %(span)s"),
            _("The gateway has not seen the payer's coins yet."),
        ),
        Wait.REST: (
            _("Coins awaited for %(span)s"),
            _("A part of the payer's coins has arrived, the rest is missing."),
        ),
    }[wait]
    return title % {"span": span}, why
