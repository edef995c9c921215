"""Which column holds what: headers as the usual programs write them, in English and German."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterfoil.kernel.ports.tables import Table, TableRow

HEADERS_SHOWN = 300  # characters
HEADER_WITHIN = 15  # rows; a title or a date may stand above the header
_PLAIN = re.compile(r"[^a-z0-9#%]+")

INVOICE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "invoice number", "invoice no", "invoiceno", "invoicenumber", "invoice #", "invoice",
        "invoice id", "number", "document number", "doc number", "rechnungsnummer", "rechnungsnr",
        "rechnung nr", "rechnung", "belegnummer", "beleg", "details",
    ),
    "customer_ref": (
        "customer id", "customerid", "customer number", "customer no", "client id",
        "client number", "account number", "kundennummer", "kunden nr", "kundennr", "debitor",
    ),
    "customer_name": (
        "customer name", "client name", "customer", "client", "bill to", "organization", "company",
        "kunde", "kundenname", "firma",
    ),
    "email": ("email", "e mail", "customer email", "client email", "email address"),
    "date": (
        "invoice date", "invoicedate", "date issued", "issue date", "issued", "date",
        "document date", "transaction date", "rechnungsdatum", "belegdatum", "datum",
    ),
    "due_date": ("due date", "due", "payment due", "fallig am", "falligkeit", "zahlbar bis"),
    "item": (
        "item name", "item", "product", "product name", "stock code", "stockcode", "sku",
        "article", "artikel", "artikelnummer",
    ),
    "description": (
        "item description", "description", "line description", "transaction line description",
        "text", "beschreibung", "bezeichnung", "leistung",
    ),
    "quantity": ("quantity", "qty", "units", "hours", "menge", "anzahl"),
    "unit_price": (
        "unit price", "unitprice", "price", "rate", "unit cost", "cost", "einzelpreis", "preis",
        "stuckpreis",
    ),
    "discount_percent": ("discount percentage", "discount percent", "discount %", "rabatt %"),
    "tax_rate": (
        "tax rate", "vat rate", "tax %", "vat %", "tax percent", "sales tax rate", "mwst satz",
        "ust satz", "mwst %",
    ),
    "tax_amount": ("tax 1 amount", "tax amount", "sales tax amount", "vat amount", "mwst"),
    "second_tax_amount": ("tax 2 amount",),
    "amount": (
        "total", "amount", "line total", "line amount", "invoice total", "amount one column",
        "betrag", "summe", "gesamtbetrag",
    ),
    "currency": ("currency", "currency code", "wahrung"),
    "country": ("country", "billing country", "land"),
    "notes": ("invoice notes", "memo", "notes memo"),
    "status": ("status", "invoice status", "state"),
    "paid_amount": ("amount paid", "paid amount", "paid", "paid to date", "bezahlt"),
}  # fmt: skip

CUSTOMER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "customer_ref": (
        *INVOICE_COLUMNS["customer_ref"], "id number", "external ref", "reference",
    ),
    "name": (
        "name", "organization", "company", "company name", "client name", "customer name",
        "customer", "client", "kunde", "kundenname", "firma",
    ),
    "first_name": ("first name", "contact first name", "vorname"),
    "last_name": ("last name", "contact last name", "nachname"),
    "email": (*INVOICE_COLUMNS["email"], "contact email"),
    "phone": ("phone", "telephone", "phone number", "telefon", "mobile"),
    "line1": ("billing street", "street", "address", "address 1", "address line 1", "strasse"),
    "line2": ("billing apt suite", "apt suite", "address 2", "address line 2", "adresszusatz"),
    "city": ("billing city", "city", "town", "ort", "stadt"),
    "region": (
        "billing state province", "state province", "province state", "state", "province",
        "region", "kanton",
    ),
    "postal_code": ("billing postal code", "postal code", "zip", "zip code", "postcode", "plz"),
    "country": INVOICE_COLUMNS["country"],
    "tax_id": ("vat number", "vat id", "tax id", "tax number", "ust id", "ust idnr"),
    "currency": INVOICE_COLUMNS["currency"],
    "locale": ("language", "locale", "sprache"),
    "timezone": ("time zone", "timezone"),
}  # fmt: skip

JOURNAL_HEADERS = (
    "debit amount two column approach", "credit amount two column approach", "debit amount",
    "credit amount", "debit", "credit", "soll", "haben",
)  # fmt: skip
EXPENSE_HEADERS = ("vendor", "supplier", "expense category", "lieferant")


@dataclass(frozen=True, slots=True)
class Columns:
    """The header of a table, understood: `places` says in which cell each field stands."""

    headers: tuple[str, ...]
    places: Mapping[str, int]
    rows: Sequence[TableRow]

    def cell(self, row: TableRow, field: str) -> str:
        """The text of a field in a row; empty if there is none."""
        place = self.places.get(field, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def header(self, field: str) -> str:
        """The header that was taken for a field, as it is written in the file."""
        place = self.places.get(field)
        return self.headers[place] if place is not None else ""

    @property
    def there(self) -> str:
        """The headers that the file has, for a problem to name; not more than can be read, and
        each of them whole unless it is longer than that itself."""
        shown: list[str] = []
        left = HEADERS_SHOWN
        for header in filter(str.strip, self.headers):
            if shown and len(header) > left:
                return ", ".join([*shown, "…"])
            shown.append(header if len(header) <= left else f"{header[:left]}…")
            left -= len(header) + 2
        return ", ".join(shown)

    def has(self, *names: str) -> bool:
        """Whether the table has one of these headers, whatever was made of it."""
        return bool({plain(header) for header in self.headers} & set(names))


def hint_of_invoices(table: Table) -> str:
    """A word for whoever brings invoices as something else; empty if they are none."""
    columns = understood(table, INVOICE_COLUMNS)
    is_fit = (
        {"number", "date"} <= columns.places.keys()
        and {"customer_ref", "customer_name"} & columns.places.keys()
        and {"unit_price", "amount"} & columns.places.keys()
        and not columns.has(*JOURNAL_HEADERS)
    )
    return "These look like invoices. Import the file as invoices instead." if is_fit else ""


def hint_of_customers(table: Table) -> str:
    """A word for whoever brings customers as something else: names and where they are reached, on
    no day and for no price; empty if they are none."""
    held = understood(table, CUSTOMER_COLUMNS).places.keys()
    other = understood(table, INVOICE_COLUMNS)
    is_fit = (
        {"name", "first_name", "last_name"} & held
        and {"email", "phone", "line1", "city", "postal_code"} & held
        and not {"date", "due_date", "unit_price", "amount"} & other.places.keys()
        and not other.has(*EXPENSE_HEADERS, *JOURNAL_HEADERS)
    )
    return "These look like customers. Import the file as customers instead." if is_fit else ""


def plain(header: str) -> str:
    """A header as it is compared: small letters and digits, accents and marks left out."""
    text = unicodedata.normalize("NFKD", header).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _PLAIN.sub(" ", text.replace("ß", "ss")).strip()


def understood(table: Table, known: Mapping[str, tuple[str, ...]]) -> Columns:
    """The row among the first ones that names most known columns is the header; the first row if
    none names any."""
    best, best_places = 0, _places(table.rows[0].cells, known)
    for index, row in enumerate(table.rows[:HEADER_WITHIN]):
        places = _places(row.cells, known)
        if len(places) > len(best_places):
            best, best_places = index, places
    head = table.rows[best]
    return Columns(head.cells, best_places, table.rows[best + 1 :])


def _places(cells: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each field stands: the earlier synonym wins, and no cell is two fields."""
    headers = [plain(cell) for cell in cells]
    taken: set[int] = set()
    places: dict[str, int] = {}
    for field, synonyms in known.items():
        for synonym in synonyms:
            found = [i for i, header in enumerate(headers) if header == synonym and i not in taken]
            if found:
                places[field] = found[0]
                taken.add(found[0])
                break
    return places
