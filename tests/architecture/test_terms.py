"""The words of a language are those of one hand: what has a word in the glossary has no other."""

import json
import re
from collections.abc import Iterator
from dataclasses import astuple

import pytest
from tools import catalogues

from counterfoil.domain.documents.words import ARABIC, GERMAN

NOT_SAID = {
    "de": {
        r"\bQuittung|\bBelege?s?\b": "Zahlungsbeleg; what proves something is a Nachweis",
        r"\bGateway|\b[Zz]ahlungs(anbieter|dienstleister)": "Zahlungsdienst",
        r"\b[Rr]ück(erstatt|zahlung|vergüt)": "Erstattung, erstatten",
        r"\b[Rr]ückbelast|\bChargeback": "Rückbuchung",
        r"\bRücklastschrift": "zurückgekommene Lastschrift",
        r"\b[Aa]us(buch|gebucht)": "abschreiben, Abschreibung",
        r"\b([Ee]in|[Aa]us)(logg|gelogg)|\bLog-?in\b": "anmelden, abmelden",
        r"\b(Benutzer|Kunden)kont": "Zugang; a Konto is a bank's",
        r"\bFirm(a|en)\b": "Unternehmen",
        r"\bMitarbeite(r|nde)|\bPersonals?\b|\bBelegschaft": "Team, Teammitglied",
        r"\bKund(innen|\*)|\bZahlende": "Kunde; Zahler",
        r"\bZahlungs(methode|weise|wege?\b)": "Zahlungsart; one card is a Zahlungsmittel",
        r"(?<![\w-])Mails?\b|\bMailadresse|\b(ge)?mail(en|t)\b": "E-Mail",
        r"\bKennw|\bPasswörtchen": "Passwort",
        r"\bTransaktion": "Zahlung",
        r"\bscheiter|\bgescheitert|\bGescheitert": "fehlschlagen, fehlgeschlagen",
        r"\bWerktag": "Arbeitstag",
        r"\bAufgabenliste": "Arbeitsliste",
        r"\bBankumsatz|\bBankumsätze": "Bankzeile",
        r"\bnichts (\w+ )?belastet|\bnie wieder belastet": "abgebucht",
        r"\bGeld (geflossen|genommen)|\bfließt kein Geld": "wird, wurde kein Geld bewegt",
        r"\b(Nichts|Kein Geld) wurde\b": "Es wurde nichts …, Es wurde kein Geld …",
        r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*|[Ee]uch|[Ee]uer)\b": "Sie, Ihr",
    },
    "ar": {
        "بنك|بنوك": "مصرف",
        "قسري": "اعتراض",
        "خصم(ًا)? المصرفي|الخصم المصرفي": "الخصم المباشر",
        "تحويل (بنكي|مصرفي)": "حوالة مصرفية",
        "رصيدًا? دائن": "رصيد",
        "المنشأة": "الشركة",
        "موظف": "الفريق، عضو الفريق",
        "المدفوعات|مدفوعات": "الدفعات",
        "مجدول": "مخططة",
        "يتحرك|تتحرك": "لم يُحوَّل أي مبلغ",
        "جهة تواصل": "جهة اتصال",
    },
}


def said(language: str) -> Iterator[str]:
    """Everything that is said in a language: pages and mails, documents, the fields of a card."""
    for message in catalogues.catalogue(language):
        forms = (message.string,) if isinstance(message.string, str) else message.string or ()
        yield from (re.sub(r'%\(\w+\)[sd]|href="[^"]*"', "", one) for one in forms if message.id)
    yield from astuple({"de": GERMAN, "ar": ARABIC}[language])
    fields = catalogues.ROOT / f"src/counterfoil_sandbox/web/words/{language}.json"
    yield from json.loads(fields.read_text(encoding="utf-8")).values()


def found(words: str, language: str) -> list[str]:
    """What a text says that has another word."""
    return [
        f"{match[0]!r} in {words!r}: say {instead}"
        for pattern, instead in NOT_SAID[language].items()
        if (match := re.search(pattern, words))
    ]


@pytest.mark.parametrize("language", sorted(NOT_SAID))
def test_each_thing_has_one_word(language: str) -> None:
    assert [line for words in said(language) for line in found(words, language)] == []


@pytest.mark.parametrize(
    "words",
    [
        "Die Quittung folgt.", "Belege", "Das Gateway antwortet.", "Rückerstattung",
        "Bitte loggen Sie sich aus: ausloggen", "Eine Mail an uns", "Ihre Firma", "dein Konto",
        "Nichts wurde geändert.", "Es wurde nichts belastet.", "Gescheitert",
    ],
)  # fmt: skip
def test_another_word_is_found(words: str) -> None:
    assert len(found(words, "de")) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Zahlungsbeleg", "Was Mandate belegt", "Der Mailserver nannte keinen Grund.",
        "E-Mails", "SEPA-Firmenlastschrift", "Personen", "persönlich", "dem belasteten Betrag",
        "Händlerkonto", "Dauer", "direkt",
    ],
)  # fmt: skip
def test_words_that_only_look_like_them_are_not(words: str) -> None:
    assert found(words, "de") == []


def test_the_glossary_says_what_the_catalogues_say() -> None:
    """Each German and Arabic term of the glossary is used, as it stands there."""
    page = (catalogues.ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    table = page.partition("## In German and Arabic")[2]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line[:1] == "|"][2:]
    assert len(rows) > 30
    texts = {"de": "\n".join(said("de")).lower(), "ar": "\n".join(said("ar"))}
    unused = [
        (english, term)
        for english, german, arabic, _note in rows
        for language, terms in (("de", german.lower()), ("ar", arabic))
        for term in re.split("[,،] ", terms.strip())
        if term not in texts[language]
    ]
    assert unused == []
