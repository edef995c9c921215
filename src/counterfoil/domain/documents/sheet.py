"""What the typst templates are given: a document as plain, finished strings in reading order."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from counterfoil.domain.documents.formats import Formats
from counterfoil.domain.documents.legible import (
    breakable_figure,
    legible,
    legible_address,
    legible_lines,
    legible_name,
)
from counterfoil.domain.documents.swiss.bill import PaymentPart
from counterfoil.domain.documents.values import (
    BankDetails,
    Brand,
    CreditNoteDocument,
    InvoiceDocument,
    Line,
    Party,
    ReceiptDocument,
)
from counterfoil.kernel.money import Money

Sheet = dict[str, Any]
Row = dict[str, str]

_LETTER_COUNTRIES = "BO BZ CA CL CO CR DO GT HN MX NI PA PH PR SV US VE"
_VAT_COUNTRIES = (
    "AE AT BE BG BH CH CY CZ DE DK EE EG ES FI FR GB GR HR HU IE IS IT KE KW LI LT LU LV MA MC MT"
    " NL NO OM PL PT QA RO RS RU SA SE SI SK TN TR UA ZA"
)
_ADDRESS_LINES_MAX = 7
_BANK_LINES_MAX = 6
_TIGHT_WORD = 18

_AMOUNT_SIZES = (34, 28, 23, 19, 16)
_AMOUNT_WIDTH = 196
_THIN = ".,\u2019\u00a0\u202f"
_COLUMN_EMS = dict.fromkeys(_THIN, 0.3) | {"%": 0.98}
_DISPLAY_EMS = dict.fromkeys(_THIN, 0.25) | dict.fromkeys("02345689€$£¥−", 0.64)
_DISPLAY_EMS |= {"1": 0.4, "7": 0.55}
_FIGURE_EM, _LETTER_EM = 0.66, 1.0


def invoice_sheet(document: InvoiceDocument, formats: Formats) -> Sheet:
    """The invoice: the letter above, the stub that is paid below."""
    words, text = formats.words, _Text(formats)
    sheet = _letter(document.brand, document.customer, formats)
    sheet |= _headline(f"{words.invoice} {legible_name(document.number)}", document.brand)
    sheet["heading"] = [words.invoice, text.line(document.number, 48)]
    sheet["facts"] = _rows(
        (words.issued, formats.date(document.issued_date)),
        (words.due, formats.date(document.due_date)),
        (words.your_reference, text.line(document.external_ref, 80)),
    )
    sheet |= _figures(document, formats)
    settled = document.amount_due_minor == 0
    if document.amount_paid_minor:
        sheet["totals"].append(_total(words.paid, formats.money(-document.amount_paid_minor)))
    if document.amount_credited_minor:
        sheet["totals"].append(
            _total(words.credited, formats.money(-document.amount_credited_minor))
        )
    if document.amount_due_minor != document.total_minor:
        sheet["totals"].append(_total(words.amount_due, formats.money(document.amount_due_minor)))
    sheet["totals"][-1]["weight"] = "final"
    known = _rows(
        (words.invoice, text.line(document.number, 60)),
        (words.due, formats.date(document.due_date)),
    )
    sheet["stub"] = _stub(words.amount_due, formats.money(document.amount_due_minor)) | {
        "notes": [words.nothing_due if settled else _payable_to(document, formats)],
        "rows": ([] if bill_on(document) else known)
        + ([] if settled else _ways_to_pay(document, formats)),
    }
    return sheet


def bill_on(document: InvoiceDocument) -> PaymentPart | None:
    """The Swiss payment part that an invoice is paid by; None where there is no account for one, or
    nothing is due."""
    bill = document.brand.bank.bill if document.brand.bank else None
    due = document.amount_due_minor
    if bill is None or due <= 0 or bill.amount.currency != document.currency:
        return None
    return replace(bill, amount=Money(due, document.currency))


def credit_note_sheet(document: CreditNoteDocument, formats: Formats) -> Sheet:
    """The credit note: what is taken back, and a stub that says so."""
    words, text = formats.words, _Text(formats)
    sheet = _letter(document.brand, document.customer, formats)
    sheet |= _headline(f"{words.credit_note} {legible_name(document.number)}", document.brand)
    sheet["heading"] = [words.credit_note, text.line(document.number, 48)]
    sheet["facts"] = _rows(
        (words.issued, formats.date(document.issued_date)),
        (words.against_invoice, text.line(document.invoice_number, 60)),
        (words.your_reference, text.line(document.external_ref, 80)),
    )
    sheet |= _figures(document, formats)
    sheet["totals"][-1]["weight"] = "final"
    credited_to = words.credited_to.format(
        customer=text.line(document.customer.name, 60), business=text.line(document.brand.name, 60)
    )
    sheet["stub"] = _stub(words.amount_credited, formats.money(document.total_minor)) | {
        "notes": [credited_to, words.nothing_to_pay],
        "rows": _rows(
            (words.credit_note, text.line(document.number, 60)),
            (words.issued, formats.date(document.issued_date)),
            (words.against_invoice, text.line(document.invoice_number, 60)),
        ),
    }
    return sheet


def receipt_sheet(document: ReceiptDocument, formats: Formats) -> Sheet:
    """The receipt: what the payment settled above, the counterfoil to keep below."""
    words, text = formats.words, _Text(formats)
    when = formats.moment if document.has_hour else formats.moment_day
    paid_at = when(document.paid_at, document.zone)
    method = text.line(document.method, 60)
    number = text.line(document.number, 60)
    sheet = _letter(document.brand, document.customer, formats)
    sheet |= _headline(f"{words.receipt} {legible_name(document.number)}", document.brand)
    sheet["heading"] = [words.receipt, text.line(document.number, 48)]
    sheet["facts"] = _rows((words.paid_at, paid_at), (words.method, method))
    sheet["lead"] = words.payment_received
    sheet["entries"] = [
        _row(
            words.for_invoice.format(number=text.line(each.invoice_number, 60)),
            formats.money(each.amount_minor),
        )
        for each in document.allocations
    ]
    if document.unapplied_minor:
        sheet["entries"].append(_row(words.unapplied, formats.money(document.unapplied_minor)))
    if document.surcharge_minor:
        sheet["entries"].append(_row(words.surcharge, formats.money(document.surcharge_minor)))
    if document.refunded_minor:
        sheet["entries"].append(_row(words.paid_back, formats.money(document.refunded_minor)))
    sheet["headers"] = [words.description, words.amount]
    sheet["totals"] = [_total(words.amount_paid, formats.money(document.total_minor), "final")]
    sheet["longest"] = [_widest(each["value"] for each in sheet["entries"])]
    sheet["notes"] = text.lines(document.notes)
    sheet["stub"] = _stub(words.keep, formats.money(document.total_minor)) | {
        "notes": [words.received_by.format(business=text.line(document.brand.name, 60))],
        "rows": _rows(
            (words.receipt, number),
            (words.paid_at, paid_at),
            (words.method, method),
            (words.received_from, text.line(document.customer.name, 80)),
        ),
    }
    return sheet


class _Text:
    """Legible text in the document's direction."""

    def __init__(self, formats: Formats) -> None:
        self._rtl = formats.rtl

    def line(self, text: str, limit: int | None = 200) -> str:
        return legible(text, rtl=self._rtl, limit=limit)

    def tight(self, text: str, limit: int = 120) -> str:
        return legible(text, rtl=self._rtl, limit=limit, word_max=_TIGHT_WORD)

    def lines(self, text: str) -> list[str]:
        return legible_lines(text, rtl=self._rtl)


