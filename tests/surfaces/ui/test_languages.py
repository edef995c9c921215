"""Each language has templates of its own, with its words inside."""

from datetime import date

import pytest
from django.template import engines
from django.utils import translation
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from counterfoil.kernel.money import Money
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


def test_what_is_filled_in_is_drawn_as_by_hand(engine: Pages) -> None:
    """Escaped where it is not markup, in the order of the language, with nothing looked up."""
    text = "<b>{{ _('Choose %(number)s', number=name) }}</b>"
    with translation.override("de"):
        compiled = engine.env.compile(text, raw=True)
        template = engine.env.from_string(text)
        words = translation.gettext("Choose %(number)s")
    assert "gettext" not in compiled
    assert "context.call" not in compiled
    for name, drawn in ((escape("a") + "<", "a&lt;"), ("O'<", "O&#39;&lt;"), (7, "7")):
        assert template.render(name=name) == f"<b>{words % {'number': drawn}}</b>"
    with pytest.raises(UndefinedError):
        template.render()


def test_a_name_that_is_not_filled_in_is_a_bug(engine: Pages) -> None:
    """As it is where words are looked up."""
    with translation.override("de"), pytest.raises(KeyError):
        engine.env.from_string("{{ _('Due %(date)s', day=1) }}").render()


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        ("plain", "plain"),
        ("<a href=\"x\">'&'</a>", "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&#39;&lt;/a&gt;"),
        (Markup("<b>"), "<b>"),
        (12, "12"),
        (None, "None"),
        (translation.gettext_lazy("Home"), "Home"),
    ],
)
def test_values_are_escaped_unless_they_are_markup(
    engine: Pages, value: object, drawn: str
) -> None:
    """In a page, in a macro, and joined."""
    text = (
        "{% macro one(v) %}{{ v }}{% endmacro %}{% set kept %}{{ v }}{% endset %}"
        "{{ v }}|{{ one(v) }}|{{ kept }}|{{ v ~ '' }}"
    )
    assert engine.env.from_string(text).render(v=value) == "|".join([drawn] * 4)


def test_remembered_words_are_those_of_the_language(engine: Pages) -> None:
    """The same amount, day and state, one language after the other."""
    text = "{{ money_leaf(m) }} {{ date_leaf(d) }} {{ m|money }} {{ due_words(3) }}"
    drawn = {}
    for language in ("en", "de", "ar", "en", None):
        with translation.override(language):
            values = {"m": Money(123456, "EUR"), "d": date(2026, 11, 7)}
            drawn.setdefault(language, engine.env.from_string(text).render(values))
            assert drawn[language] == engine.env.from_string(text).render(values)
    assert len({drawn["en"], drawn["de"], drawn["ar"]}) == 3
    assert drawn[None] == drawn["en"]
