"""Tokens: an instrument handed over by the payer's browser, good for one charge or one method."""

import sqlite3
from collections.abc import Mapping

from counterfoil_sandbox.errors import invalid, not_found
from counterfoil_sandbox.instruments import cards
from counterfoil_sandbox.instruments.banks import check_account
from counterfoil_sandbox.instruments.wallets import EXPIRY_YEARS, wallet_card
from counterfoil_sandbox.requests import BankDebitData, CardData, TokenRequest, WalletData
from counterfoil_sandbox.resources.ground import Ground
from counterfoil_sandbox.resources.instruments import (
    Instrument,
    Instruments,
    card_of,
    instrument_of,
)

_LAST_MONTH = 12


class Tokens:
    """Makes tokens and lets each be used once."""

    def __init__(self, ground: Ground, instruments: Instruments) -> None:
        self._ground = ground
        self._instruments = instruments

    def make(self, request: TokenRequest, account_id: str | None) -> Mapping[str, object]:
        """Checks what pays as a gateway does and keeps what it may: never a number or a CVC.

        `account_id` ties the token to one account; without it, any account may use it once.
        """
        instrument = self._checked(request)
        token_id = self._ground.ids.new("tok")
        with self._ground.store.writing():
            self._ground.store.insert(
                "token",
                id=token_id,
                account_id=account_id,
                instrument_id=self._instruments.add(instrument),
                created=self._ground.clock.stamp(),
            )
        shown = instrument_of(instrument.facts())
        body = {"id": token_id, "kind": shown.pop("kind"), instrument.kind: shown}
        return body | {"card": card_of(instrument.facts())} if instrument.wallet else body

    def _checked(self, request: TokenRequest) -> Instrument:
        given = [one for one in (request.card, request.bank_debit, request.wallet) if one]
        if len(given) != 1:
            code = "parameter_invalid" if given else "parameter_missing"
            raise invalid(code, "Send one of card, bank_debit and wallet.", "card")
        if request.card:
            return self._card(request.card)
        if request.bank_debit:
            return self._bank_account(request.bank_debit)
        assert request.wallet
        return self._wallet(request.wallet)

    def _card(self, card: CardData) -> Instrument:
        known = cards.check_number(card.number)
        month, year = cards.check_expiry(card.exp_month, card.exp_year, self._ground.clock.now())
        cards.check_cvc(card.cvc)
        return Instrument(
            kind="card",
            behaviour=known.behaviour,
            brand=known.brand,
            last4=known.number[-4:],
            exp_month=month,
            exp_year=year,
            fingerprint=self._instruments.fingerprint(known.number),
        )

    def _wallet(self, wallet: WalletData) -> Instrument:
        known = wallet_card(wallet.card)
        return Instrument(
            kind="wallet",
            wallet=wallet.type,
            behaviour=known.behaviour,
            brand=known.brand,
            last4=known.number[-4:],
            exp_month=_LAST_MONTH,
            exp_year=self._ground.clock.now().year + EXPIRY_YEARS,
            fingerprint=self._instruments.fingerprint(known.number),
        )

    def _bank_account(self, data: BankDebitData) -> Instrument:
        account = check_account(data)
        return Instrument(
            kind="bank_debit",
            behaviour=account.behaviour,
            scheme=account.scheme,
            country=account.country,
            holder=data.holder,
            last4=account.number[-4:],
            return_code=account.return_code,
            fingerprint=self._instruments.fingerprint(account.number),
        )

    def get(self, token_id: str, account_id: str) -> Mapping[str, object]:
        """What a token stands for, spent or not; 404 for one that this account could not use."""
        row = self._ground.store.one(
            "SELECT t.id AS token_id, t.account_id, t.used_by, i.* FROM token t"
            " JOIN instrument i ON i.id = t.instrument_id WHERE t.id = ?",
            token_id,
        )
        if row is None or row["account_id"] not in {None, account_id}:
            raise not_found()
        shown = instrument_of(row)
        body = {"id": row["token_id"], "kind": shown.pop("kind"), "used": bool(row["used_by"])}
        return body | {row["kind"]: shown}

    def unused(self, token_id: str, account_id: str, field: str) -> sqlite3.Row:
        """The token's row with its kind; refuses unknown, foreign and spent ones by parameter."""
        row = self._ground.store.one(
            "SELECT t.*, i.kind, i.scheme FROM token t"
            " JOIN instrument i ON i.id = t.instrument_id WHERE t.id = ?",
            token_id,
        )
        if row is None or row["account_id"] not in {None, account_id}:
            raise invalid("token_unknown", "There is no such token.", field)
        if row["used_by"] is not None:
            raise invalid("token_used", "This token was used before; ask for a new one.", field)
        return row

    def spend(self, token_id: str, user_id: str) -> None:
        """Marks the token used by a charge or a method.

        Called inside the transaction that writes its user, so both happen or neither.
        """
        self._ground.store.run("UPDATE token SET used_by = ? WHERE id = ?", user_id, token_id)