def _letter(brand: Brand, customer: Party, formats: Formats) -> Sheet:
    """The parts that every document has: paper, sender, recipient, running words."""
    text, words = _Text(formats), formats.words
    country = brand.country or formats.locale.territory or ""
    return {
        "lang": formats.locale.language,
        "rtl": formats.rtl,
        "paper": "us-letter" if _among(country, _LETTER_COUNTRIES) else "a4",
        "accent": brand.accent,
        "author": legible_name(brand.name),
        "running_name": text.line(brand.name, 40),
        "brand": {
            "name": text.line(brand.name, 80),
            "initial": next(
                (each.upper() for each in legible_name(brand.name) if each.isalnum()), ""
            ),
            "address": [text.line(each, 80) for each in brand.address[:_ADDRESS_LINES_MAX]],
            "details": [
                *_tax_number(brand.tax_id, formats),
                *([text.line(brand.contact_email, 80)] if brand.contact_email else []),
            ],
        },
        "recipient": [
            text.line(customer.name, 120),
            *(text.line(each, 80) for each in customer.address[:_ADDRESS_LINES_MAX]),
            *_tax_number(customer.tax_id, formats),
        ],
        "page_words": re.split(r"\{page\}|\{pages\}", words.page),
        "notes": [],
    } | _genuine(brand, formats)


def _genuine(brand: Brand, formats: Formats) -> Sheet:
    """The line by which anybody may ask whether the document is genuine."""
    if brand.genuine is None:
        return {}
    words = formats.words
    return {
        "genuine": {
            "words": words.genuine,
            "code_words": words.genuine_code,
            "address": legible_name(brand.genuine.address, limit=120),
            "link": brand.genuine.link,
            "code": brand.genuine.code,
        }
    }


def _headline(title: str, brand: Brand) -> Sheet:
    return {"title": f"{title} \u00b7 {legible_name(brand.name)}"}


