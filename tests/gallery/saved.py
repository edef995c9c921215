"""Sample pages around saved methods, wallets, surcharges and planned payments."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from counterfoil.domain.payments.mandate_texts import MandateText
from counterfoil.surfaces.portal import pages as p
from counterfoil.surfaces.portal.methods.pages import (
    GivenMandate,
    MandatePage,
    MethodsPage,
    SavedRow,
)
from counterfoil.surfaces.portal.planned.pages import PlannedPage, PlannedPart
from counterfoil.surfaces.portal.ways.values import CardFields, Method, PlanForm, Planned, Way
from gallery import samples as s

DAY = date(2026, 12, 3)
PLAN = Planned("/planned/1", s.eur(20355), DAY, s.VISA, ("HW-2026-00418",))
GOOGLE = Method("wallet", "google_pay:visa", "4242")


def ways(card: CardFields, *, fee: int = 0) -> tuple[Way, ...]:
    """Two saved cards and a new one."""
    total = s.eur(20355 + fee)
    extra = s.eur(fee) if fee else None
    known = Way("pm_1", "card", total, method=s.VISA, is_chosen=True, fee=extra)
    other = Method("card", "mastercard", "4444")
    ending = Way("pm_2", "card", total, method=other, name="Company card", ends_date=DAY, fee=extra)
    return (known, ending, Way("card", "card", total, fields=card, can_be_saved=True, fee=extra))


def pages(card: CardFields) -> Iterator[tuple[str, str, Any]]:
    """Name, template and page of each."""
    stub = p.Payable(s.eur(20355), "/pay", "key_1", ways(card), email="ines@atelier-moreau.example")
    plan = PlanForm(
        url="/planned/", form_key="key_2", back="/", currency="EUR",
        parts=("20355:HW-2026-00418",), first_date=DAY, last_date=DAY + timedelta(days=59),
        ways=ways(card)[:2], methods_url="/methods/", due_date=DAY + timedelta(days=20),
    )  # fmt: skip
    invoice = "portal/invoices/page.html"
    yield "invoice-saved", invoice, replace(s.INVOICE, stub=replace(stub, plan=plan))
    yield "invoice-planned", invoice, replace(s.INVOICE, stub=replace(stub, planned=PLAN))
    nothing = replace(plan, ways=())
    new = replace(stub, ways=ways(card, fee=335)[2:], plan=nothing)
    yield "invoice-surcharge", invoice, replace(s.INVOICE, stub=new)
    values = {"method": "wallet", "wallet": "google_pay", "amount": "20355", "currency": "EUR"}
    button = replace(card, values={**card.values, **values})
    wallet = Way("google_pay", "wallet", s.eur(20355), fields=button, name="google_pay")
    first = replace(stub, wallets=(wallet,))
    yield "invoice-wallet", invoice, replace(s.INVOICE, stub=first)
    last = replace(s.INVOICE, stub=replace(first, wallets_last=True))
    yield "invoice-wallet-last", invoice, last
    yield "methods", "portal/methods/page.html", _methods(card)
    yield "mandate", "portal/methods/mandate.html", _mandate()
    yield "methods-empty", "portal/methods/page.html", replace(_methods(card), rows=())
    for state in ("planned", "charging", "paid", "failed", "ended", "cancelled"):
        yield f"planned-{state}", "portal/planned/page.html", _planned(state)
    soon = (DAY + timedelta(days=3),)
    late = replace(_planned("planned"), error="", late=soon)
    yield "planned-late", "portal/planned/page.html", late
    asked = replace(late, late=soon * 2, asked_date=DAY + timedelta(days=9))
    yield "planned-late-asked", "portal/planned/page.html", asked
    ending = replace(PLAN, card_ends=DAY - timedelta(days=3))
    other = replace(ways(card)[0], is_chosen=True)
    change = {"ways": (other, replace(ways(card)[2], can_be_saved=False)), "way_url": "/way",
              "form_key": "key_3"}  # fmt: skip
    page = replace(_planned("planned"), **change)
    yield "planned-change", "portal/planned/page.html", page
    yield "planned-card-ends", "portal/planned/page.html", replace(page, plan=ending)
    gone = replace(_planned("ended"), reason="method_ended", pay_url="/pay")
    yield "planned-card-ended", "portal/planned/page.html", gone
    yield "home-card-ends", "portal/home/page.html", replace(s.HOME, planned=(ending,))
    bank = _own_page()
    own_page = replace(stub, ways=(*ways(card)[:1], bank))
    yield "invoice-own-page", invoice, replace(s.INVOICE, stub=own_page)
    added = replace(_methods(card), add_accounts=(bank,), give_url="/mandates/")
    waiting = replace(_given(), state="pending", continue_url="/mandates/1/continue")
    yield "methods-own-page", "portal/methods/page.html", replace(added, mandates=(waiting,))
    yield "home-planned", "portal/home/page.html", replace(s.HOME, planned=(PLAN,))


def _own_page() -> Way:
    """A bank account that is named on the gateway's page."""
    facts = (("Seller", "Harrow Water SAS"), ("Ours", "HARROW-KR3Z-HRF2"))
    text = MandateText("SEPA", facts, ("What is agreed to, in the payer's language. " * 3,))
    return Way("page:sepa_core", "bank_debit", s.eur(20355), mandate=text, scheme="sepa_core")


def _methods(card: CardFields) -> MethodsPage:
    one = SavedRow(s.VISA, "", True, "/n", "/d", "/r", ends_date=date(2034, 12, 31), used_at=s.NOW)
    rows = (
        one,
        replace(one, method=Method("card", "mastercard", "4444"), name="Company card " * 4,
                is_default=False, ends_date=DAY, ends_soon=True, renewed_at=s.NOW),
        replace(one, method=GOOGLE, is_default=False, ends_date=date(2024, 1, 31),
                has_ended=True, used_at=None),
    )  # fmt: skip
    add = Way("card", "card", s.eur(0), fields=card)
    return MethodsPage(rows, "/methods/", "key_1", add, (_given(), _given(state="revoked")))


def _given(state: str = "active") -> GivenMandate:
    is_active = state == "active"
    return GivenMandate(
        method=Method("bank_debit", "sepa_core", "3000"),
        scheme="sepa_core",
        reference="HARROWWATER-KR3Z-HRF2-71TR-D0ZM",
        state=state,
        given_at=s.NOW,
        given_by="alice@cafe.example",
        ended_at=None if is_active else s.NOW,
        url="/mandates/1",
        revoke_url="/mandates/1/revoke" if is_active else "",
    )


def _mandate() -> MandatePage:
    """In the language in which it was given, whatever the reader's is."""
    return MandatePage(
        mandate=_given(),
        creditor_name="Harrow Water SAS",
        holder="Alice Ferrand",
        title="Mandat de prélèvement SEPA",
        paragraphs=(
            "Créancier : Harrow Water SAS\nIdentifiant : FR17ZZZ528742",
            "En signant ce mandat, vous autorisez Harrow Water SAS à débiter votre compte.",
        ),
        locale="fr",
        back_url="/methods/",
    )


def _planned(state: str) -> PlannedPage:
    return PlannedPage(
        plan=PLAN,
        state=state,
        parts=(PlannedPart("HW-2026-00418", "/invoices/418", s.eur(20355)),),
        is_settled=False,
        change_url="/planned/1",
        cancel_url="/planned/1/cancel",
        first_date=DAY,
        last_date=DAY + timedelta(days=59),
        reason="method_gone" if state == "ended" else "",
        payment_url="/payments/1" if state in ("paid", "failed") else "",
        error="Le 2 décembre est passé." if state == "planned" else "",
    )
