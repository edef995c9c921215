"""Text of any origin comes out as text, with a glyph for every character."""

import pytest

from counterfoil.domain.documents.legible import (
    BOX,
    covered,
    families,
    legible,
    legible_address,
    legible_lines,
    legible_name,
)

BREAK = "\u200b"


@pytest.mark.parametrize(
    "text",
    [
        "Water supply, October",
        '#include "/etc/passwd"',
        "$ x^2 $ `raw` *b* _i_ <label> @ref // c",
        r"\u{41} \ \#",
        "Rußwurm & Söhne, Ἀθῆναι, Водоканал",
        "{business} %s {0}",
    ],
)
def test_readable_text_is_kept_as_it_is(text: str) -> None:
    assert legible(text) == text


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),
        ("\ufefftwo\u2028lines\t here", "two lines here"),
        ("e\u0301", "é"),
        ("漢字 ok 😀", f"{BOX}{BOX} ok {BOX}"),
        ("\ue000\ud800\ufffd", BOX * 3),
        ("Ж\u064e", f"Ж{BOX}"),
    ],
)
def test_what_cannot_be_set_is_removed_or_boxed(hostile: str, clean: str) -> None:
    assert legible(hostile) == clean


def test_a_long_word_may_break_anywhere_but_before_its_marks() -> None:
    word = "x\u0302" * 40
    assert legible(word).replace(BREAK, "") == word
    assert f"{BREAK}\u0302" not in legible(word)
    assert legible("W" * 10_000).count(BREAK) == 9_999


def test_an_address_breaks_after_its_slashes() -> None:
    assert legible_address("https://pay.example/i/3k9x") == f"pay.example/{BREAK}i/{BREAK}3k9x"


def test_a_limit_ends_in_an_ellipsis() -> None:
    assert legible("Harrow Water", limit=8) == "Harrow\u2026"
    assert legible_name("H" * 300) == "H" * 199 + "\u2026"


def test_the_other_direction_is_isolated() -> None:
    assert legible("Harrow Water", rtl=True) == "\u2068Harrow Water\u2069"
    assert legible("مياه", rtl=False) == "\u2068مياه\u2069"
    assert legible("", rtl=True) == ""


def test_lines_are_kept_apart_and_empty_ones_dropped() -> None:
    assert legible_lines("one\r\n\n  two  \rthree") == ["one", "two", "three"]


def test_the_fonts_cover_what_they_are_bundled_for() -> None:
    alphabets = "AZaz09ÄßŁőışØ ΑΩάῆ АЯёїҐ ابةيپچگی אבת €£¥₹₺₴ •…–—−✓□"
    assert {each for each in alphabets if ord(each) not in covered() and each != " "} == set()
    assert len(families()) == 4
