"""Every page of one's own sign-in is drawn, in each language and direction, with nothing inline."""

import re

import pytest

from counterfoil.surfaces.portal.ways.values import CardFields
from gallery import factors
from gallery.drawing import make_environment, reading
from gallery.stories import stories

CARD = CardFields("https://gateway.example/card.js", "Gateway.mount", {"account": "acct"})
NAMES = [name for name, *_ in factors.pages()]
INLINE = re.compile(r"\s(style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_drawn(name):
    environment = make_environment()
    [story] = [one for one in stories(CARD) if one.name == name]
    for language in ("en", "de", "ar"):
        with reading(language):
            page = environment.get_template(story.template).render(**story.context())
        assert page.count("<h1") == 1
        assert INLINE.findall(page) == []
        assert page.count("button--filled") <= 1
