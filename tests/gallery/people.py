"""The pages about people: who has access, invitations, links, registering, and the switch."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from counterfoil.domain.customers.rows import HeldLink, LinkUseRow
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.profile import people_pages as pp
from counterfoil.surfaces.ui.shell import Choice, FormState, Shell
from gallery import samples as s

_FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
LOCALES = (Choice("en", "English"), Choice("de", "Deutsch"), Choice("ar", "العربية"))
PEOPLE = (
    pp.PersonRow(
        "Inès Moreau", "ines@atelier-moreau.example", "manages", "/people/a",
        gets_invoices=True, gets_receipts=True, is_self=True,
    ),
    pp.PersonRow(
        "Julien Petit", "julien@atelier-moreau.example", "pays", "/people/b",
        gets_invoices=True, gets_receipts=False,
    ),
    pp.PersonRow(
        "Geneviève-Alexandrine de Montmorency-Laval", "buchhaltung@ein-sehr-langer-name.example",
        "statements", "/people/c", gets_invoices=False, gets_receipts=False,
    ),
)  # fmt: skip
INVITED = (
    pp.InvitedRow(
        "Claire Bonnet", "claire@bonnet-compta.example", "sees", s.NOW - timedelta(days=2),
        s.NOW + timedelta(days=12), has_expired=False, again_url="/again", withdraw_url="/x",
    ),
    pp.InvitedRow(
        "", "paul@rhone.example", "pays", s.NOW - timedelta(days=20), s.NOW - timedelta(days=6),
        has_expired=True, again_url="/again2", withdraw_url="/x2",
    ),
)  # fmt: skip
PAGE = pp.PeoplePage(
    customer_name="Atelier Moreau SARL",
    people=PEOPLE,
    invited=INVITED,
    form=FormState({"preset": "sees", "gets_invoices": "on", "locale": "en"}),
    invite_url="/people/",
    locales=LOCALES,
    back_url="/profile/",
    links_url="/links/",
)
PERSON = pp.PersonPage(
    name="Julien Petit",
    email="julien@atelier-moreau.example",
    form=FormState({"preset": "pays", "gets_invoices": "on"}),
    save_url="/people/b",
    remove_url="/people/b/remove",
    back_url="/people/",
)
REMOVE = pp.RemovePage(
    name="Julien Petit",
    email="julien@atelier-moreau.example",
    customer_name="Atelier Moreau SARL",
    planned=(
        pp.PlannedBy(Money(20355, "EUR"), s.TODAY + timedelta(days=5), ("HW-2026-00418",)),
        pp.PlannedBy(Money(9900, "EUR"), s.TODAY + timedelta(days=9), ("HW-1", "HW-2")),
    ),
    remove_url="/people/b/remove",
    back_url="/people/b",
)
JOIN = pp.JoinPage(
    "Inès Moreau", "Atelier Moreau SARL", "claire@bonnet-compta.example", "sees",
    s.NOW + timedelta(days=12), "/join/x",
)  # fmt: skip


def _held(number: str, sent_to: str, uses: tuple[LinkUseRow, ...]) -> HeldLink:
    link = GuestLinkRow(
        id=UUID(int=1), business_id=BusinessId(UUID(int=2)), invoice_id=None,
        customer_id=UUID(int=3), sent_to=sent_to, created_at=s.NOW - timedelta(days=3),
        expires_at=s.NOW + timedelta(days=87), revoked_at=None, last_opened_at=None,
        pay_locked_at=None,
    )  # fmt: skip
    return HeldLink(link, number, uses)


def _use(origin: str, opened: int, paid: int) -> LinkUseRow:
    return LinkUseRow(UUID(int=1), origin, _FIREFOX, opened, paid, s.NOW, s.NOW)


LINKS = pp.LinksPage(
    rows=(
        pp.LinkRow(
            _held("HW-2026-00418", "ines@atelier-moreau.example",
                  (_use("203.0.113.7", 3, 1), _use("2001:db8::7", 1, 0))), "/r", "/l",
        ),
        pp.LinkRow(_held("", "julien@atelier-moreau.example", ()), "/r2", "/l2"),
        pp.LinkRow(_held("HW-2026-00417", "", (_use("203.0.113.7", 1, 0),)), "/r3", "/l3"),
    ),
    back_url="/people/",
    sees_all=True,
    devices={_FIREFOX: "Firefox, Windows"},
)  # fmt: skip
SWITCH = pp.SwitchPage(
    customers=(
        pp.OwnCustomer(
            "Régie des Terrasses", "/c/a/", "manages", (Money(184000, "EUR"),), is_current=True
        ),
        pp.OwnCustomer("Parc Lumière", "/c/b/", "pays", (Money(9900, "EUR"), Money(100, "CHF"))),
        pp.OwnCustomer("Boulangerie Sainte-Croix et Filles réunies", "/c/c/", "statements"),
    ),
    businesses=(pp.OtherBusiness("Limmat Bau AG", "biz_1"),),
    leave_url="/switch/leave",
)


def _several() -> Shell:
    nav = s.SIGNED_IN.nav
    assert nav is not None
    several = replace(nav, customer_name="Régie des Terrasses du Lac", switch_url="/switch/")
    return replace(s.SIGNED_IN, nav=several)


def pages() -> Iterator[tuple[str, str, object, Shell]]:
    """Name, template, values and frame of each."""
    at = s.at("profile")
    form = FormState({"email": "x", "preset": ""}, {"email": [_("This is not a mail address.")],
                     "preset": [_("Choose what this person may do.")]})  # fmt: skip
    yield "people", "portal/people/people.html", PAGE, at
    yield "people-errors", "portal/people/people.html", replace(PAGE, invited=(), form=form), at
    yield "person", "portal/people/person.html", PERSON, at
    yield "person-remove", "portal/people/remove.html", REMOVE, at
    alone = replace(REMOVE, planned=(), is_self=True, error="Somebody has to look after people.")
    yield "person-leave", "portal/people/remove.html", alone, at
    yield "join", "portal/people/join.html", JOIN, s.GUEST
    yield "links", "portal/people/links.html", LINKS, at
    yield "links-none", "portal/people/links.html", replace(LINKS, rows=(), sees_all=False), at
    yield "switch", "portal/people/switch.html", SWITCH, _several()
    leaving = pp.LeavePage("Limmat Bau AG", "/leave", "token")
    yield "leave", "portal/people/leave.html", leaving, at
    typed = FormState({"email": "x"}, {"email": [_("This is not a mail address.")]})
    yield "register", "portal/people/register.html", pp.RegisterPage(FormState()), s.GUEST
    yield "register-errors", "portal/people/register.html", pp.RegisterPage(typed), s.GUEST
    sent = pp.RegisterPage(FormState(), sent_to="nora@new.example")
    yield "register-code", "portal/people/register.html", sent, s.GUEST
    waits = pp.RegisterPage(FormState(), is_waiting=True)
    yield "register-waiting", "portal/people/register.html", waits, s.GUEST
