"""Your data: a copy for the reader alone, and the wish to be forgotten; both after a proof."""

import io
import json
import time
import zipfile

import pytest
from django.test import override_settings

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as found
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity.secrets import invoice_secret
from counterfoil.domain.privacy import operations, queries
from counterfoil.domain.privacy.operations import COPIES_A_DAY, COPY_LIFE
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.people.privacy import erase, export
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import issued_invoice
from factories.payments import pay

PAGE = "/profile/data"


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield


@pytest.fixture
def proved(owner):
    """Alice, who has proved just now who she is."""
    return owner


def contact_of(business, customer):
    with reading(business):
        return found.contacts(business, [customer])[0]


def copies(business, customer):
    with reading(business):
        return queries.copies_of(Subject(business, customer))


def test_it_says_who_can_fetch_a_copy(owner):
    page = " ".join(owner.get(PAGE).content.decode().split())
    assert "nobody else can fetch it" not in page
    assert "and so can the staff of Harrow Water who look after personal data" in page


def test_a_copy_is_asked_for_made_and_fetched(business, customer, proved):
    assert "Ask for a copy" in proved.get(PAGE).content.decode()
    assert proved.post(f"{PAGE}/copy").status_code == 302
    [row] = copies(business, customer)
    assert row.contact_id == contact_of(business, customer).id
    waiting = proved.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "every 3s" in waiting

    export.make(business, row.id, at=clock.now())

    page = proved.get(PAGE).content.decode()
    address = f"{PAGE}/{encode('cpy', row.id)}"
    assert address in page
    answer = proved.get(address)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "no-store"
    data = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("data.json"))["data"]
    assert data["customers_contact"][0]["email"] == "alice@example.com"


def test_nobody_fetches_the_copy_of_another(business, customer, other_customer, proved):
    run(
        business,
        lambda: customers.add_contacts(
            business, customer, [NewContact(name="Xerxes", email="x@example.com")], at=AT
        ),
    )
    with reading(business):
        rows = execute(
            "SELECT c.id FROM customers_contact c WHERE c.business_id = %(b)s::uuid "
            "AND c.email = 'x@example.com'",
            {"b": business},
        )
    theirs = [
        Subject(business, customer, rows[0][0]),  # a colleague's
        Subject(business, other_customer, contact_of(business, other_customer).id),
        Subject(business, customer),  # the whole customer's, which staff asked for
    ]
    for subject in theirs:
        copy_id = export.ask(subject, at=clock.now(), by=SYSTEM)
        export.make(business, copy_id, at=clock.now())
        assert proved.get(f"{PAGE}/{encode('cpy', copy_id)}").status_code == 404


def test_the_neighbours_copy_is_not_there(business, customer, other_business, proved):
    theirs = add_customer(other_business, "Alice")
    copy_id = export.ask(Subject(other_business, theirs), at=clock.now(), by=SYSTEM)
    export.make(other_business, copy_id, at=clock.now())
    assert proved.get(f"{PAGE}/{encode('cpy', copy_id)}").status_code == 404


def test_one_that_expired_says_so(business, customer, proved):
    before = clock.now() - COPY_LIFE
    contact = contact_of(business, customer)
    copy_id = export.ask(Subject(business, customer, contact.id), at=before, by=SYSTEM)
    export.make(business, copy_id, at=before)
    answer = proved.get(f"{PAGE}/{encode('cpy', copy_id)}", follow=True)
    assert "This copy has expired." in answer.content.decode()


def test_one_that_came_to_nothing_says_so_and_is_waited_for_no_more(business, customer, proved):
    proved.post(f"{PAGE}/copy")
    [row] = copies(business, customer)
    operations.note_removed(business, row.id, at=clock.now())
    page = proved.get(PAGE).content.decode()
    assert "This copy could not be put together." in page
    assert "every 3s" not in page
    answer = proved.get(f"{PAGE}/{encode('cpy', row.id)}", follow=True)
    assert "This copy has expired." in answer.content.decode()


def test_so_many_a_day(business, customer, proved):
    for _ in range(COPIES_A_DAY):
        proved.post(f"{PAGE}/copy")
        export.make(business, copies(business, customer)[0].id, at=clock.now())
    page = proved.post(f"{PAGE}/copy", follow=True).content.decode()
    assert "So many copies were asked for today" in page
    assert len(copies(business, customer)) == COPIES_A_DAY


@pytest.mark.parametrize("path", ["copy", "erase"])
def test_a_proof_is_asked_for_first(business, customer, owner, path):
    session = owner.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time() - 3600}]
    session.save()
    answer = owner.post(f"{PAGE}/{path}")
    assert answer.status_code == 302
    assert PAGE not in answer["Location"]
    assert copies(business, customer) == []
    with reading(business):
        assert queries.erasures_of(business, customer) == []


def test_signed_out_it_is_no_page(portal, business):
    assert portal().get(PAGE)["Location"].startswith("/sign-in/")
    assert portal().post(f"{PAGE}/erase").status_code == 302


def test_whoever_is_alone_asks_for_the_whole_customer(business, customer, proved):
    page = proved.post(f"{PAGE}/erase", follow=True).content.decode()
    assert "nothing is erased yet" in page
    with reading(business):
        [wish] = queries.erasures_of(business, customer)
    assert (wish.contact_id, wish.is_open) == (None, True)
    proved.post(f"{PAGE}/erase")
    with reading(business):
        assert len(queries.erasures_of(business, customer)) == 1

    erase.decline(business, wish.id, reason="A dispute is going on", at=clock.now(), by=SYSTEM)
    assert "A dispute is going on" in proved.get(PAGE).content.decode()


def test_one_of_several_asks_for_themselves(business, customer, proved):
    run(
        business,
        lambda: customers.add_contacts(
            business, customer, [NewContact(name="Xerxes", email="x@example.com")], at=AT
        ),
    )
    proved.post(f"{PAGE}/erase")
    with reading(business):
        [wish] = queries.erasures_of(business, customer)
    assert wish.contact_id is not None
    assert "What others of your company may do stays." not in proved.get(PAGE).content.decode()


def test_once_forgotten_nobody_comes_in(business, customer, proved):
    proved.post(f"{PAGE}/erase")
    with reading(business):
        [wish] = queries.erasures_of(business, customer)
    erase.confirm(business, wish.id, at=clock.now(), by=SYSTEM)
    assert proved.get(PAGE).status_code == 302
    assert proved.get("/").status_code == 302


@pytest.mark.parametrize("was_opened", [True, False])
def test_an_invoice_s_own_address_opens_nothing_of_who_was_erased(
    portal, business, customer, gateway, was_opened
):
    """Its page names them, for the books keep the document; whether it was opened before or not."""
    invoice = issued_invoice(business, customer, at=clock.now())
    pay(business, invoice)
    path = f"/i/{invoice_secret(business, invoice.id)}"
    if was_opened:
        assert "Alice" in portal().get(path).content.decode()
    staff = Actor(ActorKind.STAFF, str(new_id()))
    erasure_id = erase.ask(Subject(business, customer), at=clock.now(), by=staff)
    erase.confirm(business, erasure_id, at=clock.now(), by=staff)

    for address in (path, f"{path}/pdf"):
        assert portal().get(address).status_code == 410
