"""The values of the customers' pages."""

from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.domain.notifications.words import preset_words
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.changes.pages import Change
from counterfoil.surfaces.backoffice.pages import InvoiceRow, MailRow, PaymentRow
from counterfoil.surfaces.backoffice.payments.mandates import MandateLine
from counterfoil.surfaces.ui.lists import Paging
from counterfoil.surfaces.ui.shell import Choice, FormState


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer of the list, with what they owe by currency."""

    name: str
    url: str
    email: str
    external_ref: str
    open: tuple[Money, ...] = ()
    overdue: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerListPage:
    """The list; `is_choice` when a customer is chosen for a new invoice."""

    rows: tuple[CustomerRow, ...]
    form_url: str
    paging: Paging
    new_url: str
    search: str = ""
    is_choice: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at the customer, and which mails they get."""

    name: str
    email: str
    gets_invoices: bool
    gets_receipts: bool
    has_signed_in: bool
    preset: str = "manages"
    url: str = ""
    timeline_url: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was asked to become a contact, and has not answered."""

    email: str
    preset: str
    sent_at: datetime
    expires_at: datetime
    has_expired: bool
    again_url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands open in one currency, and what goes against it."""

    open: Money
    open_count: int
    overdue: Money
    overdue_count: int
    oldest_due_date: date | None
    held: Money
    asked: Money  # a payment of it waits for its payer
    credit: Money
    going_back: Money  # credit that is being refunded

    @property
    def can_apply(self) -> bool:
        """Credit and open invoices stand side by side."""
        return bool(self.credit) and bool(self.open)


@dataclass(frozen=True, slots=True)
class BalanceLink:
    """A link to what the customer owes that somebody holds."""

    sent_to: str
    sent_at: datetime
    expires_at: datetime
    revoke_url: str


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything about one customer; `contact_form` fields: name, email, gets_invoices,
    gets_receipts."""

    name: str
    email: str
    phone: str
    tax_id: str
    external_ref: str
    locale: str
    timezone: str
    currency: str
    address: tuple[str, ...]
    contacts: tuple[Contact, ...]
    balances: tuple[Balance, ...]
    invoices: tuple[InvoiceRow, ...]
    payments: tuple[PaymentRow, ...]
    mails: tuple[MailRow, ...]
    contact_form: FormState
    contact_url: str
    links_url: str
    edit_url: str
    see_url: str
    new_invoice_url: str
    take_url: str  # a cheque or cash to record
    invoices_url: str
    payments_url: str
    credit_url: str
    balance_url: str
    form_key: str
    balance_links: tuple[BalanceLink, ...] = ()
    invited: tuple[Invited, ...] = ()
    presets: tuple[str, ...] = ()  # what its reader may let a new contact do
    mandates: tuple[MandateLine, ...] = ()
    changes: tuple[Change, ...] = ()
    data_url: str = ""
    timeline_url: str = ""

    @property
    def preset_choices(self) -> tuple[Choice, ...]:
        """What a new contact may do, as the choices of a form."""
        return tuple(Choice(name, preset_words(name)) for name in self.presets)

    @property
    def is_open(self) -> bool:
        """Something can be paid."""
        return any(balance.open for balance in self.balances)


@dataclass(frozen=True, slots=True)
class CustomerFormPage:
    """Fields in `form`: name, email, phone, locale, timezone, currency, tax_id, external_ref and
    the parts of the address as `address.line1` and so on."""

    form: FormState
    save_url: str
    back_url: str
    form_key: str
    is_new: bool
    locales: tuple[Choice, ...]
    timezones: tuple[Choice, ...]
