"""One sign-in for several customers and businesses: nothing of one stands on a page of another."""

import re

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.models import Contact
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import hand_overs
from counterfoil.domain.identity.sign_on import operations as sign_on
from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import issued_invoice, line
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts

WHO = "ines@example.com"
ONCE = re.compile(r'questions: [0-9a-f]+|csrfmiddlewaretoken" value="\w+')  # new on each page


def let_in(business, customer, preset="manages", email=WHO):
    new = NewContact("Ines", email, rights=RIGHTS[Preset(preset)])
    customers.add_contacts(business, customer, [new], at=AT)


@pytest.fixture
def ines(business, customer, other_customer, signed_in_as):
    """She acts for Alice and, seeing only, for Bob."""
    let_in(business, customer)
    let_in(business, other_customer, "sees")
    return signed_in_as(WHO, "Ines")


def at(customer, path):
    return f"/c/{encode('cus', customer)}{path}"


def test_the_first_page_asks_for_whom_and_says_what_is_due(
    ines, business, customer, other_customer, issued, gateway
):
    issued()
    assert ines.get("/")["Location"] == "/switch/"

    html = ines.get("/switch/").content.decode()

    assert at(customer, "/") in html
    assert at(other_customer, "/") in html
    assert "100.00" in html
    assert "Nothing is due" in html


def test_what_is_being_paid_is_due_neither_there_nor_at_home(
    ines, business, customer, other_customer, issued, gateway
):
    issued()
    pay(business, issued(line("70")), source="slow")
    (home,) = re.findall(r"€1[0-9]{2}\.[0-9]{2}", due_at_home(ines, customer))[:1]
    html = ines.get("/switch/").content.decode()
    assert home == "€100.00"
    assert re.findall(r"€[0-9.]+", html) == [home]


def due_at_home(browser, customer):
    """What stands under `Due now` on the first page."""
    html = browser.get(at(customer, "/")).content.decode()
    return html.partition("Due now")[2]


def test_every_link_and_form_of_a_page_stays_with_its_customer(
    ines, business, customer, other_customer, issued, gateway
):
    invoice = issued()
    for path in ("/", "/invoices/", f"/invoices/{invoice.number}", "/profile/", "/people/"):
        html = ines.get(at(customer, path)).content.decode()
        main = re.sub(r'<form[^>]*class="languages".*?</form>', "", html, flags=re.DOTALL)
        for link in re.findall(r'(?:href|action)="(/[^"]*)"', main):
            is_common = link.startswith(
                ("/static/", "/brand.css", "/logo", "/language", "/sign-out")
            )
            assert is_common or link.startswith(at(customer, "/")), (path, link)


def test_two_tabs_do_not_mix(ines, business, customer, other_customer, issued, gateway):
    mine, theirs = issued(), issued_invoice(business, other_customer)
    one = ines.get(at(customer, "/invoices/")).content.decode()
    two = ines.get(at(other_customer, "/invoices/")).content.decode()

    assert mine.number in one
    assert theirs.number not in one
    assert theirs.number in two
    assert mine.number not in two
    # The first tab pays after the second was opened: for the customer that it was drawn for.
    form = {"source": "ok", "form_key": "k"}
    paid = ines.post(at(customer, f"/invoices/{mine.number}/pay"), form)
    assert paid["Location"].startswith(at(customer, "/payments/pay_"))
    # In the second tab she may only see, whatever the first may do.
    refused = ines.post(at(other_customer, f"/invoices/{theirs.number}/pay"), form)
    assert refused.status_code == 403
    assert ines.get(at(other_customer, f"/invoices/{mine.number}")).status_code == 404
    assert ines.post(at(other_customer, f"/invoices/{mine.number}/pay"), form).status_code == 403
    assert counts(business)["payments_attempt"] == 1


def test_a_form_without_a_customer_is_not_carried_out(ines, business, issued, gateway):
    invoice = issued()

    answer = ines.post(f"/invoices/{invoice.number}/pay", {"source": "ok", "form_key": "k"})

    assert answer.status_code == 409
    assert "did not say for which" in answer.content.decode()
    assert counts(business)["payments_attempt"] == 0


def test_a_link_of_a_mail_leads_to_the_right_one(ines, business, other_customer, issued, gateway):
    issued()
    theirs = issued_invoice(business, other_customer)

    asked = ines.get(f"/invoices/{theirs.number}")
    led = ines.get(asked["Location"])

    assert led["Location"] == at(other_customer, f"/invoices/{theirs.number}")
    assert ines.get(led["Location"]).status_code == 200
    nothing = ines.get("/switch/?next=/invoices/NONE").content.decode()
    assert "NONE" not in "".join(re.findall('href="([^"]*)"', nothing))
    assert at(other_customer, "/invoices/") in ines.get("/switch/?next=/invoices/").content.decode()


def test_nobody_acts_for_a_customer_that_is_not_theirs(alice, other_customer, ines, business):
    assert alice.get(at(other_customer, "/invoices/")).status_code == 404
    stranger = add_customer(business, "Carl")
    assert ines.get(at(stranger, "/invoices/")).status_code == 404
    assert ines.get(at(stranger, "/switch/")).status_code == 404
    assert ines.get("/c/cus_nonsense/").status_code == 404
    for path in ("/backoffice/", "/api/v1/customers", "/i/x", "/healthz"):
        assert ines.get(at(stranger, path)).status_code == 404


