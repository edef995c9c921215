"""Chargebacks at Stripe (its disputes): read, answered once, given up."""

from collections.abc import Sequence
from typing import Any

from counterfoil.adapters.answers import Unreadable, text, unix_moment
from counterfoil.adapters.gateways.stripe import client
from counterfoil.adapters.gateways.stripe.amounts import of_wire
from counterfoil.adapters.gateways.stripe.client import Refusal
from counterfoil.adapters.gateways.stripe.settings import StripeSettings
from counterfoil.adapters.gateways.stripe.translate import charge_of, id_of
from counterfoil.adapters.gateways.stripe.words import Json
from counterfoil.kernel.errors import Refused, Unavailable, Uncertain
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import (
    ChargebackStage,
    ChargebackTold,
    Evidence,
    EvidenceFile,
)

STAGES = {
    "needs_response": ChargebackStage.NEEDS_RESPONSE,
    "under_review": ChargebackStage.UNDER_REVIEW,
    "won": ChargebackStage.WON,
    "prevented": ChargebackStage.WON,
    "lost": ChargebackStage.LOST,
}
_FILES = ("uncategorized_file", "customer_communication", "service_documentation", "receipt")


class NotAnswered(Refused):
    """Stripe does not take this answer."""

    code = "evidence_refused"
    message = "The gateway does not take this answer to the chargeback."


class StripeChargebacks:
    """The capability to read and answer chargebacks."""

    def look_up_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Where it stands."""
        settings = StripeSettings.of(account)
        dispute = client.read(settings, "disputes.retrieve", gateway_ref)
        try:
            return chargeback_of(dispute)
        except Unreadable as error:
            raise Unavailable(f"The gateway's answer can't be read: {error}") from error

    def send_evidence(
        self, account: GatewayAccount, gateway_ref: str, evidence: Evidence
    ) -> ChargebackTold:
        """Uploads the files, then sends text and files as the one answer."""
        settings = StripeSettings.of(account)
        known = self.look_up_chargeback(account, gateway_ref)
        if known.stage is not ChargebackStage.NEEDS_RESPONSE:
            raise NotAnswered("This chargeback has been answered or decided already.")
        if len(evidence.files) > len(_FILES):
            raise NotAnswered(f"The gateway takes {len(_FILES)} files at most.")
        try:
            parts = _uploaded(settings, evidence.files)
            answer = {"uncategorized_text": evidence.text, **parts}
            dispute = client.call(
                settings,
                "disputes.update",
                gateway_ref,
                params={"evidence": answer, "submit": True},
                key=f"{gateway_ref}-evidence",
            )
        except Refusal as refusal:
            raise NotAnswered(f"{NotAnswered.message} ({refusal})") from refusal
        return _read(dispute)

    def accept_chargeback(self, account: GatewayAccount, gateway_ref: str) -> ChargebackTold:
        """Closes it: it is lost."""
        settings = StripeSettings.of(account)
        try:
            dispute = client.call(settings, "disputes.close", gateway_ref)
        except Refusal as refusal:
            raise NotAnswered(f"The gateway refused: {refusal}") from refusal
        return _read(dispute)


def _read(dispute: Json) -> ChargebackTold:
    try:
        return chargeback_of(dispute)
    except Unreadable as error:
        raise Uncertain("The gateway's answer can't be read.") from error


def _uploaded(settings: StripeSettings, files: Sequence[EvidenceFile]) -> dict[str, str]:
    """Each file's id under the name of a piece of evidence. A file that is lost on the way has
    changed nothing yet."""
    parts: dict[str, str] = {}
    for name, file in zip(_FILES, files, strict=False):
        try:
            parts[name] = id_of(client.upload(settings, file.name, file.content))
        except Uncertain as error:
            raise Unavailable("A file did not arrive; nothing was answered.") from error
    return parts


def is_inquiry(dispute: Json) -> bool:
    """A question of the bank's before anything is taken: no money has moved, so it is none."""
    return str(dispute.get("status")).startswith("warning_")


def chargeback_of(dispute: Json) -> ChargebackTold:
    """What a Dispute tells; `Unreadable` if a part is missing or odd, or it is but an inquiry."""
    status = text(dispute.get("status"))
    if status not in STAGES:
        raise Unreadable(f"not a status of a chargeback: {status}")
    amount = of_wire(dispute.get("amount"), dispute.get("currency"))
    details = dispute.get("evidence_details")
    due = details.get("due_by") if isinstance(details, dict) else None
    return ChargebackTold(
        gateway_ref=text(dispute.get("id")),
        charge=charge_of(dispute),
        stage=STAGES[status],
        amount=amount,
        fee=_fee(dispute.get("balance_transactions"), amount),
        reason_code=str(dispute.get("reason") or ""),
        evidence_due_at=unix_moment(due) if due else None,
        opened_at=unix_moment(dispute["created"]) if dispute.get("created") else None,
    )


def _fee(moved: Any, amount: Money) -> Money | None:
    """What Stripe took for it, if the movement is in the chargeback's own currency."""
    rows = [row for row in moved if isinstance(row, dict)] if isinstance(moved, list) else []
    fees = [of_wire(row.get("fee"), row.get("currency")) for row in rows]
    known = [fee for fee in fees if fee.currency == amount.currency]
    return Money(sum(fee.minor for fee in known), amount.currency) if known else None
