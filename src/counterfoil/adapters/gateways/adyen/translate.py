"""Turns Adyen's links and notifications into the port's words and back; pure."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from counterfoil.adapters.answers import Unreadable, moment, text
from counterfoil.adapters.gateways.adyen.amounts import money_of, value_of
from counterfoil.kernel.ids import moment_of
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, ChargebackTold
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.events import Fact, Mention
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

LINK_LIVES = timedelta(hours=24)
LINK = "PL"  # what the ids of links begin with; a payment's begins otherwise
_LOCALES = {"en": "en-GB", "de": "de-DE", "ar": "ar"}
_DEBITS = ["sepadirectdebit", "ach", "directdebit_GB"]  # they come in, or back, days later
_RESULTS = {
    "active": Result.ACTION_REQUIRED,
    "paymentPending": Result.PROCESSING,
    "completed": Result.PROCESSING,  # paid: the notification brings the amount and its id
    "paid": Result.PROCESSING,
    "expired": Result.FAILED,
}
_WALLETS = ("applepay", "googlepay", "paypal")
_CARDS = ("visa", "mc", "amex", "maestro", "cup", "diners", "discover", "jcb", "cartebancaire",
          "bcmc", "dankort")  # fmt: skip
_BY_KIND = {
    MethodKind.CARD: ("scheme", "bcmc"),
    MethodKind.WALLET: ("applepay", "googlepay", "paypal", "paywithgoogle"),
    MethodKind.BANK_REDIRECT: (
        "blik",
        "ebanking_FI",
        "eps",
        "ideal",
        "molpay_ebanking_fpx_MY",
        "onlineBanking_CZ",
        "onlineBanking_PL",
        "onlineBanking_SK",
        "paybybank",
        "trustly",
    ),
}
_STAGES = {
    "NOTIFICATION_OF_CHARGEBACK": ChargebackStage.NEEDS_RESPONSE,
    "CHARGEBACK": ChargebackStage.NEEDS_RESPONSE,
    "INFORMATION_SUPPLIED": ChargebackStage.UNDER_REVIEW,
    "DISPUTE_DEFENSE_PERIOD_ENDED": ChargebackStage.LOST,
    "CHARGEBACK_REVERSED": ChargebackStage.WON,
    "SECOND_CHARGEBACK": ChargebackStage.LOST,
    "PREARBITRATION_LOST": ChargebackStage.LOST,
    "PREARBITRATION_WON": ChargebackStage.WON,
}
_SECOND_ROUND = {"SECOND_CHARGEBACK", "PREARBITRATION_LOST", "PREARBITRATION_WON"}
_DECIDED = {ChargebackStage.WON, ChargebackStage.LOST}
_REFUNDS = {"REFUND", "REFUND_FAILED", "REFUNDED_REVERSED"}


def link_body(request: ChargeRequest) -> Mapping[str, object]:
    """What POST /paymentLinks is to make: for one payment, and dead a day after the reference was
    made, with the methods of the kinds that are asked for, where some are. Raises `BadAmount` for
    an amount that Adyen can't count."""
    body: dict[str, object] = {
        "amount": value_of(request.amount),
        "reference": request.reference,
        "description": request.description,
        "shopperReference": request.customer,
        "returnUrl": request.return_url,
        "reusable": False,
        "blockedPaymentMethods": _DEBITS,
    }
    if request.kinds:
        # Adyen has been seen to offer Apple Pay where cards alone were allowed
        body["allowedPaymentMethods"] = _names(request.kinds)
        body["blockedPaymentMethods"] = [*_DEBITS, *_names(_BY_KIND.keys() - request.kinds)]
    if request.locale in _LOCALES:
        body["shopperLocale"] = _LOCALES[request.locale]
    made = moment_of(request.reference)
    if made is not None:
        body["expiresAt"] = (made + LINK_LIVES).isoformat(timespec="seconds")
    return body


def _names(kinds: Collection[MethodKind]) -> list[str]:
    return [name for kind in sorted(kinds) for name in _BY_KIND.get(kind, ())]


