"""No document fetches or embeds what its texts name, and one that did would be found out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import cycle
from pathlib import Path
from urllib.request import urlopen

import pikepdf
import pytest
import typst

from counterfoil.domain.documents.rendering import (
    render_credit_note,
    render_invoice,
    render_receipt,
)
from counterfoil.domain.documents.swiss.bill import Purpose, bill_of, party_of
from counterfoil.domain.documents.values import Allocation, BankDetails, Brand, Line, Party
from counterfoil.kernel.money import Money
from factories import documents
from factories.outside.lures import Held, Lure, held, lure

IBAN = "CH9300762011623852957"
ADDRESS = {"line1": "Sihlquai 131", "postal_code": "8005", "city": "Zürich", "country": "CH"}
LINES = 14


@pytest.fixture
def lured(tmp_path: Path) -> Iterator[Lure]:
    with lure(tmp_path / "files") as made:
        yield made


def brand(texts: Iterator[str]) -> Brand:
    bank = BankDetails(next(texts), (next(texts), next(texts)), next(texts))
    return Brand(
        next(texts), address=(next(texts), next(texts)), country="FR", tax_id=next(texts),
        contact_email=next(texts), bank=bank,
    )  # fmt: skip


def party(texts: Iterator[str]) -> Party:
    return Party(next(texts), (next(texts), next(texts)), next(texts), next(texts))


def lines(texts: Iterator[str]) -> list[Line]:
    return [
        Line(f"{next(texts)}\n{next(texts)}", "1", "10.00", "0", 1000, "1") for _ in range(LINES)
    ]


def note(texts: Iterator[str]) -> str:
    return "\n".join(next(texts) for _ in range(LINES))


def invoice(texts: Iterator[str]) -> bytes:
    document = documents.untaxed(
        *lines(texts), brand=brand(texts), customer=party(texts), number=next(texts),
        notes=note(texts), external_ref=next(texts),
    )  # fmt: skip
    return render_invoice(document, locale="en")


def swiss_invoice(texts: Iterator[str]) -> bytes:
    us, payer = party_of(next(texts), ADDRESS), party_of(next(texts), ADDRESS)
    purpose = Purpose(payer, next(texts))
    bill = bill_of(IBAN, Money(1, "CHF"), "", creditor=us, purpose=purpose)
    assert bill is not None
    ours = brand(texts)
    assert ours.bank is not None
    document = documents.untaxed(
        *lines(texts), brand=replace(ours, country="CH", bank=replace(ours.bank, bill=bill)),
        customer=party(texts), currency="CHF", notes=note(texts),
    )  # fmt: skip
    return render_invoice(document, locale="de")


def credit_note(texts: Iterator[str]) -> bytes:
    rows = lines(texts)
    total = sum(line.net_minor for line in rows)
    document = documents.credit_note(
        lines=rows, subtotal_minor=total, total_minor=total, tax_rows=(), brand=brand(texts),
        customer=party(texts), number=next(texts), invoice_number=next(texts),
        notes=note(texts), external_ref=next(texts),
    )  # fmt: skip
    return render_credit_note(document, locale="ar")


def receipt(texts: Iterator[str]) -> bytes:
    document = documents.receipt(
        brand=brand(texts), customer=party(texts), number=next(texts), method=next(texts),
        allocations=[Allocation(next(texts), 100) for _ in range(LINES)],
        total_minor=100 * LINES, notes=note(texts),
    )  # fmt: skip
    return render_receipt(document, locale="en")


HOSTED = "https://pay.harrow.example/i/3k9x2m7q4t"


@pytest.mark.parametrize(
    ("printed", "links"),
    [(invoice, (HOSTED,)), (swiss_invoice, (HOSTED,)), (credit_note, ()), (receipt, ())],
)
def test_a_document_fetches_and_embeds_nothing_that_its_texts_name(printed, links, lured):
    usual = held(printed(cycle(["Water"])), lured)
    assert (usual.files, usual.pictures, set(usual.links)) == ((), 0, set(links))
    for first in range(0, len(lured.texts), 7):  # each in other places
        turned = lured.texts[first:] + lured.texts[:first]
        assert held(printed(cycle(turned)), lured) == usual
    assert not usual.tells
    assert lured.came == []


def set_as_markup(text: str) -> bytes:
    """A document whose texts are taken for instructions, by a renderer that sees every file."""
    source = b'#set document(title: "x")\n#eval(sys.inputs.text, mode: "markup")'
    pdf = typst.Compiler({"main.typ": source}, root="/", sys_inputs={"text": text}).compile()
    assert isinstance(pdf, bytes)
    return pdf


def usual(by: Lure) -> Held:
    return held(set_as_markup("Water"), by)


def test_a_renderer_that_reads_files_would_be_found_out(lured):
    for text in (
        f'#read("{lured.file}")',
        f'#include "{lured.file}"',
        f'#csv("{lured.file}").at(0)',
    ):
        assert held(set_as_markup(text), lured) == replace(usual(lured), tells=True)


def test_a_renderer_that_attaches_files_would_be_found_out(lured):
    found = held(set_as_markup(f'#pdf.attach("{lured.file}")'), lured)
    assert found.files == (str(lured.file).lstrip("/"),)
    assert found.tells


def test_a_renderer_that_sets_pictures_would_be_found_out(lured):
    found = held(set_as_markup(f'#image("{lured.picture}", alt: "x")'), lured)
    assert found.pictures == usual(lured).pictures + 1


def test_a_renderer_that_makes_links_would_be_found_out(lured):
    found = held(set_as_markup(f'#link("{lured.url}/link")[here]'), lured)
    assert found.links == (f"{lured.url}/link",)


def test_a_renderer_that_writes_metadata_as_it_comes_would_be_found_out(lured):
    with pikepdf.open(BytesIO(set_as_markup("Water"))) as document:
        about = document.Root.Metadata.read_bytes().decode()
        (text,) = [one for one in lured.texts if "xmpmeta" in one]
        element = re.findall(r"<e .*/>", text)[0]
        document.Root.Metadata.write(about.replace("</rdf:RDF>", f"{element}</rdf:RDF>").encode())
        written = BytesIO()
        document.save(written)
    found = held(written.getvalue(), lured)
    assert set(found.elements) - set(usual(lured).elements) == {"e"}


def test_a_renderer_that_follows_addresses_would_be_found_out(lured):
    asked = [text for text in lured.texts if lured.url in text]
    assert len(asked) >= 9
    for number, text in enumerate(asked, start=1):
        with pytest.raises(OSError, match="closed connection"):
            urlopen(re.findall(r"http://[\w.:/]+", text)[0], timeout=5)
        assert len(lured.came) == number
    assert urlopen(f"file://{lured.file}").read().decode() == lured.secret
