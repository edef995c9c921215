"""The PDFs themselves: archival, accessible, the same every time, whatever was typed."""

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from counterfoil.domain.documents.rendering import (
    render_credit_note,
    render_invoice,
    render_receipt,
)
from counterfoil.domain.documents.values import Allocation, BankDetails, Brand, Line, Party
from factories import documents

PDFTOTEXT = shutil.which("pdftotext")
needs_pdftotext = pytest.mark.skipif(PDFTOTEXT is None, reason="pdftotext is not installed")

EACH_KIND: list[Callable[[str], bytes]] = [
    lambda locale: render_invoice(documents.invoice(), locale=locale),
    lambda locale: render_credit_note(documents.credit_note(), locale=locale),
    lambda locale: render_receipt(documents.receipt(), locale=locale),
]
HOSTILE = (
    '#include "/etc/passwd"',
    '#panic("x") $ x^2 $ `raw` ```x``` *b* _i_ <label> @ref // c /* */',
    "= Heading\n- list\n+ enum",
    "\x00\x07\x1b[31m bell \u202egnp.exe\u202c",
    "漢字 😀 👨‍👩‍👧 \ue000 \ud800 Ж\u064e",
    "W" * 10_000,
    "Z̵̡͓a̷l̶g̷o̴" * 20,
    "{business} %s {0}",
    "",
)


def _text(pdf: bytes, tmp_path: Path, *options: str) -> str:
    assert PDFTOTEXT is not None
    path = tmp_path / "document.pdf"
    path.write_bytes(pdf)
    command = [PDFTOTEXT, *options, str(path), "-"]
    printed = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return printed.decode().replace("\u200b", "").replace("\u00a0", " ")


@pytest.mark.parametrize("render", EACH_KIND)
@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_every_document_is_archival_and_accessible(
    render: Callable[[str], bytes], locale: str
) -> None:
    with pikepdf.open(BytesIO(render(locale))) as pdf:
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
            assert about["pdfuaid:part"] == "1"
            assert "Harrow Water" in about["dc:title"]
            assert about["dc:creator"] == ["Harrow Water"]
        assert str(pdf.Root.Lang) == locale
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert all(_fonts_of(pdf).values())


def _fonts_of(pdf: pikepdf.Pdf) -> dict[str, bool]:
    """Each font's name, and whether its glyphs are in the file."""
    found = {}
    for page in pdf.pages:
        for font in page.Resources.Font.values():
            descendant = font.DescendantFonts[0]
            described = descendant.FontDescriptor
            found[str(descendant.BaseFont)] = "/FontFile2" in described or "/FontFile3" in described
    return found


@pytest.mark.parametrize("render", EACH_KIND)
def test_the_same_document_gives_the_same_bytes(render: Callable[[str], bytes]) -> None:
    assert render("en") == render("en")


@needs_pdftotext
def test_an_invoice_carries_its_figures(tmp_path: Path) -> None:
    text = _text(render_invoice(documents.invoice(), locale="en"), tmp_path, "-layout")
    assert re.search(r"Water supply, October\s+42\.6\s+€2\.1840\s+5\.5%\s+€93\.04", text)
    assert re.search(r"VAT 5\.5% on €111\.04\s+€6\.11", text)
    assert re.search(r"Total\s+€203\.55", text)
    assert "to Harrow Water by 27 November 2026" in text
    assert "Page 1 of 1" in text


@needs_pdftotext
@pytest.mark.parametrize(
    ("locale", "currency", "minor", "printed"),
    [
        ("en", "JPY", 123456, "¥123,456"),
        ("en", "BHD", 123456, "BHD 123.456"),
        ("de", "EUR", 123456, "1.234,56 €"),
        ("de", "BHD", 123456, "123,456 BHD"),
        ("ar", "JPY", 123456, "123,456"),
        ("ar", "EUR", 123456, "1,234.56"),
    ],
)
def test_amounts_have_their_currency_s_decimals(
    locale: str, currency: str, minor: int, printed: str, tmp_path: Path
) -> None:
    document = documents.untaxed(Line("Water", "1", "1", "0", minor), currency=currency)
    text = _text(render_invoice(document, locale=locale), tmp_path, "-layout")
    assert text.count(printed) >= 3


@needs_pdftotext
def test_greek_cyrillic_arabic_and_hebrew_names_are_printed(tmp_path: Path) -> None:
    customer = Party("Αθηναϊκή Ύδρευση", ("Водоканал, Київ", "שלום"))
    text = _text(render_invoice(documents.invoice(customer=customer), locale="en"), tmp_path)
    assert "Αθηναϊκή Ύδρευση" in text
    assert "Водоканал, Київ" in text
    assert "שלום" in text


@needs_pdftotext
def test_a_card_s_dots_and_zone_stand_on_the_receipt(tmp_path: Path) -> None:
    text = _text(render_receipt(documents.receipt(), locale="de"), tmp_path)
    assert "Visa •••• 4242" in text
    assert "21. November 2026, 10:42 Uhr CET" in text
    assert "Rechnung HW-2026-00391" in text


