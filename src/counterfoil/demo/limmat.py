"""Limmat Velo of Zürich: its particulars, its customers, and what it invoices them for."""

from datetime import date
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

NAME = "Limmat Velo"
SLUG = "limmat-velo"
PASSWORD = "limmat-demo-4242"  # noqa: S105  a made-up business on loopback
NUMBERING = Numbering("LV-{year}-{number:04}", "LV-G-{year}-{number:04}", "LV-IMP-{number:06}")
MASTERCARD = "5555555555554444"
_FULL, _REDUCED, _NONE = Decimal("8.1"), Decimal("2.6"), Decimal(0)
_ZURICH = "Europe/Zurich"


def business(host: str) -> NewBusiness:
    """The business as it is founded."""
    return NewBusiness(
        slug=SLUG,
        name=NAME,
        legal_name="Limmat Velo AG",
        currency="CHF",
        hosts=(host,),
        address={
            "line1": "Sihlquai 131",
            "postal_code": "8005",
            "city": "Zürich",
            "country": "CH",
        },
        tax_id="CHE-114.872.506 MWST",
        email="buchhaltung@limmat-velo.example",
        bank_details="Zürcher Gewerbebank\nIBAN CH93 0076 2011 6238 5295 7",
        locale="de",
        timezone=_ZURICH,
        accent="#9c2f4f",
    )


STAFF = (
    Staff("Urs Ammann", "urs@limmat-velo.example", PASSWORD, "owner"),
    Staff("Milena Frei", "milena@limmat-velo.example", PASSWORD, "finance"),
    Staff("Beat Wyss", "beat@limmat-velo.example", PASSWORD, "readonly"),
)
LEAD = "bergmann"
SIGN_INS = (
    SignIn("bergmann", "Claudia Bergmann", "claudia@bergmann-architekten.example", PASSWORD),
    SignIn("haddad", "عمر حداد", "omar@haddad-trading.example", PASSWORD),
    SignIn("fraser", "Isla Fraser", "isla@fraser-cycling.example", PASSWORD),
)

PARTIES = (
    Party(
        "bergmann",
        customer(
            "Bergmann Architekten AG",
            place("de", _ZURICH, "Hardturmstrasse 66", "8005 Zürich", "CH"),
            "CHF",
            ("Claudia Bergmann", "claudia@bergmann-architekten.example"),
            ("Reto Bergmann", "reto@bergmann-architekten.example"),
            ref="K-201",
            tax_id="CHE-107.339.120 MWST",
        ),
        PROMPT,
        Decimal("1.5"),
    ),
    Party(
        "seefeld",
        customer(
            "Hotel Seefeld Zürich AG",
            place("de", _ZURICH, "Seefeldstrasse 204", "8008 Zürich", "CH"),
            "CHF",
            ("Kreditoren", "kreditoren@hotel-seefeld.example"),
            ("Sandra Nägeli", "sandra.naegeli@hotel-seefeld.example"),
            ref="K-202",
        ),
        GATHERING,
        Decimal(4),
        discount=Decimal(3),
        notes="Rahmenvertrag 2023: 3 % Rabatt auf alle Leistungen.",
        card=MASTERCARD,
    ),
    Party(
        "stadtwerke",
        customer(
            "Stadtwerke Konstanz GmbH",
            place("de", "Europe/Berlin", "Max-Stromeyer-Straße 21", "78467 Konstanz", "DE"),
            "EUR",
            ("Rechnungseingang", "rechnung@stadtwerke-konstanz.example"),
            ("Jürgen Weiß", "juergen.weiss@stadtwerke-konstanz.example"),
            ref="K-203",
            tax_id="DE 142 334 870",
        ),
        GATHERING,
        Decimal(3),
        since=1,
        notes="Steuerfreie Ausfuhrlieferung (Art. 23 MWSTG).",
    ),
    Party(
        "zimmermann",
        customer(
            "Gärtnerei Zimmermann",
            place("de", _ZURICH, "Im Wingert 3", "8049 Zürich", "CH"),
            "CHF",
            ("Vreni Zimmermann", "vreni@gaertnerei-zimmermann.example"),
            ref="K-204",
        ),
        LATE,
        Decimal(1),
        every=2,
    ),
    Party(
        "luescher",
        customer(
            "Dr. med. Anna Lüscher",
            place("de", _ZURICH, "Freiestrasse 17", "8032 Zürich", "CH"),
            "CHF",
            ("Anna Lüscher", "praxis@luescher.example"),
            ref="K-205",
        ),
        PROMPT,
        Decimal("0.6"),
        every=2,
    ),
    Party(
        "bianchi",
        customer(
            "Panetteria Bianchi",
            place("en", _ZURICH, "Via Nassa 31", "6900 Lugano", "CH"),
            "CHF",
            ("Chiara Bianchi", "chiara@panetteria-bianchi.example"),
            ref="K-206",
        ),
        USUAL,
        Decimal("0.9"),
        since=3,
        every=2,
    ),
    Party(
        "haddad",
        customer(
            "شركة حداد للتجارة",
            place("ar", "Asia/Riyadh", "طريق الملك فهد ٧٧", "12211 الرياض", "SA"),
            "CHF",
            ("عمر حداد", "omar@haddad-trading.example"),
            ref="K-207",
        ),
        USUAL,
        Decimal(2),
        every=2,
        since=5,
    ),
    Party(
        "jovanovic",
        customer(
            "Милица Јовановић",
            place("en", "Europe/Belgrade", "Кнез Михаилова 12", "11000 Београд", "RS"),
            "CHF",
            ("Милица Јовановић", "milica@jovanovic.example"),
            ref="K-208",
        ),
        ON_TIME,
        Decimal("0.4"),
        every=3,
        since=4,
    ),
    Party(
        "nikolaidis",
        customer(
            "Νικολαΐδης Ποδήλατα",
            place("en", "Europe/Athens", "Λεωφόρος Νίκης 41", "54622 Θεσσαλονίκη", "GR"),
            "EUR",
            ("Γιώργος Νικολαΐδης", "giorgos@nikolaidis-bikes.example"),
            ref="K-209",
        ),
        LATE,
        Decimal("2.5"),
        since=8,
        every=2,
        notes="Steuerfreie Ausfuhrlieferung (Art. 23 MWSTG).",
    ),
    Party(
        "fraser",
        customer(
            "Fraser Cycling Tours Ltd",
            place("en", "Europe/London", "40 Cockburn Street", "EH1 Edinburgh", "GB"),
            "EUR",
            ("Isla Fraser", "isla@fraser-cycling.example"),
            ("Accounts", "accounts@fraser-cycling.example"),
            ref="K-210",
            tax_id="GB 284 1177 09",
        ),
        USUAL,
        Decimal(3),
        since=6,
        every=2,
        card=MASTERCARD,
    ),
    Party(
        "kantonsschule",
        customer(
            "Kantonsschule Wiedikon",
            place("de", _ZURICH, "Schrennengasse 7", "8003 Zürich", "CH"),
            "CHF",
            ("Sekretariat", "sekretariat@ks-wiedikon.example"),
            ref="K-211",
        ),
        LATE,
        Decimal("1.8"),
        since=2,
        every=3,
    ),
    Party(
        "huber",
        customer(
            "Familie Huber-Meier",
            place("de", _ZURICH, "Bucheggstrasse 88", "8057 Zürich", "CH"),
            "CHF",
            ("Simon Huber", "simon@huber-meier.example"),
            ("Nora Meier", "nora@huber-meier.example"),
            ref="K-212",
        ),
        PROMPT,
        Decimal("0.4"),
        since=7,
        every=2,
    ),
    Party(
        "tanaka",
        customer(
            "Tanaka Precision K.K.",
            place("en", "Asia/Tokyo", "2-11-3 Meguro", "153-0063 Tokyo", "JP"),
            "CHF",
            ("Yuki Tanaka", "y.tanaka@tanaka-precision.example"),
            ref="K-213",
        ),
        ON_TIME,
        Decimal(5),
        since=10,
        every=3,
    ),
)

