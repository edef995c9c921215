"""What is ticked on the list of invoices to be paid together, on whichever of its pages."""

from collections.abc import Sequence
from dataclasses import replace

from counterfoil.domain.receivables.queries import PARTS_MAX, ItemFilter
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.portal.invoices.pages import Chosen, Kept
from counterfoil.surfaces.portal.pages import InvoiceRow
from counterfoil.surfaces.portal.rows import can_be_chosen

_NUMBER_MAX = 80


def ticked(request: PortalRequest) -> tuple[str, ...]:
    """The numbers that are ticked as the address says: no more than one payment may be for."""
    numbers = request.GET.getlist("invoice")[:PARTS_MAX]
    return tuple(dict.fromkeys(number for number in numbers if len(number) <= _NUMBER_MAX))


def with_ticks(
    request: PortalRequest, wanted: ItemFilter, rows: tuple[InvoiceRow, ...]
) -> tuple[InvoiceRow, ...]:
    """The rows of a page with those ticked that the reader ticked; where they have not chosen yet
    and look at what is to be paid, with what is overdue."""
    numbers = set(ticked(request))
    if not numbers:
        return _with_overdue(rows) if _begins(request, wanted) else rows
    return tuple(
        replace(row, is_chosen=row.can_be_chosen and row.number in numbers) for row in rows
    )


def chosen(
    request: PortalRequest,
    wanted: ItemFilter,
    rows: Sequence[InvoiceRow],
    elsewhere: Sequence[ItemRow],
    *,
    url: str,
    none_url: str,
) -> Chosen:
    """All that is ticked: of these rows, and of what was ticked on other pages and can still be
    chosen."""
    kept = tuple(
        Kept(item.number, Money(item.due_minor, item.currency))
        for item in elsewhere
        if can_be_chosen(item)
    )
    amounts = [row.amount_due for row in rows if row.is_chosen]
    amounts += [one.amount_due for one in kept]
    begins = not ticked(request) and _begins(request, wanted)
    return Chosen(
        url=url,
        kept=kept,
        sums=_sums(amounts),
        is_begun=begins and bool(amounts),
        leaves_out=any(_is_late(row) and not row.is_chosen for row in rows),
        is_made=bool(amounts) or request.GET.get("chosen") == "1",
        none_url=none_url,
    )


def _begins(request: PortalRequest, wanted: ItemFilter) -> bool:
    """Whether the reader looks at what is to be paid, and not for one invoice; and has not chosen
    yet, nor said that they want to begin with none."""
    if wanted.status not in ("due", "overdue") or wanted.q:
        return False
    return request.GET.get("chosen") != "1"


def _with_overdue(rows: tuple[InvoiceRow, ...]) -> tuple[InvoiceRow, ...]:
    """What is overdue is ticked already, of what stands on this page and in one currency: that of
    what has been overdue for longest. Nothing that the reader does not see is ever chosen."""
    late = [row for row in rows if _is_late(row)]
    if not late:
        return rows
    currency = min(late, key=lambda row: row.due_in_days).amount_due.currency
    return tuple(
        replace(row, is_chosen=row in late and row.amount_due.currency == currency) for row in rows
    )


def _is_late(row: InvoiceRow) -> bool:
    return row.can_be_chosen and row.due_in_days < 0


def _sums(amounts: Sequence[Money]) -> tuple[Money, ...]:
    """One sum a currency, in the order in which they come."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        before = sums.get(amount.currency)
        sums[amount.currency] = before + amount if before else amount
    return tuple(sums.values())
