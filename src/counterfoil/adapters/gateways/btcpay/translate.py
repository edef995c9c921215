"""Turns BTCPay's invoices into the port's outcomes and back; pure, and strict about shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from counterfoil.adapters.answers import Unreadable, carried, text
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money, parse_decimal
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    Instrument,
    MethodKind,
    NextStep,
    Result,
    StepKind,
)

PURPOSE = "itemDesc"  # what BTCPay shows the payer, in what it calls metadata
_SETTLED = "Settled"
_TRUEST_FIRST = (
    Result.SUCCEEDED,
    Result.PROCESSING,
    Result.UNKNOWN,
    Result.ACTION_REQUIRED,
    Result.FAILED,
)
_UNDER_WAY = {Result.ACTION_REQUIRED, Result.PROCESSING}
_ADDITIONS = {"None", "PaidLate", "PaidPartial", "Marked", "Invalid", "PaidOver"}


def invoice_body(request: ChargeRequest) -> Mapping[str, object]:
    """What is to be made. `orderId` is what BTCPay can search by; the payer comes back to us."""
    return {
        "amount": f"{request.amount.decimal:f}",
        "currency": request.amount.currency,
        "metadata": {
            "orderId": request.reference,
            PURPOSE: request.description,
            "customer": request.customer,
        },
        "checkout": {
            "redirectURL": request.return_url,
            "redirectAutomatically": True,
            "paymentTolerance": 0,
            "defaultLanguage": request.locale,
        },
    }


def is_paid_though_expired(invoice: Any) -> bool:
    """Whether money arrived too late, or not enough of it: BTCPay leaves the invoice expired, so
    only its payments say whether they are confirmed."""
    return bool(
        invoice["status"] == "Expired"
        and invoice["additionalStatus"] in ("PaidLate", "PaidPartial")
    )


def is_confirmed(methods: Any) -> bool:
    """Whether every payment of an invoice is confirmed; `Unreadable` if that is not to be seen."""
    try:
        states = {
            payment["status"]
            for method in methods
            for payment in method["payments"]
            if payment["status"] != "Invalid"
        }
    except (KeyError, TypeError) as error:
        raise Unreadable("no payments") from error
    return states == {_SETTLED}


def outcome_of(invoice: Any, *, is_confirmed: bool = False) -> Outcome:
    """The outcome that an invoice tells; for one that expired `is_confirmed` says whether its
    payments are. A state that is new to us is UNKNOWN; `Unreadable` if a part is missing or odd.

    `amount` is what really arrived, net of the payer's fees, in the invoice's currency.
    """
    try:
        asked = money(invoice["amount"], invoice["currency"])
        arrived = _arrived(invoice, asked)
        result = _result(invoice, is_confirmed=is_confirmed)
        failure = _failure(invoice, asked, arrived) if result is Result.FAILED else None
        has_moved = result is Result.SUCCEEDED or (result is Result.PROCESSING and arrived)
        return Outcome(
            reference=reference_of(invoice),
            result=result,
            gateway_ref=text(invoice["id"]),
            amount=arrived if has_moved else None,
            instrument=Instrument(MethodKind.DIGITAL_CURRENCY),
            failure=failure,
            step=_step(invoice) if result is Result.ACTION_REQUIRED else None,
            amount_is_open=True,
            arrived=arrived if result in _UNDER_WAY else None,
        )
    except (KeyError, TypeError, AttributeError, Problem) as error:
        raise Unreadable("not an invoice") from error


def truest(outcomes: Sequence[Outcome]) -> Outcome:
    """What became of a reference that these invoices carry.

    There is one, except where two calls raced. If a payer paid both, both are told as one amount,
    which then is not what was asked: a person looks.
    """
    first = min(outcomes, key=lambda outcome: _TRUEST_FIRST.index(outcome.result))
    paid = [
        outcome.amount
        for outcome in outcomes
        if outcome.result is Result.SUCCEEDED and outcome.amount is not None
    ]
    if len({amount.currency for amount in paid}) != 1:
        return first
    return replace(first, amount=Money(sum(amount.minor for amount in paid), paid[0].currency))


def _result(invoice: Any, *, is_confirmed: bool) -> Result:
    status, addition = invoice["status"], invoice["additionalStatus"]
    if addition not in _ADDITIONS:
        return Result.UNKNOWN
    if is_paid_though_expired(invoice):
        return Result.SUCCEEDED if is_confirmed else Result.PROCESSING
    known = {
        "New": Result.ACTION_REQUIRED,
        "Processing": Result.PROCESSING,
        _SETTLED: Result.SUCCEEDED,
        "Expired": Result.FAILED,
        "Invalid": Result.FAILED,
    }
    return known.get(status, Result.UNKNOWN)


def _failure(invoice: Any, asked: Money, arrived: Money) -> Failure:
    told = f"{invoice['status']} ({invoice['additionalStatus']})"
    if arrived:
        told = f"{told}: {arrived.decimal:f} of {asked.decimal:f} {asked.currency} arrived"
    if invoice["status"] != "Expired":
        return Failure(FailureCode.GATEWAY_REFUSED, told)
    return Failure(FailureCode.ABANDONED, told)


def _arrived(invoice: Any, asked: Money) -> Money:
    """What arrived. Servers before `paidAmount` say it for a plain settled invoice only."""
    told = invoice.get("paidAmount")
    if told is not None:
        return money(told, invoice["currency"])
    if invoice["status"] == _SETTLED and invoice["additionalStatus"] == "None":
        return asked
    if invoice["status"] in ("New", "Expired") and invoice["additionalStatus"] == "None":
        return Money(0, asked.currency)
    raise Unreadable("what arrived is not told")


def _step(invoice: Any) -> NextStep:
    return NextStep(StepKind.HOSTED_PAGE, url=address(invoice["checkoutLink"]))


def address(value: Any) -> str:
    """An address of a page."""
    url = text(value)
    if not url.startswith(("https://", "http://")):
        raise Unreadable("not an address")
    return url


def money(value: Any, currency: Any) -> Money:
    """An amount. BTCPay knows other decimals for some currencies than ISO 4217 does: zeros too
    many are cut, and anything finer is not an amount."""
    if not isinstance(value, str) or not isinstance(currency, str):
        raise Unreadable("not an amount")
    return Money.of_decimal(parse_decimal(value, decimals_max=18), currency)


def reference_of(invoice: Any) -> str:
    """Our reference on an invoice; empty if it carries none."""
    return carried(invoice, "orderId")
