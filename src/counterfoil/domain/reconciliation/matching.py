"""What becomes of a bank line: decided here, in plain values, before anything is written.

The rules, in their order. What the bank takes back waits. The words of a gateway's payout with its
very amount are that payout, which may have taken money; with another amount they wait, whichever
way the money went. The reference of a refund by hand with its very amount is that refund, which
left, or came back; else it waits. Other money that left waits where it may be a refund, and is put
aside where it can't. A structured reference (RF, QR) names its
invoice; else invoice numbers that stand whole in the text do, where one of digits only counts with
its very amount. Invoices of one customer in the money's currency are covered as far as they are
open, the earliest due first; whatever is left, also of one that is paid or void, becomes the
customer's credit. A customer's own reference names what they owe: invoices of theirs that the line
names as well come first, then the others, the earliest due first, without what is written off or
being paid; it waits where it names two customers, or all that is due is in another currency.
Everything else waits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from counterfoil.domain.receivables.references import customer_key_of
from counterfoil.domain.reconciliation.payout_rows import NamedPayout
from counterfoil.domain.reconciliation.rows import (
    Decision,
    NamedCustomer,
    NamedItem,
    NamedRefund,
    NewLine,
)
from counterfoil.domain.reconciliation.states import LineState, Why
from counterfoil.kernel.ports.banks import BankLine
from counterfoil.kernel.references import ReferenceKind, is_creditor_reference

_GAPS = re.compile(r"[\s,;()\[\]{}\"'<>|]+")
_JOINTS = re.compile(r"[:+=*?#&]+")
_ENDS = ".-/_!"
_NUMBER_MIN, _NUMBER_MAX = 3, 80
_DESCRIPTOR_MIN = 6
_REFUND = re.compile(r"(?=(REF[0-9A-Z]{10}))")  # wherever a bank has broken or joined the words


@dataclass(frozen=True, slots=True)
class Keys:
    """What a line, or a file of them (then `of` each line, by its id), may name invoices by."""

    references: frozenset[str]
    numbers: frozenset[str]
    of: Mapping[UUID, "Keys"] = field(default_factory=dict)

    @property
    def customers(self) -> frozenset[str]:
        """The customers that the references are made of."""
        found = map(customer_key_of, self.references)
        return frozenset(key for key in found if key is not None)


@dataclass
class Known:
    """The invoices that lines name, by what they are named by, and what is left open of each; the
    customers who are named themselves, with what they owe and nobody is paying, earliest due first.
    """

    by_reference: dict[str, NamedItem] = field(default_factory=dict)
    by_number: dict[str, NamedItem] = field(default_factory=dict)
    left: dict[UUID, int] = field(default_factory=dict)
    payouts: list[NamedPayout] = field(default_factory=list)
    refunds: dict[str, NamedRefund] = field(default_factory=dict)
    offered: frozenset[UUID] = frozenset()  # lines that may be refunds
    customers: dict[str, frozenset[UUID]] = field(default_factory=dict)
    owed: dict[UUID, list[NamedItem]] = field(default_factory=dict)
    keys: Mapping[UUID, Keys] = field(default_factory=dict)  # of lines that have been read for them


@dataclass(frozen=True, slots=True)
class Named:
    """The customers whom lines name by their own references, and which of their invoices are being
    paid in another way."""

    customers: Sequence[NamedCustomer] = ()
    held: frozenset[UUID] = frozenset()


NOBODY = Named()


def known(
    items: Iterable[NamedItem],
    payouts: Iterable[NamedPayout] = (),
    refunds: Iterable[NamedRefund] = (),
    offered: Iterable[UUID] = (),
    named: Named = NOBODY,
    keys: Keys | None = None,
) -> Known:
    """What lines name, ready to be looked up by many of them."""
    found = Known(payouts=list(payouts), offered=frozenset(offered), keys=keys.of if keys else {})
    for one in named.customers:
        found.customers[one.key] = found.customers.get(one.key, frozenset()) | {one.id}
        found.owed[one.id] = []
    items = list(items)
    for item in sorted(items, key=lambda item: (item.due_date, item.number)):
        if item.customer_id in found.owed and item.due_minor and item.id not in named.held:
            found.owed[item.customer_id].append(item)
    found.refunds = {one.transfer_ref: one for one in refunds}
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


def texts_of(line: BankLine) -> tuple[str, ...]:
    """Everywhere that a payer's words may stand in a line."""
    reference = line.reference.value if line.reference else ""
    return (line.remittance, line.end_to_end_ref, reference)


def compact_text(*texts: str) -> str:
    """Texts in capitals, without gaps: banks break words where their own lines end."""
    return "|".join("".join(text.upper().split()) for text in texts)


