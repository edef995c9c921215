"""What banks call their columns and the facts above them, in ten languages, as plain words."""

import re
import unicodedata

from counterfoil.kernel.money import UnknownCurrency
from counterfoil.kernel.statements import known_currency

_NAME_CHARACTERS = 80
_SEPARATOR = re.compile(r"[^0-9a-z\ufffd]+")
_CURRENCY = re.compile(r"^(.*?)[\s(\[]+(?:(?:in|en|EN|IN) )?([A-Z]{3})[\])\s]*$")
_WRAPPED = re.compile(r'^="?(.*?)"?$', re.DOTALL)

# The first of a row counts most: the day of booking before that of the order.
BOOKED = (
    "buchungsdatum", "buchungstag", "booking date", "bookingdate", "posting date", "posted date",
    "date posted", "post date", "booked at", "data di contabilizzazione", "data contabilizzazione",
    "data di registrazione", "data registrazione", "data contabile", "date de comptabilisation",
    "date comptable", "date de comptabilite", "boekdatum", "boekingsdatum", "fecha contable",
    "data ksiegowania", "bokforingsdag", "bokforingsdato", "bogforingsdato", "bokfort",
    "buchung", "erfassungsdatum", "datum", "date", "data", "fecha", "dato", "data movimento",
    "data lancamento", "auftragsdatum", "transaction date", "transaktionsdatum",
    "transactiedatum", "date de transaction", "date d operation", "date operation",
    "date de l operation", "data operazione", "data dell operazione", "data transazione",
    "fecha operacion", "fecha de operacion", "fecha de la operacion", "data operacji",
    "transaktionsdag", "trade date", "abschlussdatum", "abschluss",
)  # fmt: skip
VALUE = (
    "value date", "valuedate", "valutadatum", "valuta date", "valutadate", "wert", "wertstellung",
    "valeur", "date valeur", "date de valeur", "data valuta", "data di valuta",
    "data della valuta", "fecha valor", "rentedatum", "data valor", "data waluty",
    "valuteringsdag", "valutadag",
)  # fmt: skip
AMOUNT = (
    "amount", "credit debit amount", "betrag", "umsatz", "montant", "montant de la transaction",
    "importo", "bedrag", "importe", "valor", "kwota", "kwota operacji", "belopp", "belob",
    "quantita", "transaction amount",
)  # fmt: skip
DEBIT = (
    "debit", "debits", "debit amount", "debitamount", "belastung", "belastungsbetrag",
    "lastschrift", "soll", "addebito", "addebiti", "importo di addebito", "uitgaven", "cargo",
    "cargos", "debito", "money out", "paid out", "withdrawal", "withdrawals", "obciazenia",
    "ausgang", "ausgaben", "dare",
)  # fmt: skip
CREDIT = (
    "credit", "credits", "credit amount", "creditamount", "gutschrift", "gutschriftsbetrag",
    "haben", "accredito", "accrediti", "importo di accredito", "inkomsten", "abono", "abonos",
    "credito", "money in", "paid in", "deposit", "deposits", "uznania", "eingang", "einnahmen",
    "avere",
)  # fmt: skip
BALANCE = (
    "balance", "saldo", "solde", "kontostand", "running balance", "saldo contabile",
    "saldo na boeking", "saldo na mutatie", "saldo po operacji",
)  # fmt: skip
CURRENCY = (
    "currency", "ccy", "wahrung", "waehrung", "whrg", "whg", "monnaie", "devise", "divisa",
    "moneta", "munt", "muntsoort", "moeda", "waluta", "buchungswahrung",
)  # fmt: skip
VALUTA = ("valuta",)  # the day of value in German and Italian, the currency in Italian and Dutch
TEXT = (
    "text", "texte", "testo", "description", "description 1", "description 2", "description 3",
    "description1", "description2", "description3", "beschreibung", "beschreibung 1",
    "beschreibung 2", "beschreibung 3", "beschreibung1", "beschreibung2", "beschreibung3",
    "descrizione", "descrizione1", "descrizione2", "descrizione3", "descrizione movimento",
    "details", "detail", "detalles", "detalle", "dettaglio", "dettagli", "buchungstext",
    "buchungsdetails", "booking details",
    "bookingtext", "booking text", "verwendungszweck", "zahlungszweck", "mitteilung",
    "mitteilungen", "umsatztext", "avisierungstext", "notification text", "texte de notification",
    "texte d avis", "libelle", "communication", "communications", "motif", "testo d avviso",
    "testo di avviso", "testo di contabilizzazione", "testo contabilizzazione", "causale",
    "omschrijving", "omschrijving 1", "omschrijving 2", "omschrijving 3", "mededelingen", "label",
    "memo", "narrative", "concepto", "descripcion", "observaciones", "descricao", "bezeichnung",
    "referenznummer", "tytul", "opis", "beskrivning", "meddelande", "tekst",
)  # fmt: skip
CODE = (
    "type", "transaction type", "typ", "umsatzart", "auftragsart", "tipo", "tipo di ordine",
    "tipo di movimento", "type de mouvement", "bewegungstyp", "movement type", "mutatiesoort",
    "code",
)  # fmt: skip
NAME = (
    "name", "beguenstigter zahlungspflichtiger", "begunstigter auftraggeber", "auftraggeber",
    "auftraggeber empfanger", "auftraggeber begunstigter", "name zahlungsbeteiligter",
    "name des partners", "partner name", "counterparty", "counterparty name", "payee", "naam",
    "naam tegenpartij", "naam omschrijving", "nom contrepartie", "nom de la contrepartie",
    "contrepartie", "beneficiary", "beneficiario", "empfanger", "zahlungspflichtiger",
    "merchantname", "merchant", "commerciante", "nadawca odbiorca",
)  # fmt: skip
PARTNER_ACCOUNT = (
    "kontonummer iban", "iban zahlungsbeteiligter", "kontoverbindung des partners",
    "counterparty account", "counterparty iban", "bank account", "tegenrekening",
    "tegenrekening iban bban", "compte contrepartie", "compte de la contrepartie",
)  # fmt: skip
OWN_ACCOUNT = (
    "auftragskonto", "kontonummer", "konto nr", "account number", "account", "rekening",
    "numero di conto", "numero de compte", "compte", "iban bban",
)  # fmt: skip
IBAN = ("iban", "iban kontonummer")  # one's own where every line has the same, else the other's
BANK_REF = (
    "transaktions nr", "transaction no", "transaction id", "transactionid", "n de transaction",
    "n di transazione", "auftragsnummer", "numero di ordine", "rif esterno", "zkb referenz",
    "operation number", "ref", "volgnr", "bankreferenz",
)  # fmt: skip
REFERENCE = ("zahlungsreferenz", "structured reference", "gestructureerde mededeling",
             "communication structuree", "betalingskenmerk")  # fmt: skip
