"""The words of the payment part, as the guidelines give them in each language (annex D)."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class SlipWords:
    """Every printed word of one language."""

    payment_part: str
    account: str
    reference: str
    message: str
    currency: str
    amount: str
    receipt: str
    acceptance: str
    separate: str
    payable_by: str
    payable_by_whom: str


LANGUAGES = {
    "en": SlipWords(
        payment_part="Payment part",
        account="Account / Payable to",
        reference="Reference",
        message="Additional information",
        currency="Currency",
        amount="Amount",
        receipt="Receipt",
        acceptance="Acceptance point",
        separate="Separate before paying in",
        payable_by="Payable by",
        payable_by_whom="Payable by (name/address)",
    ),
    "de": SlipWords(
        payment_part="Zahlteil",
        account="Konto / Zahlbar an",
        reference="Referenz",
        message="Zusätzliche Informationen",
        currency="Währung",
        amount="Betrag",
        receipt="Empfangsschein",
        acceptance="Annahmestelle",
        separate="Vor der Einzahlung abzutrennen",
        payable_by="Zahlbar durch",
        payable_by_whom="Zahlbar durch (Name/Adresse)",
    ),
    "fr": SlipWords(
        payment_part="Section paiement",
        account="Compte / Payable à",
        reference="Référence",
        message="Informations supplémentaires",
        currency="Monnaie",
        amount="Montant",
        receipt="Récépissé",
        acceptance="Point de dépôt",
        separate="A détacher avant le versement",
        payable_by="Payable par",
        payable_by_whom="Payable par (nom/adresse)",
    ),
    "it": SlipWords(
        payment_part="Sezione pagamento",
        account="Conto / Pagabile a",
        reference="Riferimento",
        message="Informazioni supplementari",
        currency="Valuta",
        amount="Importo",
        receipt="Ricevuta",
        acceptance="Punto di accettazione",
        separate="Da staccare prima del versamento",
        payable_by="Pagabile da",
        payable_by_whom="Pagabile da (nome/indirizzo)",
    ),
}


def words_in(locale: str) -> tuple[str, dict[str, str]]:
    """The language of the payment part for readers of a locale, and its words: English where the
    guidelines have none for it."""
    language = locale[:2] if locale[:2] in LANGUAGES else "en"
    return language, asdict(LANGUAGES[language])
