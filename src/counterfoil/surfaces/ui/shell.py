"""The frame around every page as plain values: whose it is, who reads it, in which language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

_NONE: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select, or one entry of a switch."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class FormState:
    """A form as it was sent: raw values, and errors as translated words by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    form_errors: Sequence[str] = ()

    def value(self, name: str) -> str:
        """What was typed, or an empty string."""
        return self.values.get(name, "")

    def problems(self, name: str) -> Sequence[str]:
        """The errors of one field."""
        return self.errors.get(name, _NONE)


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose page it is. `css_url` serves `ui.brand.brand_css`, changed by its ?v= only."""

    name: str
    css_url: str = ""
    logo_url: str = ""
    legal_name: str = ""
    address: tuple[str, ...] = ()
    email: str = ""

    @property
    def sender(self) -> str:
        """Its name in law and where it is, on one line."""
        return ", ".join((self.legal_name or self.name, *self.address))

    @property
    def initial(self) -> str:
        """The letter that stands in for a missing logo."""
        return next((letter.upper() for letter in self.name if letter.isalnum()), "•")


@dataclass(frozen=True, slots=True)
class Nav:
    """Where a signed-in person can go; a guest has none. Empty: not there for this reader."""

    home_url: str
    invoices_url: str
    payments_url: str
    profile_url: str
    person_name: str
    customer_name: str = ""  # drawn where there are others to switch to
    switch_url: str = ""
    current: Literal["", "home", "invoices", "payments", "profile"] = ""


@dataclass(frozen=True, slots=True)
class Flash:
    """One message that survives a redirect, in translated words."""

    words: str
    tone: Literal["neutral", "good", "warn", "bad"] = "neutral"


@dataclass(frozen=True, slots=True)
class LookBanner:
    """A member of staff looks as a customer: who, until when, and the way out (a POST)."""

    name: str
    until: datetime
    leave_url: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What `ui/base.html` draws around every page.

    `language_url` takes a POST of `language` (a code) and `next` (a path of ours).
    """

    brand: Brand
    locale: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    languages: tuple[Choice, ...] = ()
    language_url: str = ""
    here: str = "/"
    nav: Nav | None = None
    sign_in_url: str = ""  # drawn for a guest only
    sign_out_url: str = ""  # takes a POST; drawn for who is signed in
    flashes: tuple[Flash, ...] = ()
    is_sandbox: bool = False  # say on every page that no real money moves
    at_staff: bool = False  # the backoffice's door, not the portal's
    look: LookBanner | None = None


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What a person needs when a page cannot be shown. All of it may be left out.

    `money`: "none" (surely no money moved), "unknown" (a payment may be on its way: we check),
    or "" (has nothing to do with money; the template's own sentence stands).
    """

    reference: str = ""  # the request id, to quote to the business
    home_url: str = ""
    money: Literal["", "none", "unknown"] = ""
    wait_minutes: int = 0  # 429: until one may try again; 0 if that is not known
    names: tuple[str, ...] = ()  # 403 "right": who can change it
    reason: str = ""  # 410: "expired" or "revoked"; 404, 410: "return"
