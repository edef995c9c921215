"""How an invoice stands: derived from its document state, what covers it, and the day (pure)."""

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """The computed status of an invoice, the first that holds in this order."""

    VOID = "void"
    DRAFT = "draft"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible"
    OVERDUE = "overdue"
    PART_PAID = "part_paid"
    OPEN = "open"


def standing(
    state: str,
    *,
    open_minor: int,
    covered_minor: int,
    due_date: date | None,
    today: date,
    written_off_minor: int = 0,
) -> Standing:
    """The status of one invoice on a day of its business."""
    if state == "voided":
        return Standing.VOID
    if state == "draft":
        return Standing.DRAFT
    if open_minor == 0:
        return Standing.PAID
    if written_off_minor and written_off_minor == open_minor:
        return Standing.UNCOLLECTIBLE
    if due_date is not None and due_date < today:
        return Standing.OVERDUE
    return Standing.PART_PAID if covered_minor else Standing.OPEN