def outcome_of_link(link: Any) -> Outcome:
    """The outcome that a link tells: never a success, which only the notification brings. A
    status that is new to us is UNKNOWN; `Unreadable` if a part is missing or odd."""
    try:
        result = _RESULTS.get(link["status"], Result.UNKNOWN)
        money_of(link["amount"])
        step = None
        if result is Result.ACTION_REQUIRED:
            step = NextStep(StepKind.HOSTED_PAGE, url=_address(link["url"]))
        if result is Result.FAILED and _was_stopped(link):
            result = Result.CANCELLED
        abandoned = Failure(FailureCode.ABANDONED, "the link expired")
        return Outcome(
            reference=text(link["reference"]),
            result=result,
            gateway_ref=text(link["id"]),
            failure=abandoned if result is Result.FAILED else None,
            step=step,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("not a link") from error


def _was_stopped(link: Any) -> bool:
    """Whether a link was ended before its time: by us."""
    updated, expires = link.get("updatedAt"), link.get("expiresAt")
    return bool(updated and expires) and moment(updated) < moment(expires)


def _address(value: Any) -> str:
    if not text(value).startswith(("https://", "http://")):
        raise Unreadable("not an address")
    return text(value)


def facts_of(item: Any) -> tuple[Fact | Mention, ...]:
    """What a notification's item, whose signature was right, says; `Unreadable` if a part of it
    is missing or odd. Codes that concern no money of ours carry no fact."""
    try:
        code, is_success = text(item["eventCode"]), item["success"] == "true"
        if code == "AUTHORISATION":
            return _authorised(item) if is_success else _not_authorised(item)
        if code == "CAPTURE_FAILED" and is_success:
            return (_capture_failed(item),)
        if code in _REFUNDS:
            return (_refund(item, is_good=code == "REFUND" and is_success),)
        if code in _STAGES and is_success:
            return (_chargeback(code, item),)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("not a notification") from error
    return ()


def _authorised(item: Any) -> tuple[Fact, ...]:
    return (
        Outcome(
            reference=_ours(item, "pay"),
            result=Result.SUCCEEDED,
            gateway_ref=text(item["pspReference"]),
            amount=money_of(item["amount"]),
            instrument=_instrument(item),
        ),
    )


def _not_authorised(item: Any) -> tuple[Mention, ...]:
    """A refused try ends nothing: the payer may try again while the link lives."""
    link = (item.get("additionalData") or {}).get("paymentLinkId")
    return (Mention(text(link), _ours(item, "pay")),) if link else ()


def _capture_failed(item: Any) -> Outcome:
    return Outcome(
        reference=_ours(item, "pay"),
        result=Result.RETURNED,
        gateway_ref=text(item["originalReference"]),
        amount=money_of(item["amount"]),
        failure=Failure(FailureCode.GATEWAY_REFUSED, f"CAPTURE_FAILED: {item.get('reason')}"),
    )


def _refund(item: Any, *, is_good: bool) -> RefundOutcome:
    said = f"{item['eventCode']}: {item.get('reason') or ''}"
    return RefundOutcome(
        reference=_ours(item, "ref"),
        charge=text(item["originalReference"]),
        result=Result.SUCCEEDED if is_good else Result.FAILED,
        gateway_ref=text(item["pspReference"]),
        amount=money_of(item["amount"]),
        failure=None if is_good else Failure(FailureCode.REFUND_DECLINED, said),
    )


def _chargeback(code: str, item: Any) -> ChargebackTold:
    """A second round takes the money once more, after the first was won: it is a chargeback of
    its own."""
    data = item.get("additionalData") or {}
    stage, at = _STAGES[code], moment(item["eventDate"])
    due = data.get("defensePeriodEndsAt")
    found = text(item["pspReference"])
    return ChargebackTold(
        gateway_ref=f"{found}-2" if code in _SECOND_ROUND else found,
        charge=text(item["originalReference"]),
        stage=stage,
        amount=money_of(item["amount"]),
        reason_code=str(data.get("chargebackReasonCode") or ""),
        evidence_due_at=moment(due) if due else None,
        opened_at=None if stage in _DECIDED else at,
        decided_at=at if stage in _DECIDED else None,
        reference=_ours(item, "pay"),
    )


def _instrument(item: Any) -> Instrument:
    method = str(item.get("paymentMethod") or "")
    data = item.get("additionalData") or {}
    kind = MethodKind.BANK_REDIRECT
    if method.startswith(_CARDS):
        kind = MethodKind.CARD
    if any(wallet in method for wallet in _WALLETS):
        kind = MethodKind.WALLET
    month, _, year = str(data.get("expiryDate") or "").partition("/")
    has_expiry = month.isdigit() and year.isdigit()
    return Instrument(
        kind,
        brand=method,
        last4=str(data.get("cardSummary") or "")[-4:],
        exp_month=int(month) if has_expiry else None,
        exp_year=int(year) if has_expiry else None,
    )


def _ours(item: Any, prefix: str) -> str:
    """Our reference, if it is one of this kind; other systems may use the same account."""
    found = item.get("merchantReference")
    is_ours = isinstance(found, str) and found.startswith(f"{prefix}_") and ":" not in found
    return str(found) if is_ours else ""
