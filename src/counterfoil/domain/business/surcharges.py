"""What paying one way costs on top of what is owed (pure): a share, a fixed part, at most so much.

Kept in the business's settings by method kind: `{"card": {"percent": "1.5", "fixed": {"EUR": 30},
"cap": {"EUR": 500}}}`. A kind that is not there costs nothing.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import MethodKind

KINDS = (MethodKind.CARD, MethodKind.WALLET, MethodKind.BANK_DEBIT)
PERCENT_MAX = Decimal(10)


def quote(surcharges: Mapping[str, Any], kind: str, amount: Money) -> Money:
    """What paying `amount` in this way costs on top; the share is rounded half up."""
    nothing = Money(0, amount.currency)
    one = surcharges.get(kind)
    if not one or amount.minor <= 0:
        return nothing
    fee = amount.percent(Decimal(one.get("percent") or 0))
    fee += Money(int(one.get("fixed", {}).get(amount.currency, 0)), amount.currency)
    cap = one.get("cap", {}).get(amount.currency)
    return fee if cap is None else min(fee, Money(int(cap), amount.currency))


def checked(kind: str, percent: Decimal, fixed: Money, cap: Money | None) -> dict[str, Any]:
    """One setting as it is kept; refuses a share that is no share, and amounts below zero."""
    problems = []
    if not 0 <= percent <= PERCENT_MAX:
        message = "This must be between 0 and 10 percent."
        problems.append(FieldProblem(f"{kind}.percent", message, code="not_a_surcharge"))
    if fixed.minor < 0:
        problems.append(FieldProblem(f"{kind}.fixed", "This is below zero.", code="not_positive"))
    if cap is not None and cap.minor <= 0:
        problems.append(FieldProblem(f"{kind}.cap", "This is below zero.", code="not_positive"))
    if problems:
        raise InvalidInput(problems)
    if not percent and not fixed:
        return {}
    return {
        "percent": format(percent.normalize(), "f"),
        "fixed": {fixed.currency: fixed.minor} if fixed else {},
        "cap": {cap.currency: cap.minor} if cap else {},
    }
