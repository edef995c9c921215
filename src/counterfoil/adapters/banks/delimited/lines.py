"""From the bookings of a table to the lines of its accounts, checked against its balances."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from counterfoil.adapters.banks.delimited.balances import Chain, Step, chain_of
from counterfoil.adapters.banks.delimited.entries import (
    Entries,
    Entry,
    is_pending,
    part_texts,
    texts,
)
from counterfoil.adapters.banks.delimited.signs import Raw, Reading, is_told, readings
from counterfoil.adapters.banks.delimited.table import Row
from counterfoil.adapters.banks.delimited.values import Manner, is_dated, manner_of
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import BadAmount, Money, UnknownCurrency
from counterfoil.kernel.ports.banks import (
    NO_ACCOUNT,
    Balance,
    BankAccount,
    Batch,
    Hints,
    LineState,
    ProblemCode,
    StatementRefused,
)
from counterfoil.kernel.references import compact, find_reference, reference_of
from counterfoil.kernel.statements import (
    BadDay,
    Draft,
    Movement,
    account_of,
    known_currency,
    plain,
    spoken,
    spoken_minor,
)

_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}(?![A-Za-z0-9])")
_AMOUNTS = ("amount", "debit", "credit")
_PROVEN_CHECKS = 2


@dataclass(slots=True)
class Group:
    """The bookings of one account in one currency."""

    account: BankAccount
    currency: str
    entries: list[tuple[Entry, Raw]] = field(default_factory=list)
    balances: list[int | None] = field(default_factory=list)

    def chain(self, reading: Reading) -> Chain | None:
        """The bookings against the balances beside them.

        What is pending, or can't be read, has moved nothing.
        """
        steps: list[Step] = []
        for (entry, raw), balance in zip(self.entries, self.balances, strict=True):
            moved = 0
            with suppress(Refused):
                moved = 0 if raw.is_pending else reading(raw)
            steps.append((entry.row.line, moved, balance))
        return chain_of(steps)


class Lines:
    """What a table holds, read in one manner."""

    def __init__(self, entries: Entries, hints: Hints) -> None:
        self._entries = entries
        self._header = entries.header
        self._hints = hints
        self._settle_valuta()
        self._currency = self._common_currency()
        self._own_column = self._find_own_column()
        self._manner = self._find_manner()

    def drafts(self) -> list[Draft]:
        """One draft for each account and currency.

        Refuses (`StatementRefused`) a file whose amounts or signs can't be told for sure.
        """
        groups = self._groups()
        reading = self._reading(groups)
        remarks = [
            one.message
            for one in self._entries.problems
            if one.code is ProblemCode.ROW_NOT_A_BOOKING
        ]
        if not groups and remarks:
            raise StatementRefused(f"No row is a booking with a date that we know. {remarks[0]}")
        if not groups:
            groups = [Group(self._account(None), known_currency(self._currency))]
        return [self._draft(group, reading, is_alone=len(groups) == 1) for group in groups]

    def _settle_valuta(self) -> None:
        """`Valuta` is a day in German and the currency in Dutch: the cells say which."""
        columns = self._header.columns
        found = columns.pop("valuta", None)
        if found is None:
            return
        cells = [entry.row.at(found[0]) for entry in self._entries.bookings]
        if any(is_dated(cell) for cell in cells):
            columns["value"] = (*columns.get("value", ()), *found)
        elif "currency" not in columns:
            columns["currency"] = found

    def _common_currency(self) -> str:
        """The currency of all rows that do not name their own."""
        facts = self._entries.facts
        told = [facts.get(name, "") for name in ("currency", "account", "closing", "opening")]
        named = self._header.currency or next(filter(None, map(_currency_in, told)), "")
        return named or self._hints.currency

    def _find_own_column(self) -> int | None:
        """The column with one's own account: every row has the same there.

        An IBAN behind the name of the other side is the other side's.
        """
        partner = self._header.column("name")
        for name in ("own_account", "iban"):
            column = self._header.column(name)
            if column is None or (name == "iban" and partner is not None and partner < column):
                continue
            cells = {entry.row.at(column) for entry in self._entries.bookings}
            if len(cells) == 1 and "" not in cells:
                return column
        return None

    def _find_manner(self) -> Manner:
        header, bookings = self._header, self._entries.bookings
        columns = [header.column(name) for name in (*_AMOUNTS, "balance")]
        amounts = [entry.row.at(column) for entry in bookings for column in columns]
        dates = [entry.day for entry in bookings]
        dates += [
            entry.row.at(column) for entry in bookings for column in header.columns.get("value", ())
        ]
        currency = self._currency
        if bookings:
            currency = self._currency_of(bookings[0]) or currency
        if not currency:
            raise StatementRefused(
                "The file does not say the currency of its amounts: choose the account's."
            )
        try:
            known_currency(currency)
        except UnknownCurrency as problem:
            raise StatementRefused(f"The file can't be read. {problem.message}") from None
        return manner_of(amounts, dates, currency=currency, hints=self._hints)

    def _currency_of(self, entry: Entry) -> str:
        return entry.row.at(self._header.column("currency")).upper() or self._currency

    def _groups(self) -> list[Group]:
        groups: dict[tuple[str, str], Group] = {}
        refused: list[str] = []
        for entry in self._entries.bookings:
            try:
                raw, balance, currency = self._raw(entry)
            except Refused as problem:
                refused.append(self._refuse(entry, problem))
                continue
            account = self._account(entry)
            key = (account.identifier, currency)
            group = groups.setdefault(key, Group(account, currency))
            group.entries.append((entry, raw))
            group.balances.append(balance)
        if len(refused) * 2 > len(self._entries.bookings):
            raise StatementRefused(f"Most rows can't be read as bookings. {refused[0]}")
        return list(groups.values())

    def _refuse(self, entry: Entry, problem: Refused) -> str:
        words = f"Line {entry.row.line} is left out. {problem.message}"
        is_waiting = is_pending(self._header, entry.row)
        code = ProblemCode.LINE_PENDING if is_waiting else ProblemCode.LINE_REFUSED
        self._entries.report(entry.row, code, words)
        return words

    def _raw(self, entry: Entry) -> tuple[Raw, int | None, str]:
        row, header = entry.row, self._header
        currency = known_currency(self._currency_of(entry))
        minors = {}
        for name in _AMOUNTS:
            text = row.at(header.column(name))
            minors[name] = self._manner.amount(text, currency).minor if text else None
        told = row.at(header.column("balance"))
        balance = self._manner.amount(told, currency).minor if told else None
        self._manner.day(entry.day)
        return Raw(row, **minors, is_pending=is_pending(header, row)), balance, currency

    def _account(self, entry: Entry | None) -> BankAccount:
        """One's own account: by its column, by the facts above the table, by what a person said."""
        facts = self._entries.facts.get("account", "")
        told = entry.row.at(self._own_column) if entry else ""
        text = told or _without_currency(facts) or self._hints.account
        return account_of(text) if text else NO_ACCOUNT

    def _reading(self, groups: Sequence[Group]) -> Reading:
        """The one way to read the signs that the balances, if there are any, agree with."""
        raws = [raw for group in groups for _, raw in group.entries]
        possible = [reading for _, reading in readings(self._header, raws)]
        if len(possible) > 1:
            fitting = [one for one in possible if _fits(groups, one)]
            if len(fitting) != 1:
                raise StatementRefused(
                    "Some debits have a minus and some have none, and the balances do not tell "
                    "which way they went. Fetch the file in another format."
                )
            possible = fitting
        reading = possible[0]
        if not is_told(self._header, raws) and _is_turned(groups, reading):
            raise StatementRefused(
                "No amount has a minus, and balances go down where money would come in: the file "
                "does not say which way its amounts went. Fetch it in another format."
            )
        if not _fits(groups, reading, needed=0) and _fits(groups, lambda raw: -reading(raw)):
            raise StatementRefused(
                "The balances go down where money came in: this is an account of one's own books, "
                "not the bank's statement."
            )
        return reading

    def _draft(self, group: Group, reading: Reading, *, is_alone: bool) -> Draft:
        bookings = [entry for entry, _ in group.entries]
        place = bookings[0].row.line if bookings else 0
        draft = Draft(place=place, account=group.account, currency=group.currency)
        days = [self._manner.day(entry.day) for entry in bookings]
        draft.from_date, draft.to_date = min(days, default=None), max(days, default=None)
        for entry, raw in group.entries:
            try:
                amount = Money(reading(raw), group.currency)
            except Refused as problem:
                self._refuse(entry, problem)
            else:
                self._add(draft, entry, amount)
        self._check_chain(draft, group.chain(reading))
        if is_alone:
            self._take_facts(draft)
        return draft

    def _add(self, draft: Draft, entry: Entry, amount: Money) -> None:
        """A booking as a line; its parts as lines, where they have amounts that come to it."""
        parts = self._parts(entry, amount)
        if not parts:
            draft.add(self._movement(entry, amount, " ".join(texts(self._header, entry))))
            return
        bank_ref = plain(entry.row.at(self._header.column("bank_ref")))
        batch = Batch(bank_ref=bank_ref, count=len(parts), total=amount)
        for row, part in parts:
            text = " ".join(part_texts(self._header, entry, row))
            draft.add(self._movement(entry, part, text) | {"batch": batch, "place": row.line})

    def _parts(self, entry: Entry, amount: Money) -> list[tuple[Row, Money]]:
        column = self._header.column("part")
        parts = []
        for row in entry.more if amount else ():
            try:
                told = self._manner.amount(row.at(column), amount.currency)
            except BadAmount:
                continue
            if told:
                parts.append((row, told if told.minor * amount.minor > 0 else -told))
        is_whole = sum(part.minor for _, part in parts) == amount.minor
        return parts if len(parts) > 1 and is_whole else []

    def _movement(self, entry: Entry, amount: Money, text: str) -> Movement:
        header, row = self._header, entry.row
        remittance = plain(text)
        reference = row.at(header.column("reference"))
        partner = row.at(header.column("partner_account"))
        iban = header.column("iban")
        if iban is not None and iban != self._own_column:
            partner = partner or row.at(iban)
        return {
            "place": row.line,
            "booked_date": self._manner.day(entry.day),
            "value_date": self._value_date(entry),
            "amount": amount,
            "counterparty": plain(row.at(header.column("name"))),
            "counterparty_account": account_of(partner) if partner else NO_ACCOUNT,
            "remittance": remittance,
            "reference": reference_of(reference) if reference else find_reference(remittance),
            "end_to_end_ref": plain(row.at(header.column("end_to_end"))),
            "bank_ref": plain(row.at(header.column("bank_ref"))),
            "code": plain(row.at(header.column("code"))),
            "state": LineState.PENDING if is_pending(header, row) else LineState.BOOKED,
        }

    def _value_date(self, entry: Entry) -> date | None:
        for column in self._header.columns.get("value", ()):
            try:
                return self._manner.day(entry.row.at(column))
            except BadDay:
                continue
        return None

    def _check_chain(self, draft: Draft, chain: Chain | None) -> None:
        if chain is None:
            return
        if chain.breaks:
            place, reached, says = chain.breaks[0]
            words = (
                f"Line {place}: the bookings come to {spoken_minor(reached, draft.currency)}, the "
                f"balance beside it says {spoken_minor(says, draft.currency)} "
                f"({len(chain.breaks)} of {chain.checked} balances differ)."
            )
            draft.report(place, ProblemCode.BALANCE_DIFFERS, words)
            return
        with suppress(BadAmount):  # too large to be one: then nothing is said of it
            draft.opening = Balance(Money(chain.opening, draft.currency))
        if chain.closing is not None:
            draft.closing = Balance(Money(chain.closing, draft.currency), draft.to_date)

    def _take_facts(self, draft: Draft) -> None:
        """The balances that stand above or below the table, if they can be read."""
        facts, manner = self._entries.facts, self._manner
        for name in ("opening", "closing"):
            told = facts.get(name, "")
            try:
                amount = manner.amount(told, draft.currency)
            except BadAmount:
                continue
            known: Balance | None = getattr(draft, name)
            if known and known.amount != amount:
                words = (
                    f"The {name} balance of the file is {spoken(amount)}, by its rows it is "
                    f"{spoken(known.amount)}."
                )
                draft.report(draft.place, ProblemCode.BALANCE_DIFFERS, words)
            elif not known:
                setattr(draft, name, Balance(amount))


def _fits(groups: Sequence[Group], reading: Reading, needed: int = _PROVEN_CHECKS) -> bool:
    """Whether every balance is reached, and at least so many are."""
    chains = [chain for group in groups if (chain := group.chain(reading)) is not None]
    checked = sum(chain.checked for chain in chains)
    return checked >= needed and not any(chain.breaks for chain in chains)


def _is_turned(groups: Sequence[Group], reading: Reading) -> bool:
    """Whether a balance would be reached if its bookings had gone the other way."""
    chains = [chain for group in groups if (chain := group.chain(reading)) is not None]
    return any(chain.turned for chain in chains)


def _currency_in(text: str) -> str:
    """The first code of a currency in a text."""
    for code in _CODE.findall(text):
        try:
            return known_currency(code)
        except UnknownCurrency:
            continue
    return ""


def _without_currency(text: str) -> str:
    """The number of an account without the currency that some banks write behind it."""
    bare = compact(text)
    return re.sub(r"(?<=\d)[A-Z]{3}$", "", bare) if _currency_in(text) else bare
