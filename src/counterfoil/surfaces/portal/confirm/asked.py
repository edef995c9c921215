"""What an address, or the form on it, asks to pay: invoices, amounts, or something ahead."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from counterfoil.domain.receivables.queries import PARTS_MAX

TEXT_MAX = 80
NOTE_MAX = 200
_AMOUNT_OF = "amount."


@dataclass(frozen=True, slots=True)
class Asked:
    """As it was typed. No number means everything that is due in the currency; `amount` is for a
    single invoice, or ahead; `amounts` are by number."""

    numbers: tuple[str, ...]
    currency: str
    is_ahead: bool
    is_choice: bool  # from a list with boxes: none ticked is nothing
    amount: str | None
    amounts: Mapping[str, str]
    note: str
    declined: str

    @property
    def query(self) -> dict[str, object]:
        """The same again, for an address."""
        return {
            "invoice": list(self.numbers),
            "currency": self.currency,
            "ahead": "1" if self.is_ahead else "",
            "amount": self.amount or "",
            **{f"{_AMOUNT_OF}{number}": text for number, text in self.amounts.items()},
        }


def asked(data: QueryDict) -> Asked:
    """Reads an address; what is too long or too much is cut off."""
    numbers = dict.fromkeys(text[:TEXT_MAX] for text in data.getlist("invoice")[:PARTS_MAX])
    return Asked(
        numbers=tuple(number for number in numbers if number),
        currency=data.get("currency", "")[:3].upper(),
        is_ahead=data.get("ahead") == "1",
        is_choice="chosen" in data,
        amount=data.get("amount", "")[:TEXT_MAX] if "amount" in data else None,
        amounts={
            name.removeprefix(_AMOUNT_OF): data.get(name, "")[:TEXT_MAX]
            for name in list(data)[: 2 * PARTS_MAX]
            if name.startswith(_AMOUNT_OF)
        },
        note=" ".join(data.get("note", "")[:NOTE_MAX].split()),
        declined=data.get("declined", "")[:TEXT_MAX],
    )