_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
)  # fmt: skip
_PARTS = (
    ("Kette und Kassette ersetzt", "118.40", _FULL),
    ("Bremsbeläge hydraulisch, Paar", "46.90", _FULL),
    ("Mantel 28 Zoll, pannensicher", "54.00", _FULL),
    ("Akku 500 Wh, geprüft", "690.00", _FULL),
    ("Kindersitz mit Halterung", "179.00", _FULL),
    ("Tourenkarte Ostschweiz", "24.80", _REDUCED),
    ("Diebstahlversicherung, ein Jahr", "89.00", _NONE),
)


def lines(party: Party, day: date, rng: Random) -> list[LineInput]:
    """A month of bicycles: the rental fleet, hours in the workshop, and parts."""
    abroad = party.customer.currency != "CHF"
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    bikes = max(1, round(party.size * rng.randint(2, 4)))
    hours = (party.size * rng.randint(4, 14) / 4).quantize(Decimal("0.25"))
    found = [
        LineInput(f"Mietvelos, {month}", Decimal(bikes), Decimal("64.50"), _FULL),
        LineInput("Werkstatt, Stunden", hours, Decimal(112), _FULL),
    ]
    for name, price, rate in rng.sample(_PARTS, rng.randint(0, 3)):
        off = Decimal(10) if rng.random() < 0.25 else Decimal(0)  # noqa: PLR2004  one in four
        count = Decimal(rng.randint(1, 4))
        found.append(LineInput(name, count, Decimal(price), rate, off))
    if not abroad:
        return found
    return [
        LineInput(one.description, one.quantity, one.unit_price, _NONE, one.discount_percent)
        for one in found
    ]


def friendly(day: date) -> list[LineInput]:
    """An invoice of a usual size."""
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    return [
        LineInput(f"Mietvelos, {month}", Decimal(3), Decimal("64.50"), _FULL),
        LineInput("Werkstatt, Stunden", Decimal("1.25"), Decimal(112), _FULL),
        LineInput("Tourenkarte Ostschweiz", Decimal(2), Decimal("24.80"), _REDUCED, Decimal(10)),
    ]


WORDS = {
    "part_credit": "Eine Werkstattstunde zu viel berechnet",
    "goodwill": "Gutschrift für die verspätete Lieferung",
    "friendly_notes": "Vielen Dank für Ihren Auftrag.",
    "draft": "Zwei Lastenräder, Anzahlung",
    "extra": "Saisonkontrolle und Reinigung",
}
