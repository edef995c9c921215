"""Commands as they are kept until a second person has decided: written, and read back, exactly."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.identity.roles import Act, Limit
from counterfoil.domain.payments.states import ByHand
from counterfoil.flows.refunds.refund_by_hand import Handed
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.kernel.errors import Refused

_LINE = ("description", "quantity", "unit_price", "tax_rate", "discount_percent")
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class RequestUnreadable(Refused):
    """A request says nothing that this version of the program could do."""

    code = "request_unreadable"
    message = "What was asked for can't be read any more. Nothing was done: ask for it again."


@contextmanager
def readable() -> Iterator[None]:
    """Around the reading of what was kept, and nothing else: what makes no sense is
    `RequestUnreadable`."""
    try:
        yield
    except _UNREADABLE as error:
        raise RequestUnreadable from error


def kept_refund(command: RefundCommand) -> dict[str, Any]:
    """A refund, without the form that asked for it."""
    handed = command.handed
    return {
        "payment": str(command.attempt_id),
        "amount_minor": command.amount_minor,
        "reason": command.reason,
        "handed": handed
        and {
            "method": handed.method.value,
            "on": handed.on and handed.on.isoformat(),
            "reference": handed.reference,
        },
    }


def refund_key(approval_id: UUID) -> str:
    """The form key of the refund that a request leads to."""
    return f"approval:{approval_id}"


def refund_of(kept: Mapping[str, Any], *, form_key: str) -> RefundCommand:
    """The refund again, under its own form key: begun once, however often it is carried out."""
    handed = kept["handed"]
    how = handed and Handed(
        ByHand(handed["method"]),
        date.fromisoformat(handed["on"]) if handed["on"] else None,
        handed["reference"],
    )
    return RefundCommand(
        UUID(kept["payment"]), form_key, kept["amount_minor"], kept["reason"], how or None
    )


def kept_credit(new: NewCreditNote) -> dict[str, Any]:
    """A credit note; quantities, prices and rates as the decimal text that they are."""
    return {
        "customer": str(new.customer_id),
        "currency": new.currency,
        "lines": [{name: str(getattr(line, name)) for name in _LINE} for line in new.lines],
        "invoice": new.invoice_id and str(new.invoice_id),
        "line_ids": [one and str(one) for one in new.line_ids],
        "discount_percent": str(new.discount_percent),
        "reason": new.reason,
        "notes": new.notes,
        "external_ref": new.external_ref,
    }


def credit_of(kept: Mapping[str, Any]) -> NewCreditNote:
    """The credit note again."""
    return NewCreditNote(
        customer_id=UUID(kept["customer"]),
        currency=kept["currency"],
        lines=[_line(one) for one in kept["lines"]],
        invoice_id=UUID(kept["invoice"]) if kept["invoice"] else None,
        line_ids=[UUID(one) if one else None for one in kept["line_ids"]],
        discount_percent=Decimal(kept["discount_percent"]),
        reason=kept["reason"],
        notes=kept["notes"],
        external_ref=kept["external_ref"],
    )


def bank_data_of(kept: Mapping[str, Any]) -> NewBankAccount | tuple[UUID, bool]:
    """A new account, or which one is to be shown from now on, or no more."""
    if kept["do"] == "add":
        return NewBankAccount(**kept["account"])
    return UUID(kept["account"]), bool(kept["is_active"])


def kept_limits(limits: Iterable[Limit]) -> list[list[Any]]:
    """Rules of what needs two people."""
    return [[one.act.value, one.currency, one.up_to_minor] for one in limits]


def limits_of(kept: Iterable[Iterable[Any]]) -> list[Limit]:
    """The rules again."""
    return [Limit(Act(act), currency, minor) for act, currency, minor in kept]


def _line(kept: Mapping[str, str]) -> LineInput:
    return LineInput(
        description=kept["description"],
        quantity=Decimal(kept["quantity"]),
        unit_price=Decimal(kept["unit_price"]),
        tax_rate=Decimal(kept["tax_rate"]),
        discount_percent=Decimal(kept["discount_percent"]),
    )
