"""Much money moves only at the word of somebody who has just proved who they are."""

from django.http import HttpRequest, HttpResponse

from counterfoil.domain.business import queries as businesses
from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.step_up import ask, fresh


def ask_for_sum(request: HttpRequest, amount: Money, what: str) -> HttpResponse | None:
    """The page that asks, if the amount reaches the sum of the business's settings and the reader
    has not just proved who they are; else None. What was typed is kept meanwhile. The sum is read
    anew: another process may have changed it a moment ago."""
    business = businesses.by_id(request.business.id)  # type: ignore[attr-defined]
    if amount.decimal < business.step_up_over or fresh(request):
        return None
    return ask(request, what)
