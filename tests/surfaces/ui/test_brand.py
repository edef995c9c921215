import itertools

import pytest

from counterfoil.domain.business.colours import BadColour, brand_colours, contrast
from counterfoil.surfaces.ui.brand import brand_css

STEPS = ("00", "33", "66", "80", "99", "cc", "ff")
COLOURS = ["#" + "".join(parts) for parts in itertools.product(STEPS, repeat=3)]


def test_contrast_of_known_pairs() -> None:
    assert round(contrast("#000", "#fff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("#0f5c4c", "#0f5c4c") == 1.0


def unreadable(brand: str) -> list[tuple[str, str]]:
    colours = brand_colours(brand)
    pairs = [
        (colours.accent, "#ffffff"),
        (colours.accent, "#f3f5f2"),
        (colours.accent, colours.wash),
        (colours.on_fill, colours.fill),
        (colours.accent_dark, "#18211d"),
        (colours.accent_dark, "#0f1613"),
        (colours.accent_dark, colours.wash_dark),
        (colours.on_fill_dark, colours.fill_dark),
    ]
    return [pair for pair in pairs if contrast(*pair) < 4.5]


def test_any_brand_colour_becomes_readable() -> None:
    assert {brand: pairs for brand in COLOURS if (pairs := unreadable(brand))} == {}


def test_a_readable_colour_is_kept() -> None:
    colours = brand_colours("#0F5C4C")
    assert (colours.accent, colours.fill, colours.on_fill) == ("#0f5c4c", "#0f5c4c", "#ffffff")


def test_a_bright_colour_keeps_its_button_and_darkens_its_text() -> None:
    colours = brand_colours("ffd400")
    assert (colours.fill, colours.on_fill) == ("#ffd400", "#16211d")
    assert colours.accent != "#ffd400"


@pytest.mark.parametrize("text", ["", "green", "#12", "#12345g", "#1234567", "red;}body{x:y"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(BadColour):
        brand_css(text)


def test_the_stylesheet_sets_properties_only() -> None:
    css = brand_css("#0f5c4c")
    assert css.startswith(":root{--brand-accent:#0f5c4c;--brand-fill:#0f5c4c;")
    assert css.count("{") == css.count("}") == 1
