"""Planning a payment, and what is planned, as pages draw it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from counterfoil.domain.arrangements.days import first_day, last_day
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.arrangements.states import ScheduleState
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.payments.methods.rows import NOTICE
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest, may
from counterfoil.surfaces.portal.ways.values import Method, PlanForm, Planned, Way


def plan_form(
    request: PortalRequest,
    parts: Sequence[tuple[int, str]],
    currency: str,
    ways: Sequence[Way],
    form_key: str,
    due: Sequence[date],
) -> PlanForm | None:
    """The form, for people who signed in where the business lets them plan; `parts` are so much of
    which invoice number, `due` the days on which those are due."""
    days_max = request.business.schedule_days_max
    if request.person is None or not days_max or not parts:
        return None
    zone = request.person.timezone
    first, last = first_day(request.at, zone), last_day(request.at, zone, days_max)
    return PlanForm(
        url=links.address("plan"),
        form_key=form_key,
        back=request.get_full_path(),
        currency=currency,
        parts=tuple(f"{minor}:{number}" for minor, number in parts),
        first_date=first,
        last_date=last,
        ways=tuple(way for way in ways if way.method),
        methods_url=links.address("methods") if may(request, ContactRight.METHODS) else "",
        due_date=min((one for one in due if first <= one < last), default=None),
    )


def planned_rows(
    request: PortalRequest, rows: Sequence[ScheduleRow], today: date
) -> tuple[Planned, ...]:
    """What will be charged; a plan that has lost its cause is on its way out, and not shown."""
    shown = [planned(row, today) for row in rows if row.amount and row.is_method_there]
    if may(request, ContactRight.PAY):
        return tuple(shown)
    return tuple(replace(one, url="") for one in shown)


def planned(row: ScheduleRow, today: date) -> Planned:
    """One plan, with a word of its card where that ends before the day, from a month before."""
    ends = row.ends_date
    is_near = ends is not None and ends <= today + NOTICE
    return Planned(
        url=links.address("planned", encode("sch", row.id)),
        amount=row.amount,
        pay_date=row.pay_date,
        method=Method(row.kind, row.brand, row.last4),
        numbers=row.numbers,
        is_charging=row.state == ScheduleState.CHARGING,
        card_ends=ends if row.outlives_card and is_near else None,
        card_has_ended=ends is not None and ends < today,
    )