def _hostile_invoice() -> bytes:
    bank = BankDetails("H" * 500, ("X" * 500, *HOSTILE, *["9" * 99] * 99))
    brand = Brand("B" * 10_000, "#000000", HOSTILE, "", "I" * 500, "a" * 500, None, bank)
    long = "12345678901234567890.0123456789"
    lines = tuple(Line(text, long, long, "99.999", 10**13) for text in HOSTILE)
    changes = {"brand": brand, "number": "N" * 300, "external_ref": "x" * 9_999}
    customer = Party("W" * 10_000, HOSTILE, "#x")
    notes = "\n".join(HOSTILE[:5])
    document = documents.untaxed(*lines, customer=customer, notes=notes, **changes)
    return render_invoice(document, locale="en")


@needs_pdftotext
def test_hostile_text_comes_out_as_text(tmp_path: Path) -> None:
    text = _text(_hostile_invoice(), tmp_path, "-layout")
    assert '#include "/etc/passwd"' in text
    assert '#panic("x") $ x^2 $ `raw` ```x``` *b* _i_ <label> @ref // c /* */' in text
    assert "[31m bell gnp.exe" in text
    assert "□□ □ □□□ □ □ Ж□" in text
    assert "root:" not in text


@needs_pdftotext
def test_nothing_runs_off_the_page(tmp_path: Path) -> None:
    boxes = _text(_hostile_invoice(), tmp_path, "-bbox")
    words = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)"', boxes)
    assert len(words) > 100
    assert [word for word in words if float(word[0]) < 59 or float(word[1]) > 595.3 - 59] == []


@pytest.mark.parametrize("locale", ["en", "ar"])
@given(text=st.text(max_size=80))
@settings(max_examples=25, deadline=None)
def test_any_text_at_all_can_be_printed(locale: str, text: str) -> None:
    document = documents.untaxed(
        Line(text, "1", "1", "0", 100), customer=Party(text, (text,)), notes=text
    )
    assert render_invoice(document, locale=locale).startswith(b"%PDF-")


def _logo(kind: str, mode: str = "RGB") -> bytes:
    file = BytesIO()
    Image.new(mode, (600, 160), "white").save(file, kind)
    return file.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


@pytest.mark.parametrize(
    "logo", [_logo("PNG", "RGBA"), _logo("JPEG"), SVG], ids=["png", "jpeg", "svg"]
)
def test_a_logo_is_set_with_the_name_as_its_description(logo: bytes) -> None:
    brand = dataclasses.replace(documents.BRAND, logo=logo)
    with_logo = render_invoice(documents.invoice(brand=brand), locale="en")
    with pikepdf.open(BytesIO(with_logo)) as pdf:
        figures = [each for each in pdf.objects if _is_figure(each)]
        assert [str(each.Alt) for each in figures] == ["Harrow Water"]


def _is_figure(each: object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/S") == pikepdf.Name.Figure


@pytest.mark.parametrize("logo", [b"\x89PNG broken", b"\xff\xd8\xff", b"\xfe\xfe", b"<html>"])
def test_a_broken_logo_does_not_stop_an_invoice(logo: bytes) -> None:
    brand = dataclasses.replace(documents.BRAND, logo=logo)
    plain = render_invoice(documents.invoice(), locale="en")
    assert render_invoice(documents.invoice(brand=brand), locale="en") == plain


@pytest.mark.parametrize(("country", "width"), [("US", 612), ("FR", 595)])
def test_the_paper_is_the_country_s(country: str, width: int) -> None:
    brand = dataclasses.replace(documents.BRAND, country=country)
    with pikepdf.open(BytesIO(render_invoice(documents.invoice(brand=brand), locale="en"))) as pdf:
        assert int(pdf.pages[0].MediaBox[2]) == width


def test_a_receipt_of_many_invoices_has_many_pages() -> None:
    allocations = tuple(Allocation(f"HW-{number}", 100) for number in range(200))
    document = documents.receipt(allocations=allocations, total_minor=20_000)
    with pikepdf.open(BytesIO(render_receipt(document, locale="ar"))) as pdf:
        assert len(pdf.pages) > 5


@pytest.mark.slow
def test_ten_thousand_lines_are_set_on_numbered_pages(tmp_path: Path) -> None:
    line = Line("Supply of parts", "1.5", "2.50", "0", 375)
    pdf = render_invoice(documents.untaxed(*[line] * 10_000), locale="en")
    with pikepdf.open(BytesIO(pdf)) as opened:
        pages = len(opened.pages)
    assert pages > 250
    if PDFTOTEXT is not None:
        text = _text(pdf, tmp_path, "-layout")
        assert text.count("Supply of parts") == 10_000
        assert text.count("Unit price") == pages
        assert f"Page 2 of {pages}" in text
        assert f"Page {pages} of {pages}" in text
        assert re.search(r"Total\s+€37,500\.00", text)
