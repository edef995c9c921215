"""Turns Mollie's payments, refunds and chargebacks into the port's words and back; pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from counterfoil.adapters.answers import Unreadable, carried, moment, text
from counterfoil.adapters.gateways.mollie import reasons
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.money import Money, parse_decimal
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, ChargebackTold
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
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

OURS = "counterfoil"  # the name of our reference in what Mollie calls metadata
_DESCRIPTION_LENGTH = 255
_LOCALES = {"en": "en_GB", "de": "de_DE"}
_RESULTS = {
    "open": Result.ACTION_REQUIRED,
    "pending": Result.PROCESSING,
    "authorized": Result.PROCESSING,
    "paid": Result.SUCCEEDED,
    "failed": Result.FAILED,
    "expired": Result.FAILED,
    "canceled": Result.CANCELLED,
}
_REFUND_RESULTS = {
    "queued": Result.PROCESSING,
    "pending": Result.PROCESSING,
    "processing": Result.PROCESSING,
    "refunded": Result.SUCCEEDED,
    "failed": Result.FAILED,
    "canceled": Result.CANCELLED,
}
_KINDS = {
    "creditcard": MethodKind.CARD,
    "applepay": MethodKind.WALLET,
    "googlepay": MethodKind.WALLET,
    "paypal": MethodKind.WALLET,
    "directdebit": MethodKind.BANK_DEBIT,
}
_CARDS = "creditcard"
_BY_KIND = {
    MethodKind.CARD: (_CARDS,),
    MethodKind.WALLET: ("applepay", "paypal"),  # Google Pay has no name here: it comes with cards
    MethodKind.BANK_REDIRECT: (
        "bancontact",
        "banktransfer",
        "belfius",
        "blik",
        "eps",
        "ideal",
        "kbc",
        "mybank",
        "paybybank",
        "przelewy24",
        "trustly",
    ),
}
_MOVED = {Result.SUCCEEDED, Result.PROCESSING, Result.RETURNED}


def payment_body(request: ChargeRequest, webhook_url: str, customer: str) -> Mapping[str, object]:
    """What POST /payments is to make. A source is `customer/mandate`: it is charged at once; with
    `customer` alone the payer pays on Mollie's page and the instrument is kept. The page offers
    the methods of the kinds that are asked for, where some are."""
    body: dict[str, object] = {
        "amount": amount_body(request.amount),
        "description": request.description[:_DESCRIPTION_LENGTH],
        "redirectUrl": request.return_url,
        "webhookUrl": webhook_url,
        "metadata": {OURS: request.reference, "customer": request.customer},
    }
    if request.locale in _LOCALES:
        body["locale"] = _LOCALES[request.locale]
    names = [name for kind in sorted(request.kinds) for name in _BY_KIND.get(kind, ())]
    if names:
        body["method"] = names[0] if len(names) == 1 else names
    if request.source:
        owner, _, mandate = request.source.partition("/")
        body |= {"sequenceType": "recurring", "customerId": owner, "mandateId": mandate}
        body.pop("redirectUrl")
        body.pop("method", None)
    elif customer:
        body |= {"sequenceType": "first", "customerId": customer}
        if _CARDS in names:  # not everything on the page can be kept; a card can
            body["method"] = _CARDS
    return body


def amount_body(amount: Money) -> Mapping[str, str]:
    """An amount as Mollie writes it: exactly as many decimals as the currency has."""
    return {"currency": amount.currency, "value": f"{amount.decimal:f}"}


def outcome_of(payment: Any) -> Outcome:
    """The outcome that a payment tells, with its chargebacks where it came with them. A status
    that is new to us is UNKNOWN; `Unreadable` if a part is missing or odd."""
    try:
        result = _RESULTS.get(payment["status"], Result.UNKNOWN)
        method = str(payment.get("method") or "")
        failure = _failure(payment, method) if result is Result.FAILED else None
        step = None
        if result is Result.ACTION_REQUIRED:
            step = _step(payment)
            result = result if step else Result.PROCESSING  # nobody has to do anything
        if result is Result.SUCCEEDED and method == "directdebit" and _came_back(payment):
            result, failure = Result.RETURNED, _return(payment)
        return Outcome(
            reference=reference_of(payment),
            result=result,
            gateway_ref=text(payment["id"]),
            amount=money(payment["amount"]) if result in _MOVED else None,
            instrument=instrument_of(method, payment.get("details")) if method else None,
            failure=failure,
            step=step,
        )
    except (KeyError, TypeError, AttributeError, Problem) as error:
        raise Unreadable("not a payment") from error


def _failure(payment: Any, method: str) -> Failure:
    if payment["status"] == "expired":
        return Failure(FailureCode.ABANDONED, "expired")
    return reasons.failure_of(method, payment.get("details"))


def _step(payment: Any) -> NextStep | None:
    link = payment.get("_links", {}).get("checkout")
    url = text(link["href"]) if link else ""
    if url and not url.startswith(("https://", "http://")):
        raise Unreadable("not an address")
    return NextStep(StepKind.HOSTED_PAGE, url=url) if url else None


def _came_back(payment: Any) -> bool:
    """Whether the whole debit was sent back, and not given to us again since."""
    rows = _embedded(payment, "chargebacks")
    if rows is not None:
        return any(not row.get("reversedAt") for row in rows)
    told = payment.get("amountChargedBack")
    return bool(told) and not money(told) < money(payment["amount"])


def _return(payment: Any) -> Failure:
    rows = [row for row in _embedded(payment, "chargebacks") or () if not row.get("reversedAt")]
    reason = rows[0].get("reason") if rows else None
    known = reason if isinstance(reason, dict) else {}
    return reasons.returned(str(known.get("code") or ""), str(known.get("description") or ""))


def _embedded(payment: Any, noun: str) -> list[Any] | None:
    rows = (payment.get("_embedded") or {}).get(noun)
    return rows if isinstance(rows, list) else None


def facts_of(payment: Any) -> tuple[RefundOutcome | ChargebackTold, ...]:
    """What came with a payment: its refunds; chargebacks too, but of a debit, whose return the
    payment itself tells."""
    refunds = [refund_of(row) for row in _embedded(payment, "refunds") or ()]
    if payment.get("method") == "directdebit":
        return tuple(refunds)
    reference = reference_of(payment)
    disputes = [chargeback_of(row, reference) for row in _embedded(payment, "chargebacks") or ()]
    return (*refunds, *disputes)


def refund_of(refund: Any) -> RefundOutcome:
    """The outcome that a refund tells; one of the dashboard has no reference of ours."""
    try:
        result = _REFUND_RESULTS.get(refund["status"], Result.UNKNOWN)
        said = str(refund["status"])
        return RefundOutcome(
            reference=reference_of(refund),
            charge=text(refund["paymentId"]),
            result=result,
            gateway_ref=text(refund["id"]),
            amount=money(refund["amount"]),
            failure=Failure(FailureCode.REFUND_DECLINED, said) if result is Result.FAILED else None,
        )
    except (KeyError, TypeError, AttributeError, Problem) as error:
        raise Unreadable("not a refund") from error


def chargeback_of(row: Any, reference: str = "") -> ChargebackTold:
    """What a chargeback tells. Mollie takes the money at once and says only whether it came back;
    answering one is done in its dashboard."""
    try:
        ended = row.get("reversedAt")
        reason = row.get("reason")
        return ChargebackTold(
            gateway_ref=text(row["id"]),
            charge=text(row["paymentId"]),
            stage=ChargebackStage.WON if ended else ChargebackStage.LOST,
            amount=money(row["amount"]),
            reason_code=str(reason.get("code") or "") if isinstance(reason, dict) else "",
            opened_at=moment(row["createdAt"]),
            decided_at=moment(ended or row["createdAt"]),
            reference=reference,
        )
    except (KeyError, TypeError, ValueError, AttributeError, Problem) as error:
        raise Unreadable("not a chargeback") from error


def instrument_of(method: str, details: Any) -> Instrument:
    """What paid, as far as it may be shown."""
    known = details if isinstance(details, dict) else {}
    kind = _KINDS.get(method, MethodKind.BANK_REDIRECT)
    if kind is MethodKind.CARD and known.get("wallet"):
        kind = MethodKind.WALLET
    account = str(known.get("consumerAccount") or "")
    year, month = _expiry(known.get("cardExpiryDate"))
    is_card = kind in (MethodKind.CARD, MethodKind.WALLET)
    brand = str(known.get("cardLabel") or "") if is_card else ""
    return Instrument(
        kind,
        brand=(brand or ("sepa_core" if kind is MethodKind.BANK_DEBIT else method)).lower(),
        last4=str(known.get("cardNumber") or account)[-4:],
        exp_month=month,
        exp_year=year,
        country=account[:2] if account[:2].isalpha() else "",
        holder=str(known.get("consumerName") or known.get("cardHolder") or ""),
        fingerprint=str(known.get("cardFingerprint") or ""),
    )


def _expiry(told: Any) -> tuple[int | None, int | None]:
    if not isinstance(told, str):
        return None, None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None, None
    return found.year, found.month


def reference_of(resource: Any) -> str:
    """Our reference on a payment or a refund; empty if it carries none."""
    return carried(resource, OURS)


def money(told: Any) -> Money:
    """An amount: a text with decimals, never a number."""
    value, currency = told["value"], told["currency"]
    if not isinstance(value, str) or not isinstance(currency, str):
        raise Unreadable("not an amount")
    return Money.of_decimal(parse_decimal(value), currency)
