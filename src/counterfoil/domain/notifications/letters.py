"""The facts that each mail is written from: plain, exact values, whoever gathered them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes. Colours are `#rrggbb` and were made readable before: `fill` under `on_fill` on
    the button, and the same for a dark screen."""

    name: str
    legal_name: str = ""
    address: tuple[str, ...] = ()
    email: str = ""
    fill: str = "#0f5c4c"
    on_fill: str = "#ffffff"
    fill_dark: str = "#5cc9ac"
    on_fill_dark: str = "#0f1613"

    @property
    def initial(self) -> str:
        """The letter that stands in for a logo: no picture is ever fetched."""
        return next((letter.upper() for letter in self.name if letter.isalnum()), "•")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the address, whose contact it is, the language and the time zone."""

    email: str
    customer_name: str
    locale: str
    timezone: str


@dataclass(frozen=True, slots=True)
class PaidWith:
    """What paid, as far as it may be shown."""

    kind: str
    brand: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a payment went to one invoice, and so much is left there."""

    number: str
    amount: Money
    left: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLetter:
    """An invoice was issued. `due` is what is open when the mail is written; `link` opens this
    invoice without a sign-in where `is_guest_link` says so."""

    letterhead: Letterhead
    reader: Reader
    number: str
    issued_date: date
    due_date: date
    total: Money
    due: Money
    link: str
    is_guest_link: bool = True
    credit: Money | None = None  # what the customer's credit has covered of it


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteLetter:
    """A credit note was issued, against the invoice `invoice_number` or none. `left` is what that
    invoice has open now, `credit` what the note does not cover: the customer's credit. It asks for
    nothing."""

    letterhead: Letterhead
    reader: Reader
    number: str
    invoice_number: str
    issued_date: date
    total: Money
    left: Money
    credit: Money
    reason: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLetter:
    """A payment arrived; `unapplied` is what stays as the customer's credit."""

    letterhead: Letterhead
    reader: Reader
    reference: str
    amount: Money
    paid_at: datetime
    paid_with: PaidWith
    parts: tuple[Part, ...]
    unapplied: Money
    link: str
    surcharge: Money | None = None  # what of it is for paying in this way


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLetter:
    """A payment did not work. `due` is what its invoices still have open."""

    letterhead: Letterhead
    reader: Reader
    amount: Money
    tried_at: datetime
    paid_with: PaidWith
    failure_code: str
    numbers: tuple[str, ...]
    due: Money
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedLetter:
    """A payment was stopped before it moved money. `due` is what its invoices have open."""

    letterhead: Letterhead
    reader: Reader
    amount: Money
    begun_at: datetime
    stopped_at: datetime
    paid_with: PaidWith
    numbers: tuple[str, ...]
    due: Money
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLetter:
    """What a customer owes, by currency, with a link that opens just that."""

    letterhead: Letterhead
    reader: Reader
    dues: tuple[tuple[Money, int], ...]  # the amount, and of how many invoices
    link: str

    @property
    def due(self) -> bool:
        """Whether anything is due."""
        return bool(self.dues)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLetter:
    """Money was given back of a payment; `reopened` says which invoices are open again by how much
    (and, as `left`, what is open there now). `by_hand` says how the business gave it back itself:
    `bank_transfer`, `cheque`, `cash`; empty: its gateway did."""

    letterhead: Letterhead
    reader: Reader
    reference: str
    payment_reference: str
    amount: Money
    paid: Money
    sent_at: datetime
    paid_with: PaidWith
    reopened: tuple[Part, ...]
    link: str
    by_hand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSentLetter:
    """A refund that its reader was told of was not sent: it is to be sent still, or (`is_off`) not
    at all. `covered` says which invoices are paid by that money again, by how much."""

    letterhead: Letterhead
    reader: Reader
    reference: str
    payment_reference: str
    amount: Money
    is_off: bool
    covered: tuple[Part, ...]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLetter:
    """What became of an invoice, or of money, that its reader was told of: `event` says what.
    `parts` are what of each invoice the payment covers now, and what is open there."""

    letterhead: Letterhead
    reader: Reader
    event: str
    amount: Money
    link: str
    reference: str = ""
    parts: tuple[Part, ...] = ()
    credit: Money | None = None
    due: Money | None = None
    to_staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLetter:
    """A charge that nobody was there for waits for its payer: their bank wants to see them. `link`
    leads to the bank's page."""

    letterhead: Letterhead
    reader: Reader
    amount: Money
    asked_at: datetime
    paid_with: PaidWith
    numbers: tuple[str, ...]
    link: str

    @property
    def due(self) -> bool:
        """It asks for a payment, always."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLetter:
    """A saved card ends soon; `link` leads to where another one is saved, or, with a
    `planned_date`, to the payment that is planned for after its end."""

    letterhead: Letterhead
    reader: Reader
    paid_with: PaidWith
    name: str
    ends_date: date
    link: str
    planned_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitNoticeLetter:
    """A bank account will be debited: how much, when, by whom, on which mandate. The rules of the
    schemes want it told before. With a `first_date` the gateway tells no day: it is between that
    and about `debit_date`."""

    letterhead: Letterhead
    reader: Reader
    reference: str
    amount: Money
    confirmed_at: datetime
    debit_date: date
    first_date: date | None = None
    paid_with: PaidWith
    creditor_name: str
    creditor_ref: str
    mandate_reference: str
    is_sepa: bool
    numbers: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLetter:
    """A debit that had arrived was sent back by the payer's bank. `due` is what the invoices that
    it paid have open now; `mandate_reference` is there if the mandate ended with it."""

    letterhead: Letterhead
    reader: Reader
    reference: str
    amount: Money
    paid_at: datetime
    returned_at: datetime
    paid_with: PaidWith
    failure_code: str
    reopened: tuple[Part, ...]
    due: Money
    mandate_reference: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackLetter:
    """To staff: a payer's bank took money back (`opened`), the answer is `due`, it was `won` or
    `lost`. The reader's `customer_name` is whose payment it is."""

    letterhead: Letterhead
    reader: Reader
    event: str
    reference: str
    payment_reference: str
    amount: Money
    fee: Money
    due_at: datetime | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLetter:
    """A planned payment is charged tomorrow, or, with an `end_reason`, it is not charged at all;
    with `outlives_card` it will not be, unless something else pays it."""

    letterhead: Letterhead
    reader: Reader
    amount: Money
    pay_date: date
    paid_with: PaidWith
    numbers: tuple[str, ...]
    end_reason: str
    link: str
    outlives_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLetter:
    """To a person about their own access: `invited`, `changed`, `removed`, or `admitted` by staff
    on their own request. `preset` names what they may do; `by` who did it. Or to a manager, of
    somebody else (`whom`): `came`, `given`, `offered`; or of staff who `looked` (`whom`: why)."""

    letterhead: Letterhead
    reader: Reader
    event: str
    by: str
    link: str
    preset: str = ""
    until: datetime | None = None
    whom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLetter:
    """To staff, or to somebody who is asked to be: `invited`; `asked` for a second person's word on
    an `act`; or what became of what they asked for: `carried_out`, `refused`, `failed`, `expired`;
    that somebody tries cards on the pay page (`alarm`), that the database was `restored`, that the
    books are `unproven`.
    """

    letterhead: Letterhead
    reader: Reader
    event: str
    by: str
    link: str
    act: str = ""
    amount: Money | None = None
    about: str = ""  # whose, or which
    note: str = ""  # what the person wrote who asked, or decided
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealsLetter:
    """To those who may read the trail: the last seal over it (`mark`), which is over everything
    before it, and the `earlier` ones since the last mail; `business` is its name for commands."""

    letterhead: Letterhead
    reader: Reader
    business: str
    mark: str
    sealed_at: datetime
    rows: int
    earlier: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class PayCodeLetter:
    """The code that somebody types on the pay page to show that they read this address's mail."""

    letterhead: Letterhead
    reader: Reader
    code: str
    minutes: int


Letter = (
    PayCodeLetter
    | InvoiceLetter
    | CreditNoteLetter
    | ReceiptLetter
    | FailedLetter
    | StoppedLetter
    | BalanceLetter
    | RefundLetter
    | NotSentLetter
    | ChangeLetter
    | StepLetter
    | EndingLetter
    | PlannedLetter
    | DebitNoticeLetter
    | ReturnedLetter
    | ChargebackLetter
    | PeopleLetter
    | StaffLetter
    | SealsLetter
)


def asks_for_money(letter: Letter) -> bool:
    """Whether its reader is asked to pay; a mail that only tells of something has no `due`."""
    return bool(getattr(letter, "due", None))


def link_mark(message_id: UUID) -> str:
    """What stands in a stored message where the secret of its link will be when it is sent: the
    database never holds a link that opens something."""
    return f"~{message_id.hex}"
