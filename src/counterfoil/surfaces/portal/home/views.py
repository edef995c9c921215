"""The home page: what is due, what is next, what came last."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.timezone import localtime

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.domain.receivables.rows import BalanceRow, ItemRow, PaymentRow
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.pages import Balance, HomePage, UrgentInvoice
from counterfoil.surfaces.portal.rows import invoice_row, payment_row
from counterfoil.surfaces.portal.ways.planning import planned_rows
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.formatting import day_part

NEWEST = 5
URGENT = 20


@dataclass(frozen=True, slots=True)
class _Facts:
    balances: list[BalanceRow]
    urgent: list[ItemRow]
    newest: list[ItemRow]
    last: list[PaymentRow]
    plans: list[ScheduleRow]


def _read(request: PortalRequest) -> _Facts:
    """Everything that matters now, in as few queries as it can."""
    scope, today = request.scope, _today(request)
    balances = queries.balances(scope.business_id, scope.customer_id, today=today)
    urgent, newest = queries.home_items(
        scope.business_id, scope.customer_id, due_limit=URGENT, newest_limit=NEWEST
    )
    succeeded = PaymentFilter(customer_id=scope.customer_id, status="succeeded")
    last = queries.payments(scope.business_id, succeeded, limit=1)
    plans = arrangements.schedules_of(scope.business_id, scope.customer_id)
    return _Facts(balances, urgent, newest, last, plans)


def _today(request: PortalRequest) -> date:
    return local_date(request.at, request.business.timezone)


@signed_in("home", read=_read)
def home(request: PortalRequest, facts: _Facts) -> HttpResponse:
    """What is due, what is next, what came last."""
    today = _today(request)
    person = request.person
    name = person.name if person else ""
    page = HomePage(
        first_name=name.split(" ")[0],
        customer_name=person.customer_name if person else "",
        day_part=day_part(localtime(request.at)),
        balances=tuple(_balance(request, row, facts.urgent) for row in facts.balances),
        newest=tuple(invoice_row(request, item, today) for item in facts.newest),
        last_payment=payment_row(request, facts.last[0]) if facts.last else None,
        invoices_url=links.address("invoices"),
        payments_url=links.address("payments"),
        has_history=bool(facts.newest),
        ahead_url=links.confirm_url(request, ahead="1")
        if request.business.takes_prepayments
        else "",
        planned=planned_rows(facts.plans, today),
    )
    return htmx.render(request, "portal/home/page.html", page=page)


def _balance(request: PortalRequest, row: BalanceRow, urgent: list[ItemRow]) -> Balance:
    today = _today(request)

    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    late = (today - row.oldest_due_date).days if row.oldest_due_date else 0
    free = [one for one in urgent if one.currency == row.currency and not one.attempt_state]
    return Balance(
        due=money(row.open_minor),
        due_count=row.open_count,
        overdue=money(row.overdue_minor),
        overdue_count=row.overdue_count,
        overdue_days_max=max(late, 0),
        due_soon=money(row.open_minor - row.overdue_minor),
        due_soon_count=row.open_count - row.overdue_count,
        due_soon_date=row.next_due_date,
        on_its_way=money(row.held_minor),
        on_its_way_count=row.held_count,
        credit=money(row.unapplied_minor) if row.unapplied_minor else None,
        urgent=_urgent(request, free[0]) if free else None,
        pay_all_url=links.confirm_url(request) if row.open_count > 1 else "",
    )


def _urgent(request: PortalRequest, item: ItemRow) -> UrgentInvoice:
    today = _today(request)
    return UrgentInvoice(
        number=item.number,
        url=links.invoice_url(request, item.number),
        amount_due=Money(item.due_minor, item.currency),
        due_in_days=(item.due_date - today).days,
    )
