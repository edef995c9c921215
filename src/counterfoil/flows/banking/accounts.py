"""Opening one of the business's own bank accounts: its particulars, and its road into the books."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import bank_accounts
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.accounts.kinds import BANK
from counterfoil.infra.db import run
from counterfoil.kernel.ids import BusinessId


def add_bank_account(business_id: BusinessId, new: NewBankAccount, *, at: datetime) -> UUID:
    """Adds an account of ours with the gateway account that stands for it, under one id.

    Refuses what is no account (`InvalidInput`) and one that is there (`BankAccountThere`).
    """
    found = bank_accounts.checked(new)

    def work() -> UUID:
        account_id = businesses.add_bank_account(business_id, found, at=at)
        name = f"{found.bank_name} {found.iban or found.number}".strip()
        payments.add_road(business_id, account_id, kind=BANK, name=name, at=at)
        return account_id

    return run(business_id, work)


def show_bank_account(business_id: BusinessId, account_id: UUID, *, is_active: bool) -> None:
    """Shows the account to customers who pay by transfer, or no more."""
    run(
        business_id,
        lambda: businesses.show_bank_account(business_id, account_id, is_active=is_active),
    )
