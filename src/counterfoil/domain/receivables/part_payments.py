"""What a payer may pay of what is due: how little, and when they are asked why (pure)."""

from decimal import ROUND_UP, Decimal

from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.money import Money, exponent


def floor_of(due: Money, part_floor: Decimal) -> Money:
    """The least that may be paid: the business's floor in this currency, or what is due if that
    is less."""
    digits = Decimal(1).scaleb(-exponent(due.currency))
    floor = Money.of_decimal(part_floor.quantize(digits, rounding=ROUND_UP), due.currency)
    return min(floor, due)


def check_amount(amount: Money, due: Money, part_floor: Decimal, *, field: str) -> None:
    """Refuses (`FieldProblem`) nothing at all, and a part below the floor. More than is due is
    taken: the rest stays the customer's credit."""
    if amount.minor <= 0:
        raise FieldProblem(field, "The amount must be more than zero.", code="not_positive")
    least = floor_of(due, part_floor)
    if amount < least:
        message = f"At least {least.decimal} {least.currency}."
        raise FieldProblem(field, message, code="below_floor", least=least)


def check_note(amount: Money, due: Money, note: str) -> None:
    """Refuses (`FieldProblem`) a part without a word of why it is less."""
    if amount < due and not note:
        raise FieldProblem("note", "Say why it is less than is due.", code="note_needed")