def _figures(document: InvoiceDocument | CreditNoteDocument, formats: Formats) -> Sheet:
    """The table of lines and the column of totals, the same for invoice and credit note."""
    words = formats.words
    vat = _among(document.brand.country, _VAT_COUNTRIES)
    tax, rate = (words.vat, words.vat_short) if vat else (words.tax, words.tax)
    totals = [_total(words.subtotal, formats.money(document.subtotal_minor))]
    if document.discount_minor:
        label = _discount(document.discount_percent, formats)
        totals.append(_total(label, formats.money(-document.discount_minor)))
    totals += [
        _total(
            words.tax_on.format(
                tax=tax, rate=formats.percent(row.rate), base=formats.money(row.base_minor)
            ),
            formats.money(row.tax_minor),
        )
        for row in document.tax_rows
    ]
    lines = [_line(line, formats) for line in document.lines]
    return {
        "headers": [words.description, words.quantity, words.unit_price, rate, words.amount],
        "lines": lines,
        "longest": [_widest(row[at] for row in lines) for at in range(1, 5)],
        "totals": [*totals, _total(words.total, formats.money(document.total_minor), "sum")],
        "notes": legible_lines(document.notes, rtl=formats.rtl),
    }


def _line(line: Line, formats: Formats) -> list[Any]:
    """One row: title with its notes, then the figures, as the table's columns have them."""
    title, *notes = legible_lines(line.description, rtl=formats.rtl) or [""]
    if line.discount_percent is not None and line.discount_percent.strip("0.-"):
        notes.append(_discount(line.discount_percent, formats))
    return [
        [title, *notes],
        breakable_figure(formats.quantity(line.quantity)),
        breakable_figure(formats.unit_price(line.unit_price)),
        formats.percent(line.tax_rate),
        formats.money(line.net_minor),
    ]


def _discount(percent: str | None, formats: Formats) -> str:
    if percent is None:
        return formats.words.discount
    return formats.words.discount_of.format(rate=formats.percent(percent))


def _stub(label: str, amount: str) -> Sheet:
    """The stub's amount in the largest size that its column holds on one line."""
    ems = sum(_DISPLAY_EMS.get(each, _LETTER_EM) for each in amount if _takes_room(each))
    fitting = [size for size in _AMOUNT_SIZES if size * ems <= _AMOUNT_WIDTH]
    return {"label": label, "amount": amount, "size": max(fitting, default=_AMOUNT_SIZES[-1])}


def _widest(figures: Iterable[str]) -> str:
    """The figure that takes the most room in a column of tabular figures."""
    return max(
        figures,
        key=lambda figure: sum(
            _COLUMN_EMS.get(each, _FIGURE_EM) for each in figure if _takes_room(each)
        ),
        default="",
    )


def _takes_room(character: str) -> bool:
    return character.isprintable() or character in _THIN


def _payable_to(document: InvoiceDocument, formats: Formats) -> str:
    return formats.words.payable_to.format(
        business=legible(document.brand.name, rtl=formats.rtl, limit=60),
        date=formats.date(document.due_date).replace(" ", "\u00a0"),
    )


def _ways_to_pay(document: InvoiceDocument, formats: Formats) -> list[Row]:
    """The address to pay at, and the account with the reference to give."""
    text, words = _Text(formats), formats.words
    rows: list[Row] = []
    address = legible_name(document.hosted_url, limit=300)
    if re.fullmatch(r"https?://[!-~]+", address):
        rows.append(
            _row(words.pay_online, legible_address(address, rtl=formats.rtl)) | {"link": address}
        )
    if document.brand.bank is not None and bill_on(document) is None:
        rows += _account(document.brand.bank, formats)
        reference = document.brand.bank.reference or document.number
        rows += _rows((words.payment_reference, text.tight(reference, 60)))
    return rows


def _account(bank: BankDetails, formats: Formats) -> list[Row]:
    """Whose account it is, then what the business says of it, line by line under one label."""
    text, words = _Text(formats), formats.words
    said = [text.tight(line, 80) for line in bank.lines[:_BANK_LINES_MAX] if line.strip()]
    labels = [words.bank_details, *[""] * len(said)]
    holder = (words.account_holder, text.tight(bank.holder, 80))
    return _rows(holder, *zip(labels, said, strict=False))


def _tax_number(tax_id: str, formats: Formats) -> list[str]:
    """A number that begins with a country's letters is a VAT number, any other a tax number."""
    if not tax_id:
        return []
    words = formats.words
    label = words.vat_id if tax_id[:2].isalpha() else words.tax_id
    return [f"{label} {legible(tax_id, rtl=formats.rtl, limit=40)}"]


def _among(country: str, countries: str) -> bool:
    return country.upper() in countries.split()


def _row(label: str, value: str) -> Row:
    return {"label": label, "value": value}


def _total(label: str, value: str, weight: str = "plain") -> Row:
    """A row of the totals; `weight` is plain, sum, or final for the one under the rule."""
    return _row(label, value) | {"weight": weight}


def _rows(*pairs: tuple[str, str]) -> list[Row]:
    """Label and value of each pair that has a value."""
    return [_row(label, value) for label, value in pairs if value]
