"""How an account's money runs: fees, waits, the line on the bank statement, all with defaults."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Days = Annotated[int, Field(strict=True, ge=0, le=60)]
Fee = Annotated[int, Field(strict=True, ge=0, le=10**6)]
Percent = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?$")]
Descriptor = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9 ]{2,12}$")]


class AccountSettings(BaseModel):
    """The settings of one account; days are working days, fees are minor units."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    card_fee_percent: Percent = "2.9"
    card_fee: Fee = 30
    debit_fee: Fee = 35
    dispute_fee: Fee = 1500
    return_fee: Fee = 0
    card_available_days: Days = 2
    sepa_days: Days = 2
    ach_days: Days = 2
    bacs_days: Days = 3
    debit_cutoff_minutes: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 60
    late_return_days: Days = 5
    debit_refund_days: Days = 1
    dispute_delay_seconds: Annotated[int, Field(strict=True, ge=0, le=10**7)] = 60
    dispute_review_seconds: Annotated[int, Field(strict=True, ge=0, le=10**7)] = 60
    evidence_days: Annotated[int, Field(strict=True, ge=1, le=60)] = 7
    payout_days: Days = 1
    payout_weekday: Annotated[int, Field(strict=True, ge=0, le=6)] | None = None  # 0: Mondays only
    statement_descriptor: Descriptor = "COUNTERFOIL"

    def settlement_days(self, scheme: str) -> int:
        """How many working days a debit of this scheme takes."""
        return {"sepa": self.sepa_days, "ach": self.ach_days, "bacs": self.bacs_days}[scheme]

    def charge_fee(self, kind: str, amount: int) -> int:
        """What a charge costs: a flat fee for a debit, a share and a fixed part for a card.

        The share is rounded half up to the minor unit.
        """
        if kind == "bank_debit":
            return self.debit_fee
        share = amount * Decimal(self.card_fee_percent) / 100
        return int(share.quantize(Decimal(1), ROUND_HALF_UP)) + self.card_fee
