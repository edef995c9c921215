"""Harrow Water of Lyon: its particulars, its customers, and what it invoices them for."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from counterfoil.demo.habits import (
    GATHERING,
    LATE,
    ON_TIME,
    PROMPT,
    USUAL,
    Party,
    SignIn,
    Staff,
    customer,
    place,
)
from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.flows.open_business import Numbering

NAME = "Harrow Water"
SLUG = "harrow-water"
PASSWORD = "harrow-demo-4242"  # noqa: S105  a made-up business on loopback
NUMBERING = Numbering("HW-{year}-{number:05}", "HW-CN-{year}-{number:04}", "HW-IMP-{number:06}")
MASTERCARD = "5555555555554444"
_FIVE, _TEN, _TWENTY = Decimal("5.5"), Decimal(10), Decimal(20)


def business(host: str) -> NewBusiness:
    """The business as it is founded."""
    return NewBusiness(
        slug=SLUG,
        name=NAME,
        legal_name="Harrow Water SAS",
        currency="EUR",
        hosts=(host,),
        address={
            "line1": "12 quai Perrache",
            "postal_code": "69002",
            "city": "Lyon",
            "country": "FR",
        },
        tax_id="FR 38 512 884 201",
        email="accounts@harrow-water.example",
        bank_details="Crédit du Rhône\nIBAN FR76 3000 4000 0312 3456 7890 143\nBIC CRHOFRPP",
        locale="en",
        timezone="Europe/Paris",
        accent="#0f5c4c",
    )


STAFF = (
    Staff("Odile Garnier", "odile@harrow-water.example", PASSWORD, "owner"),
    Staff("Farid Benali", "farid@harrow-water.example", PASSWORD, "finance"),
    Staff("Ruth Keller", "ruth@harrow-water.example", PASSWORD, "readonly"),
)
LEAD = "moreau"
SIGN_INS = (
    SignIn("moreau", "Inès Moreau", "ines@atelier-moreau.example", PASSWORD),
    SignIn("whitfield", "Thomas Whitfield", "thomas@whitfield.example", PASSWORD),
    SignIn("schneider", "Katrin Schneider", "katrin@schneider-freiburg.example", PASSWORD),
    SignIn("yasmin", "ليلى حداد", "layla@yasmin-books.example", PASSWORD),
)

_LYON = "Europe/Paris"
PARTIES = (
    Party(
        "moreau",
        customer(
            "Atelier Moreau SARL",
            place("en", _LYON, "3 rue Basse-Combalot", "69007 Lyon", "FR"),
            "EUR",
            ("Inès Moreau", "ines@atelier-moreau.example"),
            ("Julien Petit", "julien@atelier-moreau.example"),
            ref="C-1001",
            tax_id="FR 71 443 061 841",
        ),
        PROMPT,
        Decimal("1.4"),
    ),
    Party(
        "parc",
        customer(
            "Hôtel du Parc Lumière",
            place("en", _LYON, "41 boulevard des Belges", "69006 Lyon", "FR"),
            "EUR",
            ("Camille Roussel", "accounts@parc-lumiere.example"),
            ("Étienne Faure", "direction@parc-lumiere.example"),
            ref="C-1002",
            tax_id="FR 12 389 775 036",
        ),
        ON_TIME,
        Decimal(11),
        discount=Decimal(2),
        notes="Framework contract HW-2023-17: 2 % off every invoice.",
        card=MASTERCARD,
    ),
    Party(
        "croix",
        customer(
            "Boulangerie Sainte-Croix",
            place("en", _LYON, "8 place Sainte-Croix", "69005 Lyon", "FR"),
            "EUR",
            ("Marc Delorme", "marc@boulangerie-sainte-croix.example"),
            ref="C-1003",
        ),
        USUAL,
        Decimal("2.2"),
        every=2,
    ),
    Party(
        "rhone",
        customer(
            "Brasserie Rhône & Fils",
            place("en", _LYON, "117 cours Gambetta", "69003 Lyon", "FR"),
            "EUR",
            ("Sophie Marchand", "compta@rhone-fils.example"),
            ("Paul Rhône", "paul@rhone-fils.example"),
            ("Léa Rhône", "lea@rhone-fils.example"),
            ref="C-1004",
            tax_id="FR 55 501 298 114",
        ),
        LATE,
        Decimal(6),
        card=MASTERCARD,
    ),
    Party(
        "terrasses",
        customer(
            "Syndic Les Terrasses de la Croix-Rousse",
            place("en", _LYON, "22 montée de la Grande-Côte", "69001 Lyon", "FR"),
            "EUR",
            ("Agence Perrin", "syndic@agence-perrin.example"),
            ("Nadia Perrin", "nadia@agence-perrin.example"),
            ref="C-1005",
        ),
        GATHERING,
        Decimal(8),
        since=1,
    ),
    Party(
        "ampere",
        customer(
            "Lycée Ampère-Bourse",
            place("en", _LYON, "31 rue de la Bourse", "69002 Lyon", "FR"),
            "EUR",
            ("Intendance", "intendance@lycee-ampere.example"),
            ref="C-1006",
        ),
        LATE,
        Decimal("9.5"),
        every=2,
    ),
    Party(
        "whitfield",
        customer(
            "Thomas Whitfield",
            place("en", "Europe/London", "19 Canonbury Lane", "N1 London", "GB"),
            "EUR",
            ("Thomas Whitfield", "thomas@whitfield.example"),
            ref="C-1007",
        ),
        PROMPT,
        Decimal("0.5"),
        every=2,
        since=2,
    ),
    Party(
        "schneider",
        customer(
            "Familie Schneider",
            place("de", "Europe/Berlin", "Lorettostraße 14", "79100 Freiburg", "DE"),
            "EUR",
            ("Katrin Schneider", "katrin@schneider-freiburg.example"),
            ("Jörg Schneider", "joerg@schneider-freiburg.example"),
            ref="C-1008",
        ),
        USUAL,
        Decimal("0.6"),
        every=2,
        since=1,
    ),
    Party(
        "yasmin",
        customer(
            "مكتبة الياسمين",
            place("ar", "Asia/Dubai", "شارع الوصل ١٢", "00000 دبي", "AE"),
            "EUR",
            ("ليلى حداد", "layla@yasmin-books.example"),
            ref="C-1009",
        ),
        USUAL,
        Decimal("0.8"),
        since=6,
        every=2,
    ),
    Party(
        "papadopoulou",
        customer(
            "Κωνσταντίνα Παπαδοπούλου",
            place("en", "Europe/Athens", "Ερμού 58", "10563 Αθήνα", "GR"),
            "EUR",
            ("Κωνσταντίνα Παπαδοπούλου", "konstantina@papadopoulou.example"),
            ref="C-1010",
        ),
        ON_TIME,
        Decimal("0.4"),
        every=3,
        since=4,
    ),
    Party(
        "kovalenko",
        customer(
            "Олена Коваленко",
            place("en", "Europe/Kyiv", "вулиця Січових Стрільців 21", "04053 Київ", "UA"),
            "EUR",
            ("Олена Коваленко", "olena@kovalenko.example"),
            ref="C-1011",
        ),
        PROMPT,
        Decimal("0.5"),
        every=3,
        since=9,
    ),
    Party(
        "saint-martin",
        customer(
            "Clinique Saint-Martin",
            place("en", _LYON, "5 avenue Rockefeller", "69008 Lyon", "FR"),
            "EUR",
            ("Services généraux", "facturation@clinique-saint-martin.example"),
            ref="C-1012",
            tax_id="FR 90 334 118 529",
        ),
        ON_TIME,
        Decimal(14),
        since=3,
        discount=Decimal("1.5"),
        notes="Order number 4500118824. Please quote it on your payment.",
    ),
    Party(
        "garcia",
        customer(
            "García Hermanos Lavandería",
            place("en", "Europe/Madrid", "Calle del Pez 9", "28004 Madrid", "ES"),
            "EUR",
            ("Lucía García", "lucia@garcia-hermanos.example"),
            ref="C-1013",
        ),
        LATE,
        Decimal("3.1"),
        since=12,
        every=2,
    ),
    Party(
        "mercier",
        customer(
            "Jeanne Mercier",
            place("en", "America/Montreal", "4120 rue Saint-Denis", "H2W Montréal", "CA"),
            "EUR",
            ("Jeanne Mercier", "jeanne@mercier.example"),
            ref="C-1014",
        ),
        USUAL,
        Decimal("0.4"),
        every=2,
        since=15,
    ),
)


def lines(party: Party, day: date, rng: Random) -> list[LineInput]:
    """A month of water: the quantity read, the fixed charge, sewerage, and now and then a visit."""
    month = (day.replace(day=1) - timedelta(days=1)).strftime("%B %Y")
    season = Decimal("1.25") if day.month in (7, 8, 9) else Decimal(1)
    used = (party.size * season * rng.randint(260, 480) * party.every / 10).quantize(Decimal("0.1"))
    meter = 100_000 + sum(map(ord, party.key)) * 37 % 90_000
    supply = f"Water supply, {month}\nMeter {meter}, read {day:%d %B %Y}"
    found = [
        LineInput(supply, used, Decimal("2.184"), _FIVE),
        LineInput("Standing charge", Decimal(party.every), Decimal(18), _FIVE),
        LineInput("Sewerage", used, Decimal("1.352"), _TEN),
    ]
    if rng.random() < 0.12:  # noqa: PLR2004  about once in eight invoices
        found.append(rng.choice(_VISITS))
    return found


_VISITS = (
    LineInput("Leak inspection", Decimal(1), Decimal(96), _TWENTY, Decimal(25)),
    LineInput("Meter replacement, 15 mm", Decimal(1), Decimal("148.50"), _TWENTY),
    LineInput("Water analysis, 12 parameters", Decimal(1), Decimal(210), _TWENTY, Decimal(10)),
    LineInput("Emergency call-out, by night", Decimal("1.5"), Decimal(124), _TWENTY),
)


def friendly(day: date) -> list[LineInput]:
    """The invoice that the guest link opens: 203.55 EUR."""
    month = (day.replace(day=1) - timedelta(days=1)).strftime("%B %Y")
    supply = f"Water supply, {month}\nMeter 118240, read {day:%d %B %Y}"
    return [
        LineInput(supply, Decimal("42.6"), Decimal("2.184"), _FIVE),
        LineInput("Standing charge", Decimal(1), Decimal(18), _FIVE),
        LineInput("Leak inspection", Decimal(1), Decimal(96), _TWENTY, Decimal(25)),
    ]


WORDS = {
    "part_credit": "Meter read too high: 6 m³ given back",
    "goodwill": "Goodwill for the interruption of supply",
    "friendly_notes": "Thank you.\nPlease read your meter by the 30th.",
    "draft": "Second meter for the courtyard, installation",
    "extra": "Connection check and seal",
}
