"""Says what is not right with the catalogues: missing, fuzzy, obsolete, or other placeholders.

`python tools/catalogues.py` prints every complaint and ends with 1 if there is one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/counterfoil"
LOCALE = SOURCE / "locale"
PLURALS = {"de": 2, "ar": 6}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")

Key = tuple[str, str]


def key(message: Message) -> Key:
    """What makes a message itself: its context and its (first) English words."""
    words = message.id if isinstance(message.id, str) else message.id[0]
    return (message.context or "", words)


def wanted() -> Catalog:
    """Every message that the source holds; a template that can't be parsed raises."""
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    catalogue = Catalog()
    for found in extract_from_dir(SOURCE, methods, options, KEYWORDS):
        _file, line, words, comments, context = found
        catalogue.add(words, None, [(_file, line)], auto_comments=comments, context=context)
    return catalogue


def catalogue(language: str) -> Catalog:
    """The catalogue of a language."""
    path = LOCALE / language / "LC_MESSAGES/django.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def complaints(language: str, has: Catalog, words: Catalog) -> Iterator[str]:
    """Everything that is not right with what a language `has` for the words of the source."""
    ours = {key(one): one for one in has if one.id}
    source = {key(one): one for one in words if one.id}
    if has.num_plurals != PLURALS[language]:
        yield f"{language}: {has.num_plurals} plural forms"
    yield from (f"{language}: missing: {one}" for one in sorted(source.keys() - ours.keys()))
    kept = {*(ours.keys() - source.keys()), *(key(one) for one in has.obsolete.values())}
    yield from (f"{language}: obsolete: {one}" for one in sorted(kept))
    for one in sorted(source.keys() & ours.keys()):
        fault = _fault(source[one], ours[one], PLURALS[language])
        if fault:
            yield f"{language}: {fault}: {one}"


def _fault(source: Message, ours: Message, plurals: int) -> str:
    """What is wrong with one translation, or nothing."""
    english = (source.id,) if isinstance(source.id, str) else source.id
    said = (ours.string,) if isinstance(ours.string, str) else tuple(ours.string or ())
    if len(said) != (1 if len(english) == 1 else plurals):
        return "wrong count of plural forms"
    if not all(said):
        return "untranslated"
    if ours.fuzzy:
        return "fuzzy"
    known = [set(_PLACEHOLDER.findall(form)) for form in english]
    meant = [set(_PLACEHOLDER.findall(form)) for form in said]
    # A form for one or two may say the number in words; the form for many has every placeholder.
    if meant[-1] != known[-1] or any(form - set.union(*known) for form in meant):
        return "other placeholders"
    return ""


def all_complaints() -> list[str]:
    """Everything that is not right with any language."""
    words = wanted()
    return [
        line for language in PLURALS for line in complaints(language, catalogue(language), words)
    ]


if __name__ == "__main__":
    found = all_complaints()
    for line in found:
        print(line)
    sys.exit(bool(found))
