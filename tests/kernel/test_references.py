"""Check digits by the examples of their standards; wrong digits are found, whichever they are."""

import os
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counterfoil.kernel.references import (
    BadReference,
    Reference,
    ReferenceKind,
    find_reference,
    is_belgian_reference,
    is_creditor_reference,
    is_iban,
    is_qr_reference,
    make_creditor_reference,
    make_qr_reference,
    reference_of,
)

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "reference/iban"
RF = "RF18539007547034"
QRR = "210000000003139471430009017"
OGM = "090933755493"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
bodies = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21)
digits = st.integers(1, 10**26 - 1).map(str)
numbers = st.integers(10**4, 10**20).map(str)


def belgian(first):
    return f"{first:010}{first % 97 or 97:02}"


def iban(bban):
    number = int(f"{bban}131400")  # D is 13, E is 14
    return f"DE{98 - number % 97:02}{bban}"


@pytest.mark.parametrize("text", [RF, "RF18 5390 0754 7034", "rf712348231", "RF45G72UUR"])
def test_creditor_references_that_are_published(text):
    assert is_creditor_reference(text)


@pytest.mark.parametrize(
    "text",
    ["", "RF", "RF18", "RF19539007547034", "RF720191230100405JSH0438", f"X{RF}", f"{RF}0",
     "RF18" + "0" * 22, "RF1853900754703Ä", "FR18539007547034"],
)  # fmt: skip
def test_what_is_no_creditor_reference(text):
    assert not is_creditor_reference(text)


def test_creditor_reference_is_made_of_its_body():
    assert make_creditor_reference("5390 0754 7034") == RF
    assert make_creditor_reference("0191230100405jsh0438") == "RF240191230100405JSH0438"


@pytest.mark.parametrize("body", ["", " ", "1" * 22, "12-3", "é", "１２"])
def test_creditor_reference_of_anything_else_is_refused(body):
    with pytest.raises(BadReference, match="1 to 21 letters and digits"):
        make_creditor_reference(body)


@pytest.mark.parametrize(
    "text", [QRR, "21 00000 00003 13947 14300 09017", "215703000075200334559000126"]
)
def test_qr_references_that_are_published(text):
    assert is_qr_reference(text)


@pytest.mark.parametrize(
    "text",
    ["", QRR[:-1], QRR + "0", QRR[:-1] + "8", "0" * 27, "x" * 27, QRR.translate(ARABIC)],
)
def test_what_is_no_qr_reference(text):
    assert not is_qr_reference(text)


def test_qr_reference_is_filled_with_zeros():
    assert make_qr_reference("1") == "0" * 25 + "11"
    assert make_qr_reference(QRR[:-1]) == QRR


@pytest.mark.parametrize("text", ["", "1" * 27, "12a", "٣"])
def test_qr_reference_of_anything_else_is_refused(text):
    with pytest.raises(BadReference, match="up to 26 digits"):
        make_qr_reference(text)


@pytest.mark.parametrize(
    "text",
    ["+++090/9337/55493+++", "***090/9337/55493***", "+++000/0119/69897+++", OGM, "010806817183"],
)
def test_belgian_references_that_are_published(text):
    assert is_belgian_reference(text)


@pytest.mark.parametrize(
    "text", ["", "+++090/9337/55494+++", OGM + "0", "000000000000", OGM.translate(ARABIC)]
)
def test_what_is_no_belgian_reference(text):
    assert not is_belgian_reference(text)


@pytest.mark.parametrize(
    "text",
    ["GB29 NWBK 6016 1331 9268 19", "DE89370400440532013000", "CH9300762011623852957",
     "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "be68 5390 0754 7034",
     "LC55HEMM000100010012001200023015"],
)  # fmt: skip
def test_ibans_of_the_register(text):
    assert is_iban(text)


@pytest.mark.parametrize(
    "text",
    ["", "DE", "DE88370400440532013000", "DE8937040044053201300", "XX89370400440532013000",
     "DE８9370400440532013000", "US64SVBKUS6S3300958879", "CH00 0000 0000 0000 0000 0",
     "DEX9370400440532013000", "DE89-70400440532013000"],
)  # fmt: skip
def test_what_is_no_iban(text):
    assert not is_iban(text)


def test_iban_with_check_digits_that_are_never_given_is_refused():
    """97 more than 02 leaves the same remainder; ISO 13616 gives 02 to 98 only."""
    twin = next(one for one in (iban(f"{n:018}") for n in range(500)) if one[2:4] == "02")
    assert is_iban(twin)
    assert not is_iban(f"DE99{twin[4:]}")