END_TO_END = ("kundenreferenz", "kundenreferenz end to end", "end to end id", "endtoendid",
              "end to end reference", "kenmerk machtiging")  # fmt: skip
DIRECTION = ("debit kredit", "debit credit", "soll haben", "s h", "d c", "dc", "af bij",
             "debito credito", "credit debit", "credit debit indicator", "cr dr")  # fmt: skip
STATUS = ("status", "stato", "state", "statetype", "statut", "estado", "info")
PART = ("betrag detail", "betrag einzelzahlung", "einzelbetrag", "individual amount",
        "importo singolo", "montant individuel")  # fmt: skip
CARD = ("card", "karte", "kartennummer", "card number", "carta", "numero di carta", "cardid")

COLUMNS = {
    "booked": BOOKED, "value": VALUE, "amount": AMOUNT, "debit": DEBIT, "credit": CREDIT,
    "balance": BALANCE, "currency": CURRENCY, "valuta": VALUTA, "text": TEXT, "code": CODE,
    "name": NAME, "partner_account": PARTNER_ACCOUNT, "own_account": OWN_ACCOUNT, "iban": IBAN,
    "bank_ref": BANK_REF, "reference": REFERENCE, "end_to_end": END_TO_END,
    "direction": DIRECTION, "status": STATUS, "part": PART, "card": CARD,
}  # fmt: skip
FACTS = {
    "account": ("iban", "konto", "kontonummer", "konto nr", "conto", "conto no", "numero di conto",
                "account", "account number", "account no", "compte", "n de compte",
                "numero de compte", "rekening", "kartenkonto", "card account"),
    "currency": ("wahrung", "waehrung", "currency", "monnaie", "valuta", "divisa", "devise",
                 "bewertet in", "valued in", "evaluation en", "valutazione in"),
    "from": ("von", "du", "dal", "data dal", "from", "date from", "datum von", "date de debut",
             "download start date", "estratto conto da"),
    "to": ("bis", "au", "al", "data al", "to", "date to", "datum bis", "date de fin",
           "download end date", "kontoauszug bis", "releve de compte jusqu au",
           "estratto conto fino"),
    "opening": ("anfangssaldo", "opening balance", "solde initial", "saldo iniziale",
                "balance at start of period"),
    "closing": ("schlusssaldo", "closing balance", "solde final", "saldo finale", "saldo", "solde",
                "balance", "balance at end of period"),
}  # fmt: skip
DEBITS = {"debit", "d", "dr", "dbit", "belastung", "soll", "s", "lastschrift", "af", "addebito",
          "debito", "debet", "dare"}  # fmt: skip
