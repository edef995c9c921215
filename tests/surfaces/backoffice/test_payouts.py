"""A payout's page: where its money is, whichever way it goes."""

from html import unescape
from typing import Any

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.reconciliation import payouts
from counterfoil.flows.aftermath.read_payouts import take_payout
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.payouts import PayoutStage, PayoutTold
from factories.businesses import AT


@pytest.mark.parametrize(
    ("minor", "stage", "said"),
    [
        (4_000, PayoutStage.IN_TRANSIT, "The gateway has sent it."),
        (-4_000, PayoutStage.IN_TRANSIT, "The gateway takes it from your bank"),
        (-4_000, PayoutStage.FAILED, "Your bank did not give it"),
    ],
)
def test_it_says_which_way_the_money_goes(
    owner: Any, business: Any, gateway: Any, minor: int, stage: PayoutStage, said: str
) -> None:
    with reading(business):
        account = payments.active_accounts(business)[0]
    told = PayoutTold(gateway_ref="po_1", stage=stage, amount=Money(minor, "EUR"), created_at=AT)
    take_payout(business, account, told, at=AT, by=SYSTEM)
    with reading(business):
        (row,) = payouts.payouts(business)

    page = unescape(owner.get(f"payouts/{encode('po', row.id)}").content.decode())

    assert said in page
    assert ("€40.00" if minor > 0 else "-€40.00") in page.replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("account_closed: Account closed.",
         "The bank account is closed. The gateway says: “Account closed.”"),
        ("no_account", "The bank knows no such account. The gateway says: “no_account”"),
        ("could_not_process: The bank could not process it",
         "The gateway says: “The bank could not process it”"),
        ("bounced", "The gateway says: “bounced”"),
        ("Bank says: no", "The gateway says: “Bank says: no”"),
    ],
)  # fmt: skip
def test_why_it_failed_is_told_in_our_words_and_quoted_in_the_gateways(
    owner: Any, business: Any, gateway: Any, told: str, said: str
) -> None:
    with reading(business):
        account = payments.active_accounts(business)[0]
    failed = PayoutTold(
        gateway_ref="po_1", stage=PayoutStage.FAILED, amount=Money(4_000, "EUR"), created_at=AT,
        failure=told,
    )  # fmt: skip
    take_payout(business, account, failed, at=AT, by=SYSTEM)
    with reading(business):
        (row,) = payouts.payouts(business)

    page = unescape(owner.get(f"payouts/{encode('po', row.id)}").content.decode())

    assert f'<p class="bad-words">{said}</p>' in page
