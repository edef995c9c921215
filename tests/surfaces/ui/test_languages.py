"""Each language has templates of its own, with its words inside."""

import pytest
from django.template import engines
from django.utils import translation

from counterfoil.surfaces.ui.environment import Pages


@pytest.fixture
def engine() -> Pages:
    found = engines["jinja2"]
    assert isinstance(found, Pages)
    return found


@pytest.mark.parametrize("language", ["de", "ar"])
def test_words_are_those_of_the_active_language(engine: Pages, language: str) -> None:
    """Plain words, words with a context and words with something filled in."""
    text = "{{ _('Amount due') }}|{{ pgettext('payment', 'For') }}|{{ _('Due %(date)s', date=1) }}"
    with translation.override(language):
        drawn = engine.env.from_string(text).render()
        words = [translation.gettext("Amount due"), translation.pgettext("payment", "For")]
        words.append(translation.gettext("Due %(date)s") % {"date": 1})
    assert drawn == "|".join(words)
    assert "Amount" not in drawn


def test_the_second_language_is_not_drawn_with_the_words_of_the_first(engine: Pages) -> None:
    """The same template, from the loader, in turn."""
    names = {}
    for language in ("en", "de", "ar", "en"):
        with translation.override(language):
            template = engine.get_template("ui/base.html").template
            names.setdefault(language, template)
            assert template is names[language]
    assert len(set(map(id, names.values()))) == len(names)


def test_words_stand_in_what_was_compiled(engine: Pages) -> None:
    """They are looked up once; a sign of percent and an escape stay what they are."""
    with translation.override("de"):
        compiled = engine.env.compile("<b>{{ _('Amount due') }}</b>", raw=True)
        assert engine.env.from_string("{{ _('100%% & more') }}").render() == "100% & more"
        words = translation.gettext("Amount due")
    assert f"<b>{words}</b>" in compiled
    assert "gettext" not in compiled


def test_another_language_looks_its_words_up(engine: Pages) -> None:
    """One that has no templates of its own, as while nothing is active, is drawn all the same."""
    with translation.override(None):
        assert engine.env.from_string("{{ _('Amount due') }}").render() == "Amount due"
