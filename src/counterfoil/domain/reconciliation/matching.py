"""What becomes of a bank line: decided here, in plain values, before anything is written.

The rules, in their order. What the bank takes back waits. The words of a gateway's payout with its
very amount are that payout, which may have taken money; with another amount they wait, whichever
way the money went. Other money that left is put aside. A structured reference (RF, QR) names its
invoice; else invoice numbers that stand whole in the text do, where one of digits only counts with
its very amount. Invoices of one customer in the money's currency are covered as far as they are
open, the earliest due first; whatever is left, also of one that is paid or void, becomes the
customer's credit. Everything else waits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from counterfoil.domain.reconciliation.payout_rows import NamedPayout
from counterfoil.domain.reconciliation.rows import Decision, NamedItem, NewLine
from counterfoil.domain.reconciliation.states import LineState, Why
from counterfoil.kernel.ports.banks import BankLine
from counterfoil.kernel.references import ReferenceKind, is_creditor_reference

_GAPS = re.compile(r"[\s,;()\[\]{}\"'<>|]+")
_JOINTS = re.compile(r"[:+=*?#&]+")
_ENDS = ".-/_!"
_NUMBER_MIN, _NUMBER_MAX = 3, 80
_DESCRIPTOR_MIN = 6


@dataclass(frozen=True, slots=True)
class Keys:
    """What a line, or a file of them, may name invoices by."""

    references: frozenset[str]
    numbers: frozenset[str]


@dataclass
class Known:
    """The invoices that lines name, by what they are named by, and what is left open of each."""

    by_reference: dict[str, NamedItem] = field(default_factory=dict)
    by_number: dict[str, NamedItem] = field(default_factory=dict)
    left: dict[UUID, int] = field(default_factory=dict)
    payouts: list[NamedPayout] = field(default_factory=list)


def known(items: Iterable[NamedItem], payouts: Iterable[NamedPayout] = ()) -> Known:
    """The invoices and payouts, ready to be looked up by many lines."""
    found = Known(payouts=list(payouts))
    for item in items:
        found.by_reference[item.creditor_ref] = item
        found.by_reference[item.qr_ref] = item
        found.by_number[item.number.upper()] = item
        found.left[item.id] = item.open_minor
    found.by_reference.pop("", None)
    return found


def keys_of(line: BankLine) -> Keys:
    """The references and the possible invoice numbers in a line, in capitals."""
    references = set()
    texts = [line.remittance, line.end_to_end_ref]
    if line.reference is not None:
        if line.reference.kind is ReferenceKind.OTHER:
            texts.append(line.reference.value)
        else:
            references.add(line.reference.value)
    words = {word for text in texts for word in _words(text)}
    references |= {word for word in words if is_creditor_reference(word)}
    return Keys(frozenset(references), frozenset(words))


def all_keys(lines: Sequence[NewLine]) -> Keys:
    """Everything that the lines may name invoices by; money that left names nothing."""
    each = [keys_of(one.line) for one in lines if one.line.amount.minor > 0]
    return Keys(
        frozenset(reference for keys in each for reference in keys.references),
        frozenset(number for keys in each for number in keys.numbers),
    )


def _words(text: str) -> set[str]:
    """What may be a number in a text: words with a digit, whole and between their joints."""
    found = set()
    for whole in _GAPS.split(text.upper()):
        for word in (whole, *_JOINTS.split(whole)):
            plain = word.strip(_ENDS)
            if _NUMBER_MIN <= len(plain) <= _NUMBER_MAX and any(map(str.isdigit, plain)):
                found.add(plain)
    return found


def decide(lines: Sequence[NewLine], there: Known) -> list[Decision]:
    """What becomes of each line; two for one invoice cover it one after the other."""
    return [_decided(one, there) for one in lines]


def _decided(one: NewLine, there: Known) -> Decision:
    return _at_once(one, there) or _by_names(one, there)


def _at_once(one: NewLine, there: Known) -> Decision | None:
    """What is no customer's money, whatever it names: left, taken back, or a gateway's payout."""
    line = one.line
    if line.is_reversal:
        return Decision(one.id, LineState.WAITING, Why.REVERSAL)
    payout = _payout(line, there)
    if isinstance(payout, Why):
        return Decision(one.id, LineState.WAITING, payout)
    if line.amount.minor < 0 and payout is None:
        return Decision(one.id, LineState.ASIDE, Why.OUTGOING)
    return Decision(one.id, LineState.SETTLED, payout_id=payout.id) if payout else None


def _by_names(one: NewLine, there: Known) -> Decision:
    line = one.line
    keys = keys_of(line)
    items = _named(keys.references, there.by_reference)
    if not items:
        items = _named(keys.numbers, there.by_number)
        strong = [item for item in items if _is_sure(item, line, there)]
        if items and not strong:
            return Decision(one.id, LineState.WAITING, Why.WEAK_REFERENCE)
        items = strong
    problem = _problem(items, line)
    if problem:
        return Decision(one.id, LineState.WAITING, problem)
    parts = covered(items, line.amount.minor, there.left)
    return Decision(one.id, LineState.SETTLED, None, items[0].customer_id, parts)


def _payout(line: BankLine, there: Known) -> NamedPayout | Why | None:
    """The payout that a line is, each once; that it names one over another amount."""
    texts = (line.remittance, line.end_to_end_ref, line.counterparty)
    said = " ".join(" ".join(text.upper().split()) for text in texts)
    near = [one for one in there.payouts if _stands_in(one.descriptor, said)]
    for one in near:
        if (one.amount_minor, one.currency) == (line.amount.minor, line.amount.currency):
            there.payouts.remove(one)
            return one
    return Why.PAYOUT_DIFFERS if near else None


def _stands_in(descriptor: str, said: str) -> bool:
    words = " ".join(descriptor.upper().split())
    return len(words) >= _DESCRIPTOR_MIN and f" {words} " in f" {said} "


def _named(keys: frozenset[str], index: Mapping[str, NamedItem]) -> list[NamedItem]:
    found = {index[key].id: index[key] for key in keys if key in index}
    return sorted(found.values(), key=lambda item: (item.due_date, item.id))


def _is_sure(item: NamedItem, line: BankLine, there: Known) -> bool:
    """Digits alone may be a date, a customer's number, anything: the amount has to agree."""
    return not item.number.isdigit() or there.left[item.id] == line.amount.minor


def _problem(items: Sequence[NamedItem], line: BankLine) -> Why | None:
    if not items:
        named = line.reference is not None and line.reference.kind is not ReferenceKind.OTHER
        return Why.UNKNOWN_REFERENCE if named else Why.NO_REFERENCE
    if len({item.customer_id for item in items}) > 1:
        return Why.SEVERAL_CUSTOMERS
    if any(item.currency != line.amount.currency for item in items):
        return Why.OTHER_CURRENCY
    return None


def covered(
    items: Sequence[NamedItem], amount_minor: int, left: dict[UUID, int]
) -> tuple[tuple[UUID, int], ...]:
    """How much of each invoice the money covers, in their order; takes it off what is left."""
    rest, parts = amount_minor, []
    for item in items:
        part = min(rest, left[item.id])
        if part > 0:
            parts.append((item.id, part))
            left[item.id] -= part
            rest -= part
    return tuple(parts)