@pytest.mark.skipif(not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with IBANs")
def test_every_official_example_of_the_register():
    lines = (DATA / "globalcitizen-php-iban/registry.txt").read_text("utf-8").splitlines()
    head, *rows = (line.split("|") for line in lines)
    named = [dict(zip(head, row, strict=False)) for row in rows]
    of_france = {row["country_code"] for row in named if row["parent_registrar"] == "FR"}
    unused = {
        "AX",
        "AA",
        "BF",
        "BI",
        "DZ",
        "NI",
    } | of_france  # never given, or another length by now
    examples = [row["iban_example"] for row in named if row["country_code"] not in unused]
    assert [one for one in examples if not is_iban(one)] == []
    assert len(examples) > 85


@given(bodies)
def test_every_creditor_reference_that_is_made_is_right(body):
    assert is_creditor_reference(make_creditor_reference(body))


@given(digits)
def test_every_qr_reference_that_is_made_is_right(text):
    assert is_qr_reference(make_qr_reference(text))


KINDS = {
    "creditor": (numbers.map(make_creditor_reference), is_creditor_reference, 2),
    "qr": (digits.map(make_qr_reference), is_qr_reference, 0),
    "belgian": (st.integers(1, 10**10 - 1).map(belgian), is_belgian_reference, 0),
    "iban": (st.text("0123456789", min_size=18, max_size=18).map(iban), is_iban, 2),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_single_wrong_digit_is_found(kind, data):
    right, is_right, start = KINDS[kind]
    text = data.draw(right)
    at = data.draw(st.integers(start, len(text) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != text[at])
    assert is_right(text)
    assert not is_right(text[:at] + digit + text[at + 1 :])


@pytest.mark.parametrize("kind", ["creditor", "belgian", "iban"])
@given(data=st.data())
def test_any_two_neighbours_that_changed_places_are_found(kind, data):
    right, is_right, start = KINDS[kind]
    text = data.draw(right)
    at = data.draw(st.integers(start, len(text) - 2))
    assume(text[at] != text[at + 1])
    assert not is_right(text[:at] + text[at + 1] + text[at] + text[at + 2 :])


@given(data=st.data())
def test_neighbours_in_a_qr_reference_are_found_but_for_one_pair(data):
    """Modulo 10 recursive is blind where carry and digits come to 4 and 7, and nowhere else."""
    text = data.draw(st.integers(10**25, 10**26 - 1).map(str).map(make_qr_reference))
    at = data.draw(st.integers(0, len(text) - 2))
    one, two = int(text[at]), int(text[at + 1])
    assume(one != two)
    carry = 0
    for digit in text[:at]:
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(digit)) % 10]
    is_blind = {(carry + one) % 10, (carry + two) % 10} == {4, 7}
    twisted = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if at < len(text) - 2:
        assert is_qr_reference(twisted) == is_blind
    else:
        assert not is_qr_reference(twisted) or is_blind


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("RF18 5390 0754 7034", Reference(ReferenceKind.RF, RF)),
        ("21 00000 00003 13947 14300 09017", Reference(ReferenceKind.QRR, QRR)),
        ("+++090/9337/55493+++", Reference(ReferenceKind.OGM, OGM)),
        (OGM, Reference(ReferenceKind.OGM, OGM)),
        ("INV 1", Reference(ReferenceKind.OTHER, "INV1")),
    ],
)
def test_kinds_are_kept_apart(text, reference):
    assert reference_of(text) == reference


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rechnung RF18 5390 0754 7034 mit Dank", RF),
        ("RF18 5390 0754 7034 AB12 CD34", RF),
        ("RF19 5390 0754 7034", None),
        ("RF54 1234 danke", "RF541234"),
        (f"ref:{RF}.", RF),
        ("QRR: 21 00000 00003 13947 14300 09017", QRR),
        (f"{QRR} {QRR}", QRR),
        ("facture +++090/9337/55493+++ merci", OGM),
        ("*** 090/9337/55493 ***", OGM),
        (f"{RF} and {QRR}", None),
        ("090933755493", None),
        (f"1{QRR}", None),
        ("RF19539007547034", None),
        ("", None),
    ],
)
def test_the_one_reference_in_a_text_is_found(text, value):
    found = find_reference(text)
    assert (found.value if found else None) == value


@given(st.text())
def test_any_text_is_looked_through(text):
    find_reference(text)
    assert reference_of(text).kind in ReferenceKind
