"""The gallery can be looked at in any way, and in the words that people read."""

import pytest
from django.utils import translation

from gallery.drawing import reading
from gallery.look import Take, chosen


def test_a_way_to_look_is_named_freely() -> None:
    """One that is among no others too; the other options are not ways."""
    options = ["--check", "--take=390-dark-de!", "--take=1000-light-ar"]
    assert chosen(options) == (Take(390, "dark", "de!"), Take(1000, "light", "ar"))


@pytest.mark.parametrize("word", ["390-light", "wide-light-de", "390-light-de-more"])
def test_one_that_can_not_be_read_is_no_other_one(word: str) -> None:
    with pytest.raises(ValueError, match="int|unpack"):
        chosen([f"--take={word}"])


def test_a_language_is_pretended_or_its_own() -> None:
    said = {}
    for language in ("en", "de", "de!", "ar!"):
        with reading(language):
            said[language] = translation.gettext("Receipt")
    assert said == {
        "en": "Receipt",
        "de": said["de"],
        "de!": "Zahlungsbeleg",
        "ar!": "إيصال",
    }
    assert said["de"] not in (said["en"], said["de!"])
