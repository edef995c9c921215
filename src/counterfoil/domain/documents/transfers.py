"""How an amount is paid to one of our bank accounts by transfer: the facts to type, and the code
that a banking program reads instead (pure).

EPC069-12 v2.1 for euro to an IBAN; the code of the Swiss QR-bill for francs to a Swiss or
Liechtenstein one, and for euro to a QR-IBAN, which has to be given its QR reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import segno

from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.domain.documents.swiss.bill import (
    NO_PURPOSE,
    PaymentPart,
    Purpose,
    bill_of,
    is_qr_iban,
    party_of,
)
from counterfoil.kernel.money import Money

_EPC_MOST = 99_999_999_999
_CROSS_SHARE = 7 / 46  # of the code's width; IG QR-bill v2.3, 6.4.2
_ERROR_LEVEL = "m"

CodeKind = Literal["epc", "swiss", "link"]


@dataclass(frozen=True, slots=True)
class Code:
    """A drawn code: `path` fills the dark modules of a square of `size` units, margin left out."""

    kind: CodeKind
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a payer types, or scans: groups of four for people, without blanks to copy."""

    holder: str
    account: str
    is_iban: bool
    bic: str
    bank_name: str
    reference: str
    amount: Money
    code: Code | None
    bill: PaymentPart | None = None  # what a Swiss payment part for it says, if there is one

    @property
    def account_plain(self) -> str:
        """The account without blanks."""
        return self.account.replace(" ", "") if self.is_iban else self.account

    @property
    def reference_plain(self) -> str:
        """The reference without blanks."""
        return self.reference.replace(" ", "")


def transfer_to(
    account: BankAccountRow,
    amount: Money,
    *,
    creditor_ref: str,
    qr_ref: str,
    address: Mapping[str, Any],
    purpose: Purpose = NO_PURPOSE,
) -> Transfer:
    """The amount to this account, under the reference that it asks for; the purpose is for
    the Swiss QR-bill alone."""
    is_qr = is_qr_iban(account.iban)
    reference = qr_ref if is_qr else creditor_ref
    creditor = party_of(account.holder, address)
    bill = bill_of(account.iban, amount, reference, creditor=creditor, purpose=purpose)
    return Transfer(
        holder=account.holder,
        account=account.identifier,
        is_iban=bool(account.iban),
        bic=account.bic,
        bank_name=account.bank_name,
        reference=_in_fives(qr_ref) if is_qr else _in_fours(creditor_ref),
        amount=amount,
        code=_code(account, amount, reference, bill),
        bill=bill,
    )


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _in_fives(digits: str) -> str:
    """The 27 digits as they are printed: two, then fives."""
    rest = [digits[start : start + 5] for start in range(2, len(digits), 5)]
    return " ".join([digits[:2], *rest])


def _code(
    account: BankAccountRow, amount: Money, reference: str, bill: PaymentPart | None
) -> Code | None:
    if amount.minor <= 0 or not account.iban:
        return None
    is_qr = is_qr_iban(account.iban)
    if bill is not None and (is_qr or amount.currency != "EUR"):
        return draw("swiss", bill.text)
    if amount.currency == "EUR" and amount.minor <= _EPC_MOST and not is_qr:
        return draw("epc", epc_text(account, amount, reference))
    return None


def epc_text(account: BankAccountRow, amount: Money, reference: str) -> str:
    """The lines of an EPC code, version 002, in UTF-8."""
    lines = ("BCD", "002", "1", "SCT", account.bic, account.holder[:70], account.iban)
    return "\n".join((*lines, f"{amount.currency}{amount.decimal}", "", reference))


@lru_cache(maxsize=512)
def draw(kind: CodeKind, text: str) -> Code:
    """The code of a text as one path: a run of dark modules is one stroke."""
    made = segno.make(text, error=_ERROR_LEVEL, boost_error=False, micro=False, encoding="utf-8")
    rows = [list(row) for row in made.matrix]
    return Code(kind, len(rows), "".join(_row(y, row) for y, row in enumerate(rows)))


def _row(y: int, row: list[int]) -> str:
    strokes, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            strokes.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(strokes)


def svg(code: Code, *, margin: int = 4) -> str:
    """The code as a picture of its own, with its margin, and the Swiss cross where it belongs."""
    size = code.size
    box = f"{-margin} {-margin} {size + 2 * margin} {size + 2 * margin}"
    cross = _cross(size) if code.kind == "swiss" else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" shape-rendering="crispEdges">'
        f'<rect x="{-margin}" y="{-margin}" width="{size + 2 * margin}" '
        f'height="{size + 2 * margin}" fill="#fff"/><path fill="#000" d="{code.path}"/>'
        f"{cross}</svg>"
    )


def _cross(size: int) -> str:
    """White cross on black on white, 7 by 7 mm on a code of 46, in the middle (6.4.2)."""
    units = 1000
    side = round(size * units * _CROSS_SHARE)
    start = (size * units - side) // 2
    arm, thick = round(side * 11 / 19.8), round(side * 3.3 / 19.8)
    middle = size * units // 2
    edge = round(side * 1.4 / 19.8)
    shapes = (
        ("#fff", start, start, side, side),
        ("#000", start + edge, start + edge, side - 2 * edge, side - 2 * edge),
        ("#fff", middle - arm // 2, middle - thick // 2, arm, thick),
        ("#fff", middle - thick // 2, middle - arm // 2, thick, arm),
    )
    drawn = "".join(
        f'<rect fill="{fill}" x="{x}" y="{y}" width="{w}" height="{h}"/>'
        for fill, x, y, w, h in shapes
    )
    return f'<g transform="scale(0.001)">{drawn}</g>'
