"""Tokens: a card handed over once by the payer's browser, good for one charge."""

import secrets
from collections.abc import Mapping

from counterfoil_sandbox import cards
from counterfoil_sandbox.cards import Behaviour, CardFacts
from counterfoil_sandbox.clock import Clock
from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.ids import new_id
from counterfoil_sandbox.requests import CardData
from counterfoil_sandbox.store import Store

_SALT = "fingerprint_salt"


class Tokens:
    """Makes tokens and lets each be used once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        with store.writing():
            if store.setting(_SALT) is None:
                store.remember(_SALT, secrets.token_hex(32))
        self._salt = bytes.fromhex(store.setting(_SALT) or "")

    def make(self, card: CardData, account_id: str | None) -> Mapping[str, object]:
        """Checks the card as a gateway does and keeps what it may: never the number or the CVC.

        `account_id` ties the token to one account; without it, any account may charge it once.
        """
        now = self._clock.now()
        known = cards.check_number(card.number)
        month, year = cards.check_expiry(card.exp_month, card.exp_year, now)
        cards.check_cvc(card.cvc)
        token_id = new_id("tok")
        self._store.insert(
            "token",
            id=token_id,
            account_id=account_id,
            behaviour=known.behaviour,
            brand=known.brand,
            last4=known.number[-4:],
            exp_month=month,
            exp_year=year,
            fingerprint=cards.fingerprint(known.number, self._salt),
            created=self._clock.stamp(),
        )
        shown = {"brand": known.brand, "last4": known.number[-4:]}
        return {"id": token_id, "card": {**shown, "exp_month": month, "exp_year": year}}

    def use(self, token_id: str, account_id: str, charge_id: str) -> CardFacts:
        """Spends the token for one charge; refuses unknown, foreign and spent ones.

        Called inside the transaction that writes the charge, so both happen or neither.
        """
        row = self._store.one("SELECT * FROM token WHERE id = ?", token_id)
        if row is None or row["account_id"] not in {None, account_id}:
            raise invalid("token_unknown", "There is no such token.", "source")
        if row["used_by"] is not None:
            raise invalid("token_used", "This token was used before; ask for a new one.", "source")
        self._store.run("UPDATE token SET used_by = ? WHERE id = ?", charge_id, token_id)
        return CardFacts(
            behaviour=Behaviour(row["behaviour"]),
            brand=row["brand"],
            last4=row["last4"],
            exp_month=row["exp_month"],
            exp_year=row["exp_year"],
            fingerprint=row["fingerprint"],
        )
