"""The values of the settings' pages."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.surfaces.backoffice.changes.pages import Change
from counterfoil.surfaces.backoffice.pages import Filter, Happening
from counterfoil.surfaces.ui.lists import Paging
from counterfoil.surfaces.ui.shell import Choice, FormState


@dataclass(frozen=True, slots=True)
class Swatch:
    """The accent as pages will use it; `note` says in words if it had to be corrected."""

    css_url: str
    note: str
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class BrandPage:
    """Fields in `form`: name, legal_name, email, tax_id, accent, locale, timezone
    and the parts of the address as `address.line1` and so on."""

    tabs: tuple[Filter, ...]
    form: FormState
    swatch: Swatch | None
    locales: tuple[Choice, ...]
    timezones: tuple[Choice, ...]
    logo_url: str
    logo_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Who changed what, or (`happenings`) who signed in, looked and was refused, the newest first;
    and the last seal over it."""

    tabs: tuple[Filter, ...]
    filters: tuple[Filter, ...]
    rows: tuple[Change, ...]
    happenings: tuple[Happening, ...]
    paging: Paging
    csv_url: str
    seal: str
    sealed_at: datetime | None
    mails_seals: bool
    form_key: str
