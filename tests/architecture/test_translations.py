"""Every word on a page is in every language's catalogue, and the pages show it."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import trans_real
from tools import catalogues

from counterfoil.surfaces.backoffice.imports.words import (
    FILE_REASONS,
    LINE_REASONS,
    MISSING,
    import_words,
)
from counterfoil.surfaces.entrance.borrowed import BORROWED
from counterfoil.surfaces.portal.ways.values import CardFields
from gallery.drawing import ZONE, make_environment
from gallery.stories import Story, stories

LANGUAGES = sorted(catalogues.PLURALS)
CARD = CardFields("https://gateway.example/card.js", "Gateway.mount", {"account": "acct"})
STORIES = list(stories(CARD))
SAID_BY = ("django/conf", "django/contrib/auth", "allauth")
COUNTS = frozenset({"count", "n", "days", "shown", "total", "most", "late", "ratio", "digits"})
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
ENDS_SO = re.compile(  # words whose last letter is no ending
    "(?:^[وفلب]?(?:ذلك|هناك|كذلك|لذلك|تلك)|(?:^|ال|[وفلب])(?:مالك|شيك|هوك|فك|وشك|مشترك)"
    "|^ف?[يتن](?:ملك|ترك)|^ترك)$"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
MARKED = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})


@pytest.fixture(scope="module")
def words() -> Catalog:
    return catalogues.wanted()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_complete(language: str, words: Catalog) -> None:
    found = list(catalogues.complaints(language, catalogues.catalogue(language), words))
    assert found == [], "run `tools/messages`, then translate what is named here"


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_says_nothing_that_changes_with_every_run(language: str) -> None:
    path = catalogues.LOCALE / language / "LC_MESSAGES/django.po"
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    assert not re.search(r"@|\d{4}-\d\d-\d\d|Generated-By", header)


@pytest.mark.parametrize(
    ("english", "said", "flags", "complaint"),
    [
        ("Pay", "", (), "de: untranslated: ('', 'Pay')"),
        ("Pay", "Zahlen", ("fuzzy",), "de: fuzzy: ('', 'Pay')"),
        ("Pay %(sum)s", "%(sume)s zahlen", (), "de: other placeholders: ('', 'Pay %(sum)s')"),
        ("Pay %(sum)s", "Zahlen", (), "de: other placeholders: ('', 'Pay %(sum)s')"),
        (("One", "%(n)s"), ("Eins", "Viele"), (), "de: other placeholders: ('', 'One')"),
        (("One", "%(n)s"), ("Eins %(m)s", "%(n)s"), (), "de: other placeholders: ('', 'One')"),
        (("One", "%(n)s"), ("%(n)s",), (), "de: wrong count of plural forms: ('', 'One')"),
    ],
)
def test_checker_sees_a_fault(
    english: str | tuple[str, str], said: str | tuple[str, ...], flags: tuple[str], complaint: str
) -> None:
    source, has = Catalog(), Catalog(locale="de")
    source.add(english)
    has.add(english, said, flags=flags)
    assert list(catalogues.complaints("de", has, source)) == [complaint]


def test_checker_sees_what_is_missing_and_what_is_obsolete() -> None:
    source, has = Catalog(), Catalog(locale="de")
    source.add("New")
    has.add("Old", "Alt")
    expected = ["de: missing: ('', 'New')", "de: obsolete: ('', 'Old')"]
    assert list(catalogues.complaints("de", has, source)) == expected


def test_no_words_are_marked_inside_an_f_string() -> None:
    """Extraction does not look into f-strings: such words would stay English, unseen."""
    found = [
        f"{path.relative_to(catalogues.SOURCE)}:{node.lineno}"
        for path in catalogues.SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and any(_is_marked(one) for one in ast.walk(node))
    ]
    assert found == []


def _is_marked(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKED


def test_arabic_names_and_amounts_can_not_turn_the_words_around_them() -> None:
    bare = []
    for message in catalogues.catalogue("ar"):
        forms = (message.string,) if isinstance(message.string, str) else message.string or ()
        for form in forms if message.id else ():
            outside = set(PLACEHOLDER.findall(ISOLATED.sub("", re.sub(r'href="[^"]*"', "", form))))
            if outside - COUNTS and "<a " not in form:
                bare.append(form)
    assert bare == []


def test_arabic_speaks_to_one_reader_as_to_several() -> None:
    """Politely, and alike everywhere: a word with the ending for one person is none of ours."""
    found = set()
    for message in catalogues.catalogue("ar"):
        forms = (message.string,) if isinstance(message.string, str) else message.string or ()
        for form in forms if message.id else ():
            plain = re.sub("[\u064b-\u0652]", "", form)
            found |= {one for one in re.findall(r"\w+ك\b", plain) if not ENDS_SO.search(one)}
    assert found == set()


def test_borrowed_words_are_still_said_by_django_and_allauth() -> None:
    said: set[str] = set()
    for package in SAID_BY:
        name, _slash, rest = package.partition("/")
        folder = Path(str(resources.files(name))) / rest
        with (folder / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
            said |= {catalogues.key(one)[1] for one in read_po(file) if one.id}
    assert set(map(str, BORROWED)) - said == set()


@contextmanager
def speaking(language: str, folder: Path) -> Iterator[None]:
    """The catalogue as it is now, whether or not it was built."""
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "django.mo").open("wb") as file:
        write_mo(file, catalogues.catalogue(language))
    known = dict(trans_real._translations)
    trans_real._translations.clear()
    try:
        with translation.override(language), timezone.override(ZONE):
            yield
    finally:
        trans_real._translations.clear()
        trans_real._translations.update(known)


class _Shown(HTMLParser):
    """Collects what a reader sees or hears: texts and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {"aria-label", "placeholder", "title", "alt"}
        self.texts += [value for name, value in attrs if name in named and value]
        self.texts += [v for name, v in attrs if name.startswith("data-words") and v]

    def handle_data(self, data: str) -> None:
        self.texts.append(" ".join(data.split()))


