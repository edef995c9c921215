"""The values that pages of one's own sign-in draw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterfoil.surfaces.ui.shell import FormState


@dataclass(frozen=True, slots=True)
class Ways:
    """How this person can prove themselves."""

    passkey: bool
    code: bool
    password: bool
    mail: bool
    text: str = ""  # the last digits of the number that codes may go to
    code_hint: str = ""  # where the codes of `code` come from


@dataclass(frozen=True, slots=True)
class StepUpPage:
    """What `account/step_up.html` draws. `mailed_to` says that a code is on its way there,
    `texted` that one is on its way as a text message."""

    what: str
    back_url: str
    ways: Ways
    asked: str = ""  # which of the things that wait for a proof this page is about
    mailed_to: str = ""
    texted: bool = False
    error: str = ""
    by: str = ""  # the way that the error is of
    options: Any = None  # for the passkey


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner knows it."""

    name: str
    added_at: datetime
    used_at: datetime | None
    rename_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session in words; `end_url` is empty for this one."""

    agent: str
    origin: str
    at_staff: bool
    opened_at: datetime
    last_seen_at: datetime
    end_url: str


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """What `mfa/index.html` draws."""

    email: str
    has_password: bool
    passkeys: tuple[Passkey, ...]
    has_app: bool
    codes_left: int | None
    sessions: tuple[OpenSession, ...]
    takes_texts: bool = False
    number: str = ""  # the mobile number that codes may go to


@dataclass(frozen=True, slots=True)
class AddressPage:
    """What `account/email_change.html` draws; with `sent_to` it asks for the code."""

    email: str
    form: FormState
    sent_to: str = ""


@dataclass(frozen=True, slots=True)
class NumberPage:
    """What `account/number.html` draws: the number so far; with `sent_to` it asks for the code."""

    number: str
    form: FormState
    sent_to: str = ""
