"""Accounts, journal entries and postings; balances are kept for customers' accounts only, never
for an account that the whole business shares (it would be a row that every payment waits for)."""

from django.db import models
from django.db.models import F, Q

from counterfoil.infra.rows import BusinessForeignKey, BusinessRow

CURRENCY_LENGTH = 3


class Account(BusinessRow):
    """One account: a kind, the party it is kept for (a customer, a gateway account) and a
    currency."""

    kind = models.CharField(max_length=30)
    party = models.UUIDField(null=True)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    keeps_balance = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "party", "currency"],
                name="ledger_account_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["business", "id", "currency"], name="ledger_account_currency"
            ),
        ]


class JournalEntry(BusinessRow):
    """Why and when; the idempotency key makes writing it twice impossible."""

    kind = models.CharField(max_length=40)
    source_id = models.UUIDField()
    idempotency_key = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    memo = models.CharField(max_length=200, blank=True)
    reverses = BusinessForeignKey("ledger.JournalEntry", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "idempotency_key"], name="ledger_entry_once"
            ),
            models.UniqueConstraint(
                fields=["business", "reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_entry_reversed_once",
            ),
        ]
        indexes = [models.Index(fields=["business", "source_id"], name="ledger_entry_source")]


class Posting(BusinessRow):
    """One debit, one credit, one positive amount; both accounts are of its currency."""

    entry = BusinessForeignKey(JournalEntry)
    seq = models.SmallIntegerField()
    debit_account = BusinessForeignKey(Account)
    credit_account = BusinessForeignKey(Account)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "entry", "seq"], name="ledger_posting_seq"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_posting_positive"),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account")), name="ledger_posting_two_sides"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "debit_account"], name="ledger_posting_debit"),
            models.Index(fields=["business", "credit_account"], name="ledger_posting_credit"),
        ]


class Balance(BusinessRow):
    """The kept balance (debit less credit) of one customer account; `id` is the account's."""

    balance_minor = models.BigIntegerField()
