"""What a contact may do: the button is absent and the request refused, on every page."""

import pytest
from django.urls import URLPattern, get_resolver

from counterfoil.domain.customers.rights import (
    ALL,
    RIGHTS,
    ContactRight,
    Preset,
    may_give,
    preset_of,
)
from counterfoil.domain.payments.methods.queries import methods_of
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.surfaces.portal import urls
from factories.gateways import refunded
from factories.keeping import keep_method
from factories.payments import pay
from factories.refunds import refund
from factories.statements import counted
from ledger_text import counts

SEE, PAY, METHODS, PEOPLE, STATEMENTS = ContactRight
ANYBODY = ()
BY_LINK = None  # no sign-in: the link, or nothing, opens it
ROUTES = {
    "home": (SEE, STATEMENTS), "invoices": (SEE,), "invoice_pay": (PAY,), "invoice_pdf": (SEE,),
    "revoke_link": (SEE,), "use_credit": (PAY,), "invoice": (SEE,), "confirm": (PAY,),
    "credit_note_pdf": (SEE,), "payments": (SEE, STATEMENTS), "payments_csv": (SEE, STATEMENTS),
    "pay_check": (PAY, METHODS),
    "payment": (SEE,), "payment_receipt": (SEE,), "payment_stop": (PAY,), "profile": ANYBODY,
    "people": (PEOPLE,), "person": (PEOPLE,), "person_remove": (PEOPLE,),
    "invitation_again": (PEOPLE,), "invitation_withdraw": (PEOPLE,), "join": BY_LINK,
    "data": ANYBODY, "data_copy": ANYBODY, "data_erase": ANYBODY, "data_file": ANYBODY,
    "links": ANYBODY, "link_revoke": ANYBODY, "link_life": (PEOPLE,), "switch": ANYBODY,
    "leave": ANYBODY,
    "looks": ANYBODY,
    "plan": (PAY,), "planned": (PAY,), "plan_way": (PAY,), "plan_cancel": (PAY,),
    "methods": (METHODS,), "method_name": (METHODS,), "method_default": (METHODS,),
    "method_remove": (METHODS,), "mandates": (METHODS,), "mandate": (METHODS,),
    "mandate_continue": (METHODS,), "mandate_revoke": (METHODS,),
    "mandate_name": (METHODS,), "mandate_default": (METHODS,),
}  # fmt: skip


def routes():
    """Each of the portal's own routes with the rights of its guard; None: no sign-in."""
    for one in urls.urlpatterns:
        assert isinstance(one, URLPattern)
        yield one.name, getattr(one.callback, "rights", None)


def test_every_route_behind_the_sign_in_says_what_right_it_wants():
    found = dict(routes())
    unlisted = {name for name, rights in found.items() if rights is not None} - set(ROUTES)

    assert unlisted == set()
    assert {name: found[name] for name in ROUTES} == ROUTES


@pytest.mark.parametrize("preset", list(Preset))
def test_what_is_not_allowed_is_refused_wherever_it_stands(colleague, issued, gateway, preset):
    _who, browser = colleague(preset)
    invoice, rights = issued(), RIGHTS[preset]

    for name, wanted in ROUTES.items():
        if not wanted or not rights.isdisjoint(wanted):
            continue
        path = address(name, invoice.number)
        for answer in (browser.get(path), browser.post(path, {"form_key": "k", "source": "ok"})):
            assert answer.status_code in (403, 405), (preset, name, answer.status_code)
            if answer.status_code == 403:
                assert "Alice" in answer.content.decode()  # who can change it


def address(name, number):
    """An address of this route; rights are asked before anything is looked up."""
    from django.urls import reverse

    found = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
    return reverse(name, args=[number if one == "number" else "x" for one in found])


def test_who_only_sees_has_no_button_and_cannot_pay(business, colleague, issued, gateway):
    _who, browser = colleague("sees")
    invoice = issued()

    html = browser.get(f"/invoices/{invoice.number}").content.decode()
    assert "data-pay-button" not in html
    assert "somebody else in your company pays it" in html
    assert "Pay " not in browser.get("/").content.decode().replace("Payments", "")
    assert "Pay chosen" not in browser.get("/invoices/").content.decode()
    refused = browser.post(f"/invoices/{invoice.number}/pay", {"source": "ok", "form_key": "k"})
    assert refused.status_code == 403
    assert counts(business)["payments_attempt"] == 0


