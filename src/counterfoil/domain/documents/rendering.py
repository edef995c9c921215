"""Documents as PDF bytes: archival (PDF/A-3a), accessible (PDF/UA-1), and the same every time."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import typst
from PIL import Image

from counterfoil.domain.documents.formats import Formats
from counterfoil.domain.documents.legible import FONT_FOLDER
from counterfoil.domain.documents.sheet import (
    Sheet,
    bill_on,
    credit_note_sheet,
    invoice_sheet,
    receipt_sheet,
)
from counterfoil.domain.documents.swiss.slip import slip_sheet
from counterfoil.domain.documents.transfers import draw, svg
from counterfoil.domain.documents.values import (
    Brand,
    CreditNoteDocument,
    InvoiceDocument,
    ReceiptDocument,
)

TEMPLATE_FOLDER = Path(__file__).parent / "typst"
_RASTER_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg"}


def render_invoice(document: InvoiceDocument, *, locale: str) -> bytes:
    """The invoice as PDF in the locale's language, or in English where we have no words for it."""
    formats = Formats(locale, document.currency)
    sheet = invoice_sheet(document, formats)
    files: dict[str, bytes] = {}
    bill = bill_on(document)
    if bill is not None:
        files["swiss.svg"] = svg(draw("swiss", bill.text), margin=0).encode()
        sheet |= {"swiss": slip_sheet(bill, locale=locale, code="swiss.svg"), "paper": "a4"}
        at = _midnight(document.issued_date)
        return _pdf("swiss_invoice", sheet, document.brand, at, files)
    if document.brand.bank and document.brand.bank.code and document.amount_due_minor:
        files["code.svg"] = document.brand.bank.code.encode()
        sheet["stub"] |= {"code": "code.svg", "code_words": formats.words.payment_code}
    return _pdf("invoice", sheet, document.brand, _midnight(document.issued_date), files)


def render_credit_note(document: CreditNoteDocument, *, locale: str) -> bytes:
    """The credit note as PDF in the locale's language, or in English."""
    sheet = credit_note_sheet(document, Formats(locale, document.currency))
    return _pdf("credit_note", sheet, document.brand, _midnight(document.issued_date))


def render_receipt(document: ReceiptDocument, *, locale: str) -> bytes:
    """The receipt as PDF in the locale's language, or in English."""
    sheet = receipt_sheet(document, Formats(locale, document.currency))
    return _pdf("receipt", sheet, document.brand, document.paid_at)


def _pdf(
    template: str,
    sheet: Sheet,
    brand: Brand,
    at: datetime,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Compile with only our own templates, fonts and this document's data in sight.

    A logo that typst can't set in an archival file is left out and the brand's name stands alone:
    an invoice does not fail for its picture.
    """
    if brand.genuine is not None:
        files = {**files, "genuine.svg": brand.genuine.picture.encode()}
    if brand.logo is None:
        return _compile(template, sheet, dict(files), at)
    with_logo = sheet | {"brand": sheet["brand"] | {"logo": "logo.svg"}}
    try:
        return _compile(template, with_logo, {**files, "logo.svg": _as_svg(brand.logo)}, at)
    except (typst.TypstError, OSError, UnicodeDecodeError):
        return _compile(template, sheet, dict(files), at)


def _compile(template: str, sheet: Sheet, files: dict[str, bytes], at: datetime) -> bytes:
    sources = {"main.typ": _template(template), "parts.typ": _template("parts"), **files}
    if "swiss" in sheet:
        sources["swiss.typ"] = _template("swiss")
    compiler = typst.Compiler(
        sources,  # type: ignore[type-var]  # its stubs leave out the dictionary it documents
        root=TEMPLATE_FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(sheet, ensure_ascii=False)},
    )
    pdf = compiler.compile(
        format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=int(at.timestamp())
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """The bundled fonts, read once for the process; the machine's own are never looked at."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[FONT_FOLDER, FONT_FOLDER / "slip"],
    )


@cache
def _template(name: str) -> bytes:
    return (TEMPLATE_FOLDER / f"{name}.typ").read_bytes()


@lru_cache(maxsize=256)
def _as_svg(logo: bytes) -> bytes:
    """The logo as SVG, because files held in memory reach the compiler as text only."""
    kind = next((kind for start, kind in _RASTER_KINDS.items() if logo.startswith(start)), None)
    if kind is None:
        return logo.decode().encode()
    with Image.open(BytesIO(logo)) as picture:
        width, height = picture.size
    address = f"data:image/{kind};base64,{b64encode(logo).decode()}"
    size = f'width="{width}" height="{height}"'
    open_tag = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return f'{open_tag}<image {size} href="{address}"/></svg>'.encode()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
