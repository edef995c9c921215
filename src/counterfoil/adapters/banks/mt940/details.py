"""What `:86:` says of a line: German subfields, Dutch slash codes, or text as the bank likes it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from counterfoil.kernel.ports.banks import NO_ACCOUNT, BankAccount
from counterfoil.kernel.references import Reference, find_reference, is_iban, reference_of
from counterfoil.kernel.statements import account_of, plain

_STRUCTURED = re.compile(r" ?([0-9]{3})([?<>!$&^~+])[0-9]{2}")
_PURPOSES = (*range(20, 30), *range(60, 64))
_PURPOSE_WIDTH = 27  # a subfield that is full goes on in the next one without a blank
_LINE_WIDTH = 65
_KEYWORD = re.compile(
    r"(?<![A-Z])(EREF|KREF|MREF|BREF|RREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|ANAM|DDAT|PURP"
    r"|IBAN|BIC|BSVZ|RTRN)\+[ ]?"
)
_SLASHED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|KREF|MARF|CSID|PREF|ORDP|BENM|CNTP|RTRN|ADDR|ISDT|ULTC|ULTD"
    r"|ULTB|PURP|SVCL|TRCD|CHGS|OCMT|EXCH|RREF|IREF|NRTX|BTCH|TSU|ID)/"
)
_STRUCTURED_REMITTANCE = re.compile(r"STRD/(?:CUR|ISO|ISR|QRR|OGM)?/?([0-9A-Za-z ./+-]{1,40}?)/?")
_UNSTRUCTURED_REMITTANCE = re.compile(r"USTD/{1,2}(.*?)/?", re.DOTALL)
_NOTHING = {"NOTPROVIDED", "NONREF", "NOT PROVIDED"}
_account_of = lru_cache(maxsize=4096)(account_of)


@dataclass(frozen=True, slots=True)
class Details:
    """The other side, the texts and references of a line, as far as they are told."""

    counterparty: str = ""
    account: BankAccount = NO_ACCOUNT
    remittance: str = ""
    reference: Reference | None = None
    end_to_end_ref: str = ""
    code: str = ""


def details_of(lines: list[str]) -> Details:
    """The details, by the form that the text itself shows."""
    text = "".join(lines)
    structured = _STRUCTURED.match(text)
    if structured:
        return _german(text[structured.end(1) :], structured[2], structured[1])
    if len(_SLASHED.findall(text)) > 1:
        return _dutch(text)
    return _free(lines)


def _german(text: str, mark: str, code: str) -> Details:
    """Subfields after the code of the business transaction: ?20 to ?29 and ?60 to ?63 hold the
    purpose, ?30 the bank, ?31 (?38) the account, ?32 and ?33 the name."""
    pieces = re.split(re.escape(mark) + r"([0-9]{2})", text)
    fields: dict[int, str] = {}
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        fields[int(number)] = fields.get(int(number), "") + value
    purpose = _purpose([fields[one] for one in _PURPOSES if one in fields])
    told = _keywords(purpose)
    remittance = told.get("SVWZ", "") if "SVWZ" in told else told.get("", "")
    number = plain(fields.get(31) or fields.get(38) or told.get("IBAN", ""))
    bank = plain(fields.get(30) or told.get("BIC", ""))
    return Details(
        counterparty=plain(fields.get(32, "") + fields.get(33, "")) or told.get("ABWA", ""),
        account=_account_of(number, bank) if number or bank else NO_ACCOUNT,
        remittance=remittance or ("" if told else purpose) or plain(fields.get(0, "")),
        reference=find_reference(remittance or purpose),
        end_to_end_ref=_real(told.get("EREF", "")),
        code=code,
    )


def _purpose(pieces: list[str]) -> str:
    """The purpose as one text: a full subfield goes on in the next, a keyword begins anew."""
    joined, is_full = "", True
    for piece in pieces:
        joined += piece if is_full and not _KEYWORD.match(piece) else f" {piece}"
        is_full = len(piece) >= _PURPOSE_WIDTH
    return plain(joined)


def _keywords(purpose: str) -> dict[str, str]:
    """The parts after SEPA's keywords (EREF+, SVWZ+); what stands before them has none."""
    pieces = _KEYWORD.split(purpose)
    found = {"": pieces[0].strip()} if pieces[0].strip() else {}
    for keyword, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found[keyword] = f"{found.get(keyword, '')} {value}".strip()
    return found


def _dutch(text: str) -> Details:
    """`/TRTP/SEPA OVERBOEKING/IBAN/.../NAME/.../REMI/.../EREF/...` in any order."""
    pieces = _SLASHED.split(text)
    told: dict[str, str] = {}
    for keyword, value in zip(pieces[1::2], pieces[2::2], strict=True):
        told.setdefault(keyword, value.strip("/ "))
    number, bank, name = told.get("IBAN", ""), told.get("BIC", ""), told.get("NAME", "")
    if told.get("CNTP"):  # account/bank/name/town in one
        number, bank, name = (*told["CNTP"].split("/"), "", "")[:3]
    remittance, reference = _dutch_remittance(told.get("REMI", ""))
    return Details(
        counterparty=plain(name),
        account=_account_of(plain(number), plain(bank)) if number or bank else NO_ACCOUNT,
        remittance=remittance,
        reference=reference,
        end_to_end_ref=_real(told.get("EREF", "")),
        code=plain(told.get("TRCD", "")),
    )


def _dutch_remittance(text: str) -> tuple[str, Reference | None]:
    structured = _STRUCTURED_REMITTANCE.fullmatch(text)
    if structured:
        return "", reference_of(structured[1])
    unstructured = _UNSTRUCTURED_REMITTANCE.fullmatch(text)
    remittance = plain(unstructured[1] if unstructured else text)
    return remittance, find_reference(remittance)


def _free(lines: list[str]) -> Details:
    """Text of the bank; an IBAN at its beginning is the other side's, its name stands beside."""
    text = ""
    for line in lines:
        text += line if len(line) >= _LINE_WIDTH else f"{line} "
    remittance = plain(text)
    first, _, rest = plain(lines[0] if lines else "").partition(" ")
    return Details(
        counterparty=rest if is_iban(first) else "",
        account=_account_of(first) if is_iban(first) else NO_ACCOUNT,
        remittance=remittance,
        reference=find_reference(remittance),
    )


def _real(reference: str) -> str:
    bare = plain(reference)
    return "" if bare.upper() in _NOTHING else bare
