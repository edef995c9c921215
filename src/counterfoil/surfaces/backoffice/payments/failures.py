"""Says in words why something failed, with the codes of gateways and banks behind it."""

from django.utils.translation import gettext as _

from counterfoil.domain.notifications.words import decline_reason
from counterfoil.domain.payments.outcomes import AMOUNT_MISMATCH, OVER_REFUNDED, code_of
from counterfoil.surfaces.backoffice.payments.refund_words import refund_failure


def told_reason(machine: str, reason: str, kind: str = "") -> tuple[str, str]:
    """Why an attempt that is paid by this kind, or a refund, moved: in words, and the raw reason
    behind them; what a person wrote stands as it is, with nothing behind it."""
    code = code_of(reason)
    if not code:
        return reason, ""
    doubts = {
        AMOUNT_MISMATCH: _("The gateway names another amount than was asked for."),
        OVER_REFUNDED: _("With the other refunds it would be more than the payment."),
    }
    if code in doubts:
        return doubts[code], reason
    return (refund_failure(code) if machine == "refund" else decline_reason(code, kind)), reason


def told_failure(code: str, kind: str, *said: str) -> tuple[str, str]:
    """Why a payment by this kind failed: in words, and behind them what the gateway said, or our
    code where it said nothing."""
    return decline_reason(code, kind), ", ".join(filter(None, said)) or code