@pytest.mark.parametrize("path", ["/", "/invoices/", "/profile/", "/people/", "/switch/", "/x"])
def test_a_customer_of_others_and_none_at_all_are_one_answer(alice, other_customer, path):
    told = []
    for one in (other_customer, new_id()):
        answer = alice.get(at(one, path))
        body = answer.content.decode().replace(encode("cus", one), "WHO")
        told.append((answer.status_code, ONCE.sub("", body)))

    assert told[0][0] == 404
    assert told[0] == told[1]


def test_with_one_customer_the_addresses_are_short_and_nothing_is_drawn(alice, customer):
    html = alice.get("/").content.decode()
    assert "/switch/" not in html
    assert "/c/cus_" not in html


def test_it_costs_no_query(ines, customer, gateway):
    ines.get(at(customer, "/"))
    with counted() as asked:
        ines.get(at(customer, "/"))
    assert asked.count <= 4


@pytest.fixture
def both(business, other_business, ines, customer):
    """Ines is a contact at the neighbour too, and has signed in at both."""
    theirs = add_customer(other_business, "Mill Friend", email="")
    let_in(other_business, theirs)
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get(email=WHO)
    for one in (business, other_business):
        hand_overs.note_presence(user.pk, one, at=clock.now())
    return user


def handed(ines):
    listed = ines.get("/switch/").content.decode()
    wanted = re.search(r'name="business" value="(biz_[^"]+)"', listed).group(1)
    page = ines.post("/switch/leave", {"business": wanted})
    html = page.content.decode()
    token = re.search(r'name="token" value="([^"]+)"', html).group(1)
    return page, re.search(r'action="([^"]+/arrive/)"', html).group(1), token


def there(portal, **headers):
    from counterfoil.surfaces.ui.middleware import HOSTS

    HOSTS.forget()
    browser = portal()
    browser.defaults.update({"HTTP_HOST": "mill.example", **headers})
    return browser


FROM = {"HTTP_ORIGIN": "https://harrow.example"}


def test_to_another_business_with_two_clicks(ines, both, portal):
    page, url, token = handed(ines)

    assert url.endswith("://mill.example/arrive/")
    assert "form-action 'self' http" in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "strict-origin"
    browser = there(portal, **FROM)
    answer = browser.post("/arrive/", {"token": token})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Mill Friend" in browser.get("/").content.decode()


def test_the_way_is_open_once_from_there_and_for_a_minute(ines, both, portal, monkeypatch):
    _page, _url, token = handed(ines)
    assert there(portal, **FROM).post("/arrive/", {"token": token}).status_code == 302
    assert there(portal, **FROM).post("/arrive/", {"token": token}).status_code == 410

    _page, _url, token = handed(ines)
    stranger = there(portal, HTTP_ORIGIN="https://evil.example")
    assert stranger.post("/arrive/", {"token": token}).status_code == 410
    assert there(portal, **FROM).post("/arrive/", {"token": token}).status_code == 410  # used up

    _page, _url, token = handed(ines)
    assert portal().post("/arrive/", {"token": token}).status_code == 410  # another business
    assert there(portal, **FROM).get("/arrive/").status_code == 405

    _page, _url, token = handed(ines)
    execute("UPDATE identity_handover SET expires_at = now() - interval '1 second'")
    assert there(portal, **FROM).post("/arrive/", {"token": token}).status_code == 410


def test_only_where_the_person_is_known_and_is_a_contact_still(
    ines, both, other_business, alice, business
):
    alices = alice.get("/switch/").content.decode()
    assert "Mill Lane" not in alices
    run(other_business, lambda: Contact.objects.for_business(other_business).delete())
    assert "Mill Lane" not in ines.get("/switch/").content.decode()
    outside = encode("biz", other_business)
    assert ines.post("/switch/leave", {"business": outside}).status_code == 404


def test_where_a_provider_has_to_vouch_nothing_else_carries_over(
    ines, both, portal, business, other_business
):
    with reading(other_business):
        (friend,) = execute(
            "SELECT customer_id FROM customers_contact WHERE business_id = %(b)s::uuid"
            " AND email = %(who)s::text",
            {"b": other_business, "who": WHO},
        )
    connection = new_id()
    form = SignOnForm("Provider", ("example.com",), rights=("see",), is_required=True)
    sign_on.add(other_business, connection, SignOnKind("oidc"), friend[0], form, at=AT)
    told = {"issuer": "https://id.example", "client_id": "counterfoil"}
    sign_on.connect(other_business, connection, told, {"client_secret": "a secret"})
    sign_on.switch(other_business, connection, is_active=True)
    _page, _url, token = handed(ines)

    browser = there(portal, **FROM)
    answer = browser.post("/arrive/", {"token": token})

    assert answer["Location"].endswith("/lead/")
    assert browser.get("/")["Location"].startswith("/sign-in/")


def test_the_word_of_a_company_provider_does_not_carry_over(ines, both):
    session = ines.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": 1.0}]
    session.save()

    assert "Mill Lane" not in ines.get("/switch/").content.decode()