def _english(language: str) -> re.Pattern[str]:
    """A whole text that is a message in English, and says something else in the language."""
    found = set()
    for message in catalogues.catalogue(language):
        english = (message.id,) if isinstance(message.id, str) else message.id
        said = (message.string,) if isinstance(message.string, str) else message.string or ()
        for words in english if message.id else ():
            parts = re.split(r"%\(\w+\)[sd]", words)
            if words not in said and re.search("[A-Za-z]{3}", " ".join(parts)):
                found.add(".+?".join(map(re.escape, parts)))
    return re.compile("|".join(sorted(found)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_show_no_english(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path])
    english, left = _english(language), set()
    with speaking(language, tmp_path):
        environment = make_environment()
        for story in STORIES:
            shown = _Shown()
            shown.feed(_drawn(environment, story))
            left |= {(story.name, text) for text in shown.texts if english.fullmatch(text)}
    assert left == set()


def _drawn(environment: object, story: Story) -> str:
    template = environment.get_template(story.template)  # type: ignore[attr-defined]
    return str(template.render(story.context()))


def test_reasons_of_an_import_are_those_that_imports_give() -> None:
    """A reason that no import gives any more would stay in the catalogues for nothing."""
    folders = ("flows/importing", "adapters/files", "kernel/ports", "domain/customers")
    files = [path for name in folders for path in (catalogues.SOURCE / name).rglob("*.py")]
    files += (catalogues.SOURCE / "flows").glob("import_*.py")
    files.append(catalogues.SOURCE / "surfaces/backoffice/imports/slots.py")
    source = " ".join(re.sub(r'"\s+f?"', "", path.read_text("utf-8")) for path in files)
    known = "".join(source.split())
    for reason in (*FILE_REASONS, *LINE_REASONS, *MISSING):
        for part in re.split(r"%\(\w+\)s|(?<=\.)\s", reason):
            assert "".join(part.split()) in known, reason


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("The file is empty.", "Die Datei ist leer."),
        ("JPY has 0 decimals; this price has more.", "JPY hat 0 Nachkommastellen"),
        (
            "No column holds the customer (Customer ID or Customer Name), nor the price "
            "(Unit Price or Amount). The columns are: A, B.",
            "Keine Spalte enthält: den Kunden",
        ),
        ("Nobody wrote this.", "Nobody wrote this."),
    ],
)
def test_a_reason_is_found_by_its_shape(
    message: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path])
    with speaking("de", tmp_path):
        assert import_words(message).startswith(words)


def test_a_page_without_a_business_is_in_the_language_of_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path])
    with speaking("ar", tmp_path):
        page = make_environment().get_template("500.html").render(shell=None)
    assert '<html lang="ar" dir="rtl">' in page
