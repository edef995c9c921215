"""From one entry of a camt message to its lines: parties, references, texts, parts of a batch."""

from datetime import date
from functools import lru_cache
from xml.etree.ElementTree import Element

from counterfoil.adapters.banks.camt.tree import Inside, Names, text_in
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.money import BadAmount, Money
from counterfoil.kernel.ports.banks import (
    NO_ACCOUNT,
    BankAccount,
    Batch,
    LineState,
    ProblemCode,
)
from counterfoil.kernel.references import Reference, find_reference, reference_of
from counterfoil.kernel.statements import (
    BadDay,
    Draft,
    Movement,
    account_of,
    calendar_day,
    count_of,
    exact_amount,
    known_currency,
    plain,
    shown,
    spoken,
)

_STATES = {
    "BOOK": LineState.BOOKED,
    "PDNG": LineState.PENDING,
    "FUTR": LineState.PENDING,
}
_INFORMATION = "INFO"
_TRUE = {"true", "1"}
_SIGNS = {"CRDT": 1, "DBIT": -1}
_NO_REFERENCES = {"NONREF", "NOTPROVIDED", "NOREF", "NOT PROVIDED"}
_PART_AMOUNTS = (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"))
_SCAN_MARK = "?REJECT?"  # Swiss banks: how well the slip could be scanned
_account_of = lru_cache(maxsize=4096)(account_of)


def amount_at(element: Element | None, sign: str) -> Money:
    """The amount of an element with `Ccy`, with the sign that `CRDT` or `DBIT` gives it.

    Refuses (`BadAmount`, `UnknownCurrency`) anything that leaves a doubt.
    """
    if element is None:
        raise BadAmount("It has no amount.")
    if sign not in _SIGNS:
        raise BadAmount("It does not say whether money came in (CRDT) or went out (DBIT).")
    currency = known_currency(element.get("Ccy", ""))
    amount = exact_amount((element.text or "").strip(), currency)
    if amount.minor < 0:
        raise BadAmount("Its amount has a sign of its own beside CRDT or DBIT.")
    return amount if _SIGNS[sign] > 0 else -amount


def day_at(names: Names, element: Element | None) -> date | None:
    """The day of a date or date and time, as the bank writes it; none where there is none."""
    return day_of(names.first(element, ("Dt",), ("DtTm",)))


def day_of(text: str) -> date | None:
    """The day of a date, or of a date and time; none where there is no text."""
    return _day(text[:10]) if text else None


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    digits = year + month + day
    if (len(year), len(month), len(day)) != (4, 2, 2) or not (
        digits.isascii() and digits.isdigit()
    ):
        raise BadDay(f"{shown(text)} is not a date like 2026-01-31.")
    return calendar_day(int(year), int(month), int(day))


class Entries:
    """Takes the entries of one statement, one after the other, into its draft."""

    def __init__(self, names: Names, draft: Draft, *, is_booked: bool) -> None:
        """`is_booked`: an entry that does not say its state is booked."""
        self._names = names
        self._draft = draft
        self._default = "BOOK" if is_booked else ""
        self.count = 0
        self.credits = 0  # minor units of all entries, whatever their state
        self.debits = 0

    def take(self, entry: Element, place: int) -> None:
        """The lines of an entry; what can't be read is left out and reported."""
        self.count += 1
        try:
            self._take(entry, place)
        except Refused as problem:
            words = f"Entry {place} is left out. {problem.message}"
            self._draft.report(place, ProblemCode.LINE_REFUSED, words)

    def _take(self, entry: Element, place: int) -> None:
        names, inside = self._names, Inside(self._names, entry)
        amount = amount_at(inside["Amt"], inside.text("CdtDbtInd"))
        self.credits += max(amount.minor, 0)
        self.debits += max(-amount.minor, 0)
        state = self._state(inside["Sts"])
        if state is None:
            words = f"Entry {place} is for information only ({spoken(amount)}): left out."
            self._draft.report(place, ProblemCode.LINE_EMPTY, words)
            return
        value_date = day_at(names, inside["ValDt"])
        booked_date = day_at(names, inside["BookgDt"]) or value_date
        if booked_date is None:
            raise BadDay("It has no date.")
        whole: Movement = {
            "place": place,
            "booked_date": booked_date,
            "value_date": value_date,
            "amount": amount,
            "bank_ref": _real(inside.text("AcctSvcrRef")),
            "code": self._code(inside["BkTxCd"]),
            "is_reversal": inside.text("RvslInd") in _TRUE,
            "state": state,
        }
        self._take_parts(entry, whole, inside.text("AddtlNtryInf"))

    def _state(self, state: Element | None) -> LineState | None:
        """None is for information only."""
        told = text_in(state) or self._names.first(state, ("Cd",), ("Prtry",)) or self._default
        if told != _INFORMATION and told not in _STATES:
            raise Refused(f"Its state {shown(told)} does not say whether it is booked.")
        return _STATES.get(told)

    def _take_parts(self, entry: Element, whole: Movement, note: str) -> None:
        names, groups = self._names, self._names.children(entry, "NtryDtls")
        parts = [part for group in groups for part in names.children(group, "TxDtls")]
        batch = self._batch(groups, whole, len(parts))
        if len(parts) > 1:
            amounts = self._part_amounts(entry, parts, whole)
            if amounts:
                self._take_each(parts, amounts, whole | {"batch": batch}, note)
                return
        whole["batch"] = batch
        self._describe(whole, parts[0] if len(parts) == 1 else None, note)
        self._draft.add(whole)

    def _batch(self, groups: list[Element], whole: Movement, parts: int) -> Batch | None:
        names = self._names
        told = next(
            (found for one in groups if (found := names.child(one, "Btch")) is not None), None
        )
        if told is None and parts <= 1:
            return None
        return Batch(
            bank_ref=whole["bank_ref"],
            message_ref=plain(names.text(told, "MsgId")),
            payment_ref=plain(names.text(told, "PmtInfId")),
            count=count_of(names.text(told, "NbOfTxs")) or parts or None,
            total=whole["amount"],
        )

    def _part_amounts(
        self, entry: Element, parts: list[Element], whole: Movement
    ) -> list[Money] | None:
        """What each part moved, if each says so and together they are the booking."""
        names, place, total = self._names, whole["place"], whole["amount"]
        sign = names.text(entry, "CdtDbtInd")
        amounts = [self._part_amount(part, sign, total.currency) for part in parts]
        known = [one for one in amounts if one is not None]
        if len(known) < len(amounts):
            missing = len(amounts) - len(known)
            words = (
                f"Entry {place} is kept as one line of {spoken(total)}: "
                f"{missing} of its {len(parts)} parts have no amount in {total.currency}."
            )
        elif sum(one.minor for one in known) != total.minor:
            reached = sum((one.minor for one in known[1:]), known[0].minor)
            words = (
                f"Entry {place} is kept as one line of {spoken(total)}: its {len(parts)} parts "
                f"come to {spoken(Money(reached, total.currency))}."
            )
        else:
            return known
        self._draft.report(place, ProblemCode.BATCH_KEPT_WHOLE, words)
        return None

    def _part_amount(self, part: Element, sign: str, currency: str) -> Money | None:
        """The amount in the currency of the account, wherever this version has it."""
        names = self._names
        own_sign = names.text(part, "CdtDbtInd") or sign
        for path in _PART_AMOUNTS:
            found = names.child(part, *path)
            if found is not None and found.get("Ccy") == currency:
                return amount_at(found, own_sign)
        return None

    def _take_each(
        self, parts: list[Element], amounts: list[Money], whole: Movement, note: str
    ) -> None:
        """Each part of a batch as a line of its own, with a reference of its own."""
        names, of_whole = self._names, whole["bank_ref"]
        own = [_real(names.text(part, "Refs", "AcctSvcrRef")) for part in parts]
        if len(set(own)) < len(own) or not all(own):
            own = [f"{of_whole}/{number}" if of_whole else "" for number in range(1, len(own) + 1)]
        for part, amount, ref in zip(parts, amounts, own, strict=True):
            movement: Movement = whole | {"amount": amount, "bank_ref": ref}
            movement["code"] = self._code(names.child(part, "BkTxCd")) or whole["code"]
            self._describe(movement, part, note)
            self._draft.add(movement)

    def _code(self, code: Element | None) -> str:
        """PMNT-RCDT-ESCT where the bank uses the list of ISO 20022, else its own code."""
        names = self._names
        if code is None:
            return ""
        domain = names.child(code, "Domn")
        if domain is None:
            return plain(names.text(code, "Prtry", "Cd"))
        family = names.child(domain, "Fmly")
        parts = (
            names.text(domain, "Cd"),
            names.text(family, "Cd"),
            names.text(family, "SubFmlyCd"),
        )
        return "-".join(filter(None, parts))

    def _describe(self, movement: Movement, part: Element | None, note: str) -> None:
        """Adds who, what for and by which references, as far as the part says it."""
        if part is None:
            movement["remittance"] = plain(note)
            movement["reference"] = find_reference(movement["remittance"])
            return
        names, inside = self._names, Inside(self._names, part)
        refs = inside["Refs"]
        if not movement["bank_ref"]:
            movement["bank_ref"] = _real(names.text(refs, "AcctSvcrRef"))
        movement["code"] = movement["code"] or self._code(inside["BkTxCd"])
        movement["end_to_end_ref"] = _real(names.text(refs, "EndToEndId"))
        self._name_counterparty(movement, inside)
        remittance, references = self._remittance(inside["RmtInf"])
        text = remittance or plain(inside.text("AddtlTxInf")) or plain(note)
        movement["remittance"] = text
        if references:
            movement["reference"] = references[0] if len(references) == 1 else None
        else:
            movement["reference"] = find_reference(text)

    def _remittance(self, info: Element | None) -> tuple[str, list[Reference]]:
        """All that was written for the receiver, and the different references among it."""
        names = self._names
        if info is None:
            return "", []
        texts = [plain(one.text) for one in names.children(info, "Ustrd")]
        references: dict[Reference, None] = {}
        for one in names.children(info, "Strd"):
            ref = names.text(one, "CdtrRefInf", "Ref")
            if ref:
                references[reference_of(ref)] = None
            texts.append(plain(names.text(one, "RfrdDocInf", "Nb")))
            note = plain(names.text(one, "AddtlRmtInf"))
            texts.append("" if note.startswith(_SCAN_MARK) else note)
        if len(references) > 1:
            texts += [one.value for one in references]
        return " ".join(filter(None, texts)), list(references)

    def _name_counterparty(self, movement: Movement, part: Inside) -> None:
        """The other side: who is not the owner of the account, whatever way the money went."""
        parties, agents = part["RltdPties"], part["RltdAgts"]
        if parties is None and agents is None:
            return
        own = self._draft.account.identifier
        is_return = movement["is_reversal"] or part["RtrInf"] is not None
        sides = ("Dbtr", "Cdtr")
        if (movement["amount"].minor > 0) == is_return:
            sides = ("Cdtr", "Dbtr")
        for side in sides:
            account = self._account(parties, agents, side)
            if own and account.identifier == own:
                continue
            name = self._party(parties, side)
            if name or account.identifier:
                movement["counterparty"] = name
                movement["counterparty_account"] = account
                return

    def _party(self, parties: Element | None, side: str) -> str:
        names = self._names
        for who in (side, f"Ultmt{side}"):
            party = names.child(parties, who)
            name = names.first(party, ("Pty", "Nm"), ("Nm",))
            if name:
                return plain(name)
        return ""

    def _account(self, parties: Element | None, agents: Element | None, side: str) -> BankAccount:
        names = self._names
        identity = names.child(parties, f"{side}Acct", "Id")
        number = names.first(identity, ("IBAN",), ("Othr", "Id"), ("PrtryAcct", "Id"))
        bank = bank_at(names, names.child(agents, f"{side}Agt", "FinInstnId"))
        return _account_of(number, bank) if number or bank else NO_ACCOUNT


def bank_at(names: Names, agent: Element | None) -> str:
    """The bank's BIC, else its national code."""
    paths = (("BICFI",), ("BIC",), ("ClrSysMmbId", "MmbId"))
    return names.first(agent, *paths) if agent is not None else ""


def _real(reference: str) -> str:
    """A reference, unless it is one of the words that say that there is none."""
    bare = plain(reference)
    return "" if bare.upper() in _NO_REFERENCES else bare
