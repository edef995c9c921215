"""The values that the page of saved methods is drawn from."""

from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.surfaces.portal.ways.values import Method, Way


@dataclass(frozen=True, slots=True)
class GivenMandate:
    """One mandate. `state`: pending, active, revoked, failed or expired; `revoke_url`, `name_url`
    only while it stands or is awaited; `continue_url` where it is given, while it is awaited.
    `name` is its owner's own word for the account."""

    method: Method
    scheme: str
    reference: str
    state: str
    given_at: datetime
    given_by: str
    ended_at: datetime | None
    url: str
    revoke_url: str = ""
    continue_url: str = ""
    name: str = ""
    name_url: str = ""
    is_default: bool = False
    default_url: str = ""  # where it may be put first


@dataclass(frozen=True, slots=True)
class MandatePage:
    """One mandate in full: its text as it was agreed to, by paragraphs."""

    mandate: GivenMandate
    creditor_name: str
    holder: str
    title: str
    paragraphs: tuple[str, ...]
    locale: str
    back_url: str


@dataclass(frozen=True, slots=True)
class SavedRow:
    """One saved method. `ends_date` is a card's last day; `renewed_at` when its network changed
    it."""

    method: Method
    name: str
    is_default: bool
    name_url: str
    default_url: str
    remove_url: str
    ends_date: date | None = None
    has_ended: bool = False
    ends_soon: bool = False
    used_at: datetime | None = None
    renewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MethodsPage:
    """What is saved, and the form that saves another: it POSTs `form_key` and `source` to
    `add_url`. `add` is there where the gateway keeps methods; `add_accounts` where bank accounts
    can be: each POSTs `form_key` and `way`, and `source` where it has `fields`, to `give_url`."""

    rows: tuple[SavedRow, ...]
    add_url: str
    form_key: str
    add: Way | None = None
    mandates: tuple[GivenMandate, ...] = ()
    add_accounts: tuple[Way, ...] = ()
    give_url: str = ""
