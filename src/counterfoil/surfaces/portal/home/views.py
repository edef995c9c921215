"""The home page: what is due, what is next, what came last."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localtime

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.audit.rows import LookRow
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import BalanceRow, HomeRows, ItemRow
from counterfoil.flows.people.looks import NEWS_FOR
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import SEEING, PortalRequest, may, signed_in
from counterfoil.surfaces.portal.home.pages import Balance, HomePage, Look, UrgentInvoice
from counterfoil.surfaces.portal.rows import invoice_rows, may_confirm, payment_row
from counterfoil.surfaces.portal.ways.planning import planned_rows
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.formatting import day_part

NEWEST = 5


@dataclass(frozen=True, slots=True)
class _Facts:
    rows: HomeRows
    plans: list[ScheduleRow]


def _read(request: PortalRequest) -> _Facts:
    """Everything that matters now, in as few queries as it can."""
    business_id, customer_id = request.scope.business_id, request.scope.customer_id
    rows = receivables.home(
        business_id,
        customer_id,
        today=_today(request),
        newest_limit=NEWEST,
        looked_since=request.at - NEWS_FOR,
    )
    return _Facts(rows, arrangements.schedules_of(business_id, customer_id))


def _today(request: PortalRequest) -> date:
    return local_date(request.at, request.business.timezone)


@signed_in("home", right=SEEING, read=_read)
def home(request: PortalRequest, facts: _Facts) -> HttpResponse:
    """What is due, what is next, what came last."""
    today, rows = _today(request), facts.rows
    person = request.person
    name = person.name if person else ""
    page = HomePage(
        first_name=name.split(" ")[0],
        customer_name=person.customer_name if person else "",
        day_part=day_part(localtime(request.at)),
        balances=tuple(_balance(request, row, rows.next_due) for row in rows.balances),
        newest=invoice_rows(request, rows.newest, today) if may(request, ContactRight.SEE) else (),
        last_payment=payment_row(request, rows.last[0]) if rows.last else None,
        invoices_url=links.address("invoices") if may(request, ContactRight.SEE) else "",
        payments_url=links.address("payments"),
        has_history=bool(rows.newest),
        ahead_url=links.confirm_url(request, ahead="1")
        if request.business.takes_prepayments and may(request, ContactRight.PAY)
        else "",
        planned=planned_rows(request, facts.plans, today),
        look=_look(rows.looks[0]) if rows.looks else None,
    )
    return htmx.render(request, "portal/home/page.html", page=page)


def _look(row: LookRow) -> Look:
    return Look(row.by, row.at, links.address("looks"))


def _balance(request: PortalRequest, row: BalanceRow, next_due: list[ItemRow]) -> Balance:
    today = _today(request)

    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    late = (today - row.oldest_due_date).days if row.oldest_due_date else 0
    may_pay = may(request, ContactRight.PAY)
    others = tuple(one for one in row.askers if not _is_asked(request, one))
    asked_of_others = sum(int(one["minor"]) for one in others)
    urgent = next((one for one in next_due if one.currency == row.currency and may_pay), None)
    return Balance(
        due=money(row.open_minor),
        due_count=row.open_count,
        overdue=money(row.overdue_minor),
        overdue_count=row.overdue_count,
        overdue_days_max=max(late, 0),
        due_soon=money(row.open_minor - row.overdue_minor),
        due_soon_count=row.open_count - row.overdue_count,
        due_soon_date=row.next_due_date,
        on_its_way=money(row.held_minor - row.unknown_minor),
        on_its_way_count=row.held_count - row.unknown_count,
        unknown=money(row.unknown_minor) if row.unknown_count else None,
        asked=money(row.asked_minor - asked_of_others) if len(others) < row.asked_count else None,
        asked_of_others=money(asked_of_others) if others else None,
        asked_names=tuple(dict.fromkeys(one["name"] for one in others))
        if all(one["name"] for one in others)
        else (),
        credit=money(row.unapplied_minor) if row.unapplied_minor else None,
        going_back=money(row.going_back_minor) if row.going_back_minor else None,
        urgent=_urgent(request, urgent) if urgent else None,
        pay_all_url=links.confirm_url(request) if row.open_count > 1 and may_pay else "",
    )


def _is_asked(request: PortalRequest, asker: dict[str, Any]) -> bool:
    return may_confirm(request, asker["ref"], is_planned=asker["is_planned"])


def _urgent(request: PortalRequest, item: ItemRow) -> UrgentInvoice:
    today = _today(request)
    return UrgentInvoice(
        number=item.number,
        url=links.invoice_url(request, item.number),
        amount_due=Money(item.due_minor, item.currency),
        due_in_days=(item.due_date - today).days,
    )