def test_who_only_sees_fetches_no_refund_that_waits(owner, colleague, business, issued, gateway):
    """Whoever has its address says where the money goes."""
    _who, browser = colleague("sees")
    payment, fetch = pay(business, issued()), "https://pay.example/pull/1"
    gateway.refund_answer = lambda asked: refunded(asked, result=Result.PROCESSING, claim_url=fetch)
    refund(business, payment, 6_000)
    path = f"/payments/{encode('pay', payment.id)}"

    html = browser.get(path).content.decode()

    assert fetch not in html
    assert "Somebody who may pay says where it is to go." in html
    assert f'href="{fetch}"' in owner.get(path).content.decode()


def test_the_pay_forms_script_is_told_in_words(colleague, issued, gateway):
    _who, browser = colleague("sees")
    path = f"/invoices/{issued().number}/pay"

    told = browser.post(path, {"form_key": "k"}, headers={"accept": "application/json"})

    assert told.status_code == 403
    assert "No money was taken" in told.json()["words"][0]


def test_a_refusal_is_noted(business, customer, colleague, issued, gateway):
    who, browser = colleague("sees")
    browser.post(f"/invoices/{issued().number}/pay", {"source": "ok", "form_key": "k"})

    with reading(business):
        kinds = execute(
            "SELECT kind, subject, customer_id::text FROM audit_note"
            " WHERE business_id = %(business)s::uuid",
            {"business": business},
        )
    assert ("refused", f"contact:{who}", str(customer)) in [tuple(row) for row in kinds]


def test_statements_only_sees_what_is_owed_and_no_invoice(colleague, issued, gateway):
    _who, browser = colleague("statements")
    invoice = issued()

    home = browser.get("/").content.decode()
    assert "100.00" in home
    assert invoice.number not in home
    assert browser.get("/payments/").status_code == 200
    assert browser.get("/invoices/").status_code == 403
    assert browser.get(f"/invoices/{invoice.number}/pdf").status_code == 403
    assert 'href="/invoices/"' not in home


def test_who_pays_saves_nothing_without_the_right(colleague, business, customer, issued, gateway):
    _who, browser = colleague("pays")
    keep_method(business, customer)
    invoice = issued()

    html = browser.get(f"/invoices/{invoice.number}").content.decode()
    assert "data-pay-button" in html
    assert 'name="save"' not in html
    form = {"source": "ok", "form_key": "k", "way": "card", "save": "1"}
    assert browser.post(f"/invoices/{invoice.number}/pay", form).status_code == 302
    with reading(business):
        assert len(methods_of(business, customer)) == 1
    assert browser.get("/methods/").status_code == 403


def test_billing_details_are_changed_by_who_looks_after_people(colleague, business, customer):
    from counterfoil.domain.customers import queries

    _who, browser = colleague("pays")
    form = {"name": "Pia", "locale": "de", "tax_id": "STOLEN", "phone": "1", "city": "Nowhere"}

    assert browser.post("/profile/", form).status_code == 302
    with reading(business):
        row = queries.customer(business, customer)
        names = {one.name for one in queries.contacts(business, [customer])}
    assert (row.tax_id, row.phone, row.address["city"]) == ("", "", "Harrow")
    assert "Pia" in names
    assert 'name="tax_id"' not in browser.get("/profile/").content.decode()


def test_a_guest_has_no_rights_but_the_links(portal, link, issued, gateway):
    html = portal().get(link(issued())).content.decode()
    assert "data-pay-button" in html
    assert 'name="save"' not in html


def test_rights_cost_no_query(colleague, issued, gateway):
    _who, browser = colleague("manages")
    invoice = issued()
    for path, most in (("/", 4), ("/invoices/", 4), (f"/invoices/{invoice.number}", 5)):
        browser.get(path)
        with counted() as asked:
            browser.get(path)
        assert asked.count <= most, (path, asked.statements)


def test_words_and_gifts():
    assert [preset_of(RIGHTS[one]) for one in Preset] == list(Preset)
    assert preset_of(frozenset({SEE})) == Preset.SEES
    assert may_give(ALL, ALL)
    assert not may_give(ALL - {PAY}, frozenset({PAY}))
    assert not may_give(RIGHTS[Preset.PAYS], RIGHTS[Preset.SEES])


def test_the_database_knows_the_words(business, customer, addresses):
    import psycopg

    from factories import database as db

    with db.connect(addresses.owner_url) as owner:
        for bad in ('["owner"]', "[]", '{"see": true}'):
            with pytest.raises(psycopg.errors.CheckViolation):
                owner.execute("UPDATE customers_contact SET rights = %s", [bad])