CREDITS = {"credit", "c", "cr", "crdt", "gutschrift", "haben", "h", "kredit", "bij", "accredito",
           "credito", "avere"}  # fmt: skip
PENDING = ("pending", "vorgemerkt", "umsatz vorgemerkt", "vormerkung", "in sospeso", "en attente",
           "pendente", "pendiente", "provisional", "in behandeling", "reserviert")  # fmt: skip

_MEANINGS = {word: meaning for meaning, words in COLUMNS.items() for word in words}
_FACT_MEANINGS = {word: meaning for meaning, words in FACTS.items() for word in words}


def words(text: str) -> str:
    """The text in plain small letters, one blank between words: `Begünstigter/…` and the like."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("\ufffd", "\x00"))
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return _SEPARATOR.sub(" ", letters.replace("\x00", "\ufffd")).strip()


def unwrapped(cell: str) -> str:
    """The cell without the `="..."` by which some banks keep spreadsheets from guessing."""
    bare = cell.strip()
    if bare.startswith("="):
        found = _WRAPPED.match(bare)
        bare = found[1].strip() if found else bare
    return bare.strip('"').strip() if bare.startswith('"') else bare


def meaning(header: str) -> tuple[str, int, str]:
    """What the column holds, its rank among names for that, and the currency in its name."""
    if len(header) > _NAME_CHARACTERS:
        return "", 0, ""
    name, currency = _without_currency(unwrapped(header))
    word = _known(words(name), _MEANINGS)
    found = _MEANINGS.get(word, "")
    return found, COLUMNS[found].index(word) if found else 0, currency


def fact(key: str) -> str:
    """What a word above or below the table introduces; empty where it is none of ours."""
    if len(key) > _NAME_CHARACTERS:
        return ""
    return _FACT_MEANINGS.get(_known(words(key), _FACT_MEANINGS), "")


def _known(word: str, table: dict[str, str]) -> str:
    """The word of the table that this is, also where a letter of it was lost on its way."""
    if "\ufffd" not in word:
        return word if word in table else ""
    broken = re.compile(re.escape(word).replace("\ufffd", "."))
    return next((one for one in table if broken.fullmatch(one)), "")


def _without_currency(name: str) -> tuple[str, str]:
    found = _CURRENCY.match(name)
    if not found:
        return name, ""
    try:
        return found[1], known_currency(found[2])
    except UnknownCurrency:
        return name, ""
