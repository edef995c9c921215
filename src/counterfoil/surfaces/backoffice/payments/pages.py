"""The values of the payments' pages."""

from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.pages import BookEntry, Happening, Link, MailRow
from counterfoil.surfaces.backoffice.payments.chargebacks.pages import ChargebackLine
from counterfoil.surfaces.backoffice.payments.mandates import MandateLine
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class Part:
    """What a payment is for, or covers: one invoice."""

    invoice: Link
    planned: Money
    applied: Money
    take_off_url: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One refund of a payment: where it stands, whether money moved, and what to do now."""

    reference: str
    amount: Money
    pill: Pill
    at: datetime
    explanation: str
    reason: str
    is_ours: bool
    claim_url: str = ""
    ask_url: str = ""
    looked_url: str = ""
    transfer_ref: str = ""  # what staff write into the transfer that they still have to send
    told_ref: str = ""  # a cheque's number, or whatever staff noted
    line_url: str = ""  # the bank line that shows it
    sent_url: str = ""
    withdraw_url: str = ""
    take_back_url: str = ""


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What of a payment is refunded: its refunds, what is left, and the way on. `is_offered` says
    whether money can be given back at all; `payer` and `payer_account` where a transfer came from,
    `today` is the day that one is usually sent on."""

    refunds: tuple[RefundLine, ...]
    refunded: Money
    left: Money
    is_offered: bool
    refund_url: str = ""
    payer: str = ""
    payer_account: str = ""
    today: date | None = None


@dataclass(frozen=True, slots=True)
class HandBack:
    """How the business gives money back itself: the fields, and where a transfer came from. In the
    review `told` says what was chosen, and `has_gone` whether the money is away already."""

    form: FormState
    methods: tuple[Choice, ...]
    payer: str = ""
    payer_account: str = ""
    told: str = ""
    has_gone: bool = False


@dataclass(frozen=True, slots=True)
class OpenAgain:
    """An invoice that a refund opens again, and by how much."""

    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundPage:
    """The form of a refund; `is_review` shows what will follow instead of the fields, `is_asked`
    that a second person has to agree, `free_credit` what the customer has beside what is open
    again."""

    reference: str
    customer: str
    method: str
    left: Money
    typed: str
    reason: str
    form_key: str
    back_url: str
    errors: tuple[str, ...] = ()
    form_errors: tuple[str, ...] = ()
    is_review: bool = False
    is_asked: bool = False
    amount: Money | None = None
    from_credit: Money | None = None
    surcharge: Money | None = None
    open_again: tuple[OpenAgain, ...] = ()
    free_credit: Money | None = None
    hand: HandBack | None = None


@dataclass(frozen=True, slots=True)
class TakeOffPage:
    """A payment is to be taken off an invoice; what will follow."""

    reference: str
    invoice: str
    amount: Money
    back_url: str
    others: tuple[Choice, ...] = ()  # invoices that it can be moved to


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One payment with its story. `ask_url` only while its outcome is open."""

    reference: str
    amount: Money
    pill: Pill
    explanation: str
    customer: Link
    payer: str
    note: str  # the payer's own words: why it is less than was due
    method: str
    gateway: str
    gateway_ref: str
    begun_at: datetime
    finished_at: datetime | None
    finished_words: str
    has_hour: bool  # of `finished_at`: of a transfer or a cheque only the day is known
    failure: str
    parts: tuple[Part, ...]
    unapplied: Money | None
    is_reserved: bool  # all of it: a refund is about to give it back
    surcharge: Money | None  # what of it is for paying this way, and was kept
    happenings: tuple[Happening, ...]
    timeline_url: str
    mails: tuple[MailRow, ...]
    books: tuple[BookEntry, ...]
    ask_url: str = ""
    checks: int = 0
    next_check_at: datetime | None = None
    receipt_url: str = ""
    refund: RefundPart | None = None
    chargebacks: tuple[ChargebackLine, ...] = ()
    stop_url: str = ""
    mandate: MandateLine | None = None
    expected_date: date | None = None  # when a debit should be paid
