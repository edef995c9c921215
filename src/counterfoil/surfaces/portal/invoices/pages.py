"""The values that portal/invoices/list.html (fragment block: results) is drawn from."""

from dataclasses import dataclass

from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.pages import InvoiceRow, InvoiceSort


@dataclass(frozen=True, slots=True)
class StatusFilter:
    """One status to filter by. `code`: all, due, overdue, processing, paid, void."""

    code: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """An invoice that is ticked and stands on another page of the list."""

    number: str
    amount_due: Money


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is ticked. `url`: GET `invoice` (several), to be confirmed there; `sums`: what it comes
    to, one a currency; `is_made`: the reader has chosen, be it nothing; `is_begun`: what is overdue
    is ticked already; `leaves_out`: but for what is in another currency."""

    url: str
    none_url: str  # the same list with none ticked
    kept: tuple[Kept, ...] = ()
    sums: tuple[Money, ...] = ()
    is_made: bool = False
    is_begun: bool = False
    leaves_out: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceListPage:
    """`search` and `sort` as asked.

    The form sends GET `q`, `status`, `sort`, `after` and what is ticked to `form_url`; with htmx
    the answer may be the block. `after`: where the next page begins; `chosen`: for who may pay.
    """

    rows: tuple[InvoiceRow, ...]
    filters: tuple[StatusFilter, ...]
    form_url: str
    total: int = 0
    after: str = ""
    before: str = ""  # the way to the page before; empty where that is the first
    has_previous: bool = False
    search: str = ""
    sort: InvoiceSort = "due"
    status: str = "all"
    chosen: Chosen | None = None

    @property
    def can_choose(self) -> bool:
        """Whether anything on this page can be ticked, by a reader who may pay."""
        return self.chosen is not None and any(row.can_be_chosen for row in self.rows)
