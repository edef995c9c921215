"""Sample values for every portal page and every state of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import pages as p
from counterfoil.surfaces.portal.home import pages as h
from counterfoil.surfaces.portal.invoices import pages as lists
from counterfoil.surfaces.portal.ways.values import CardFields, Method, Way
from counterfoil.surfaces.ui.shell import Brand, Choice, Flash, FormState, LookBanner, Nav, Shell

NOW = datetime(2026, 11, 21, 9, 42, tzinfo=UTC)
TODAY = NOW.date()
VISA = Method("card", "visa", "4242")
DEBIT = Method("bank_debit", "", "3000")


def eur(minor: int) -> Money:
    """Euros in cents."""
    return Money(minor, "EUR")


def card_only(card: CardFields, minor: int = 20355) -> tuple[Way, ...]:
    """The choice of who can pay by card, and by nothing else."""
    return (Way("card", "card", eur(minor), fields=card, is_chosen=True),)


BRAND = Brand(
    name="Harrow Water",
    css_url="/brand.css?v=1",
    legal_name="Harrow Water SAS",
    address=("12 Quai Sud", "69002 Lyon", "France"),
    email="accounts@harrow.example",
)
LANGUAGES = (Choice("en", "English"), Choice("de", "Deutsch"), Choice("ar", "العربية"))
GUEST = Shell(brand=BRAND, languages=LANGUAGES, language_url="/language", sign_in_url="/sign-in/")
NAV = Nav("/", "/invoices/", "/payments/", "/profile/", "Ines Moreau")
SIGNED_IN = replace(GUEST, nav=NAV, sign_in_url="", sign_out_url="/sign-out/")
LOOKED = replace(
    SIGNED_IN,
    nav=replace(NAV, profile_url="", current="invoices"),
    sign_out_url="",
    look=LookBanner("Tomás Vidal", NOW, "/looking/leave"),
)


def at(place: str) -> Shell:
    """The signed-in frame with one entry current."""
    return replace(SIGNED_IN, nav=replace(NAV, current=place))  # type: ignore[arg-type]


def row(number: str, days: int, state: str, minor: int, due: int | None = None) -> p.InvoiceRow:
    """An invoice in a list, due in `days`."""
    day = TODAY + timedelta(days=days)
    return p.InvoiceRow(
        number=number,
        url=f"/invoices/{number}",
        issued_date=day - timedelta(days=20),
        due_date=day,
        due_in_days=days,
        state=state,  # type: ignore[arg-type]
        total=eur(minor),
        amount_due=eur(minor if due is None else due),
        paid_date=date(2026, 10, 14) if state == "paid" else None,
    )


ROWS = (
    row("HW-2026-00418", 6, "open", 20355),
    row("HW-2026-00391", -9, "overdue", 18560),
    row("HW-2026-00377", -25, "processing", 6000),
    replace(row("HW-2026-00360", 0, "part_paid", 48000, 12000), external_ref="PO 4711 / Lyon Sud"),
    row("HW-2026-00329", -55, "paid", 18720, 0),
    row("HW-2026-00301", -80, "void", 9900, 0),
    row("HW-2026-00288", -90, "credited", 9900, 0),
    row("HW-2026-00270", -1, "checking", 123456789),
    row("HW-2026-00268", 14, "asked", 7900),
    row("HW-2026-00269", 30, "open", 4200),
)

PAYMENT = p.PaymentRow(
    reference="pay_01jd4x8e6hf8ksq0v3g2m7c5ra",
    url="/payments/1",
    at=datetime(2026, 10, 14, 8, 3, tzinfo=UTC),
    amount=eur(18720),
    state="succeeded",
    method=VISA,
    invoices=(p.PaidInvoice("HW-2026-00329", "/invoices/329", eur(18720)),),
    receipt_url="/payments/1/receipt",
)
THREE_PAID = tuple(
    p.PaidInvoice(f"HW-2026-003{n}", f"/invoices/3{n}", eur(5000 + n)) for n in range(10, 14)
)
PAYMENTS = (
    replace(PAYMENT, at=NOW, state="unknown", receipt_url="", amount=eur(18560)),
    replace(
        PAYMENT,
        at=NOW - timedelta(hours=2),
        state="failed",
        receipt_url="",
        failure_code="insufficient_funds",
        amount=eur(18560),
    ),
    replace(
        PAYMENT,
        at=NOW - timedelta(days=3),
        state="processing",
        method=DEBIT,
        receipt_url="",
        amount=eur(6000),
    ),
    PAYMENT,
    replace(PAYMENT, at=NOW - timedelta(days=50), state="asked", receipt_url=""),
    replace(PAYMENT, at=NOW - timedelta(days=60), arrived_date=date(2026, 9, 29), method=DEBIT),
    replace(PAYMENT, at=NOW - timedelta(days=70), invoices=THREE_PAID, amount=eur(2004600)),
    replace(PAYMENT, at=NOW - timedelta(days=100), state="part_refunded"),
    replace(PAYMENT, at=NOW - timedelta(days=130), state="charged_back", method=None),
    replace(PAYMENT, at=NOW - timedelta(days=150), state="cancelled", receipt_url="", url=""),
)

BALANCE = h.Balance(
    due=eur(38915),
    due_count=2,
    overdue=eur(18560),
    overdue_count=1,
    overdue_days_max=9,
    due_soon=eur(20355),
    due_soon_count=1,
    due_soon_date=date(2026, 11, 27),
    on_its_way=eur(6000),
    on_its_way_count=1,
    on_its_way_until=date(2026, 11, 24),
    urgent=h.UrgentInvoice("HW-2026-00391", "/invoices/391", eur(18560), -9),
)
ASKED_OTHERS = replace(BALANCE, asked_of_others=eur(7900), asked_names=("Julien Moreau",))
HOME = h.HomePage(
    first_name="Ines",
    customer_name="Atelier Moreau",
    day_part="morning",
    balances=(BALANCE,),
    newest=ROWS[:5],
    last_payment=PAYMENT,
    invoices_url="/invoices/",
    payments_url="/payments/",
)


def other_currency(currency: str, minor: int) -> h.Balance:
    """One invoice due in another currency, nothing overdue."""
    none, due = Money(0, currency), Money(minor, currency)
    return h.Balance(
        due=due,
        due_count=1,
        overdue=none,
        overdue_count=0,
        overdue_days_max=0,
        due_soon=due,
        due_soon_count=1,
        due_soon_date=date(2026, 12, 1),
        on_its_way=none,
        on_its_way_count=0,
        urgent=h.UrgentInvoice("HW-2026-00420", "/invoices/420", due, 10),
    )


NOTHING_DUE = replace(
    BALANCE,
    due=eur(0),
    due_count=0,
    overdue=eur(0),
    overdue_count=0,
    due_soon=eur(0),
    due_soon_count=0,
    urgent=None,
    credit=eur(2500),
)

FILTERS = tuple(
    lists.StatusFilter(code, is_current=code == "all")
    for code in ("all", "due", "overdue", "processing", "paid", "void")
)
INVOICES = lists.InvoiceListPage(
    rows=ROWS,
    filters=FILTERS,
    form_url="/invoices/",
    total=40,
    after="b",
    before="MjAyNi0wMi0wMXwx",
    has_previous=True,
)
KEPT = tuple(lists.Kept(f"HW-2026-0000{n}", eur(1800)) for n in (1, 2))

LINES = (
    p.InvoiceLine(
        "Water supply, October\nMeter 118 240, read 31 Oct",
        Decimal("42.6"),
        Decimal("2.1840"),
        eur(9304),
        tax_rate=Decimal("5.5"),
    ),
    p.InvoiceLine("Standing charge", Decimal(1), Decimal(18), eur(1800), tax_rate=Decimal("5.5")),
    p.InvoiceLine(
        "Leak inspection",
        Decimal(1),
        Decimal(96),
        eur(7200),
        discount_percent=Decimal(25),
        tax_rate=Decimal(20),
    ),
)
INVOICE = p.InvoicePage(
    number="HW-2026-00418",
    state="open",
    issued_date=date(2026, 11, 7),
    due_date=date(2026, 11, 27),
    due_in_days=6,
    customer_name="Atelier Moreau",
    customer_address=("4 rue de la Barre", "69002 Lyon"),
    lines=LINES,
    line_count=3,
    subtotal=eur(18304),
    taxes=(
        p.TaxRow(Decimal("5.5"), eur(11104), eur(611)),
        p.TaxRow(Decimal(20), eur(7200), eur(1440)),
    ),
    total=eur(20355),
    amount_due=eur(20355),
    stub=p.Offline(eur(20355)),
    pdf_url="/invoices/418/pdf",
    seller_tax_id="FR 40 303 265 045",
)
RECEIVED = p.ReceivedRow(datetime(2026, 11, 10, 9, 0, tzinfo=UTC), eur(10000), VISA, "/receipt/1")
CAME_BACK = p.CameBack(datetime(2026, 11, 10, 9, 0, tzinfo=UTC), eur(10000), "account_closed")

RESULT = p.ResultPage(
    state="received",
    amount=eur(20355),
    at=NOW,
    reference="pay_01jd4x8e6hf8ksq0v3g2m7c5ra",
    method=VISA,
    invoices=(p.PaidInvoice("HW-2026-00418", "/invoices/418", eur(20355)),),
    receipt_url="/receipt/1",
    mailed_to=("ines@atelier-moreau.example",),
    back_url="/invoices/418",
)

PROFILE = p.ProfilePage(
    form=FormState(
        values={
            "name": "Ines Moreau",
            "phone": "+33 6 12 34 56 78",
            "locale": "fr",
            "timezone": "Europe/Paris",
            "address_line1": "4 rue de la Barre",
            "postal_code": "69002",
            "city": "Lyon",
            "country": "FR",
            "tax_id": "FR23334175221",
        }
    ),
    save_url="/profile/",
    email="ines@atelier-moreau.example",
    customer_name="Atelier Moreau",
    locales=(Choice("en", "English"), Choice("fr", "Français")),
    timezones=(Choice("Europe/Paris", "Paris (UTC+1)"), Choice("Asia/Tokyo", "Tokyo (UTC+9)")),
    countries=(Choice("", "—"), Choice("FR", "France"), Choice("DE", "Germany")),
    people=(
        p.Person("Ines Moreau", "ines@atelier-moreau.example", is_self=True),
        p.Person(
            "Jo Books", "bookkeeping-and-accounts-payable@a-very-long-name.example", preset="sees"
        ),
    ),
    sign_out_url="/accounts/logout/",
    password_url="/accounts/password/change/",
)
PROFILE_ERRORS = replace(
    PROFILE,
    form=FormState(
        values={**PROFILE.form.values, "name": "", "tax_id": "23334175221"},
        errors={
            "name": ["Please give a name."],
            "tax_id": ["This tax number needs its country letters, like FR23334175221."],
        },
    ),
)
FLASHES = (Flash("Your profile is saved.", "good"),)