def refund_refs(line: BankLine) -> set[str]:
    """What in a line may be the reference of a refund by hand."""
    return {found[1] for found in _REFUND.finditer(compact_text(*texts_of(line)))}


def all_keys(lines: Sequence[NewLine]) -> Keys:
    """Everything that the lines may name invoices by; money that left names nothing."""
    each = {one.id: keys_of(one.line) for one in lines if one.line.amount.minor > 0}
    return Keys(
        frozenset(reference for keys in each.values() for reference in keys.references),
        frozenset(number for keys in each.values() for number in keys.numbers),
        each,
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
    """What is no customer's money, whatever it names: left, taken back, a gateway's payout, or a
    refund."""
    if one.line.is_reversal:
        return Decision(one.id, LineState.WAITING, Why.REVERSAL)
    is_it = _payout(one.line, there) or _refund(one.line, there)
    if isinstance(is_it, Why):
        return Decision(one.id, LineState.WAITING, is_it)
    if isinstance(is_it, NamedPayout):
        return Decision(one.id, LineState.SETTLED, payout_id=is_it.id)
    if is_it is not None:
        return Decision(one.id, LineState.SETTLED, refund_id=is_it.id)
    return _outgoing(one, there) if one.line.amount.minor < 0 else None


def _outgoing(one: NewLine, there: Known) -> Decision:
    if one.id in there.offered:
        return Decision(one.id, LineState.WAITING, Why.MAYBE_REFUND)
    return Decision(one.id, LineState.ASIDE, Why.OUTGOING)


def _refund(line: BankLine, there: Known) -> NamedRefund | Why | None:
    """The refund by hand that a line is: it leaves once, and may come back once; that it names one
    and does not agree with it."""
    near = [there.refunds[ref] for ref in sorted(refund_refs(line)) if ref in there.refunds]
    for one in near:
        is_same = (one.amount_minor, one.currency) == (abs(line.amount.minor), line.amount.currency)
        if not is_same or one.is_withdrawn or one.has_left == (line.amount.minor < 0):
            continue
        if one.has_left:
            del there.refunds[one.transfer_ref]
        else:
            there.refunds[one.transfer_ref] = replace(one, has_left=True)
        return one
    return Why.REFUND_DIFFERS if near else None


def _by_names(one: NewLine, there: Known) -> Decision:
    line = one.line
    keys = there.keys.get(one.id) or keys_of(line)
    whose = {who for key in keys.customers for who in there.customers.get(key, ())}
    items = _named(keys.references, there.by_reference)
    if not items:
        items = _named(keys.numbers, there.by_number)
        strong = [item for item in items if _is_sure(item, line, there)]
        if items and not strong and not whose:
            return Decision(one.id, LineState.WAITING, Why.WEAK_REFERENCE)
        items = strong
    problem = _problem(items, whose, line) or _other_money(items, whose, line, there)
    if problem:
        return Decision(one.id, LineState.WAITING, problem)
    (customer_id,) = whose | {item.customer_id for item in items}
    parts = covered(items, line.amount.minor, there.left)
    rest = line.amount.minor - sum(part for _, part in parts)
    if whose and rest:
        parts += _of_owed(there, customer_id, line, rest)
    return Decision(one.id, LineState.SETTLED, None, customer_id, parts)


def _of_owed(
    there: Known, customer_id: UUID, line: BankLine, rest: int
) -> tuple[tuple[UUID, int], ...]:
    """What else that customer owes in this money, as far as it goes."""
    owed = [one for one in there.owed[customer_id] if one.currency == line.amount.currency]
    lost = {one.id: one.open_minor - one.due_minor for one in owed}
    due = {one.id: max(0, there.left[one.id] - lost[one.id]) for one in owed}
    parts = covered(owed, rest, due)
    for invoice_id, part in parts:
        there.left[invoice_id] -= part
    return parts


def _other_money(
    items: Sequence[NamedItem], whose: set[UUID], line: BankLine, there: Known
) -> Why | None:
    """Money for a customer who owes something, but nothing in this currency."""
    owed = [one for who in whose for one in there.owed[who] if there.left[one.id]]
    if items or not owed or any(one.currency == line.amount.currency for one in owed):
        return None
    return Why.OTHER_CURRENCY


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


def _problem(items: Sequence[NamedItem], whose: set[UUID], line: BankLine) -> Why | None:
    if not items and not whose:
        named = line.reference is not None and line.reference.kind is not ReferenceKind.OTHER
        return Why.UNKNOWN_REFERENCE if named else Why.NO_REFERENCE
    if len(whose | {item.customer_id for item in items}) > 1:
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
