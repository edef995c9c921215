"""Staff and personal data: copies, a look at what would go, and erasing after a proof."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from django.test import override_settings

from counterfoil.domain.customers import operations as writing
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.customers.writing import people
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries as gateways
from counterfoil.domain.payments.rows import NewMandate
from counterfoil.domain.privacy import operations, queries
from counterfoil.domain.privacy.operations import COPIES_A_DAY
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.people.privacy import export, retain
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.customers import add_customer
from factories.invoices import issued_invoice, line
from factories.keeping import CARD, keep_method
from factories.payments import pay

IN_FORCE = "UPDATE payments_mandate SET state = 'active' WHERE business_id = %(b)s::uuid"


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield


def place(customer):
    return f"customers/{encode('cus', customer)}/data"


def copies(business, customer):
    with reading(business):
        return queries.copies_of(Subject(business, customer))


def erasures(business, customer):
    with reading(business):
        return queries.erasures_of(business, customer)


def test_a_copy_is_made_and_fetched(business, customer, owner):
    assert owner.post(f"{place(customer)}/copy", {"whom": ""}).status_code == 302
    page = owner.get(place(customer)).content.decode()
    assert "The copy is being put together." in page
    assert "Being made" in page
    [row] = copies(business, customer)
    export.make(business, row.id, at=clock.now())
    address = f"{place(customer)}/{encode('cpy', row.id)}"
    assert address in owner.get(place(customer)).content.decode()
    archive = zipfile.ZipFile(BytesIO(owner.get(address).content))
    assert "data.json" in archive.namelist()


def test_the_copy_of_another_customer_is_not_there(business, customer, other_customer, owner):
    owner.post(f"{place(customer)}/copy", {"whom": ""})
    [row] = copies(business, customer)
    export.make(business, row.id, at=clock.now())
    assert owner.get(f"{place(other_customer)}/{encode('cpy', row.id)}").status_code == 404
    answer = owner.post(f"{place(customer)}/copy", {"whom": str(row.id)})
    assert answer.status_code == 404


def test_so_many_copies_a_day_and_no_more(business, customer, owner):
    for _ in range(COPIES_A_DAY):
        owner.post(f"{place(customer)}/copy", {"whom": ""})
        export.make(business, copies(business, customer)[0].id, at=clock.now())
    owner.post(f"{place(customer)}/copy", {"whom": ""})
    page = owner.get(place(customer)).content.decode()
    assert "So many copies were asked for today" in page
    assert len(copies(business, customer)) == COPIES_A_DAY


def test_a_copy_that_came_to_nothing_and_one_that_was_taken_back_say_so(business, customer, owner):
    for _ in range(2):
        owner.post(f"{place(customer)}/copy", {"whom": ""})
        [row, *_] = copies(business, customer)
        if row.id == copies(business, customer)[-1].id:
            export.make(business, row.id, at=clock.now())
    assert page_words(owner, customer) == ["Being made", "Ready"]
    for row in copies(business, customer):
        operations.note_removed(business, row.id, at=clock.now())
    assert page_words(owner, customer) == ["Not made", "Erased"]
    assert "Fetch the file" not in owner.get(place(customer)).content.decode()


def page_words(browser, customer):
    """What the pills of the copies say."""
    text = browser.get(place(customer)).content.decode().partition('id="erasures"')[0]
    return re.findall(r">\s*(Being made|Ready|Not made|Erased|Expired)\s*<", text)


def test_what_would_go_is_looked_at_and_then_it_goes(business, customer, owner, gateway):
    pay(business, issued_invoice(business, customer, line("100")))
    account = run(
        business,
        lambda: execute(
            "SELECT g.id FROM payments_gatewayaccount g WHERE g.business_id = %(b)s::uuid LIMIT 1",
            {"b": business},
        ),
    )[0][0]
    said = '{"email": "alice@example.com"}'
    payments.keep_event(business, account, ref="1", kind="charge", body=said, at=clock.now())
    answer = owner.post(f"{place(customer)}/erase", {"whom": ""})
    decision = answer["Location"].removeprefix("/backoffice/")
    page = owner.get(decision).content.decode()
    assert "What stays, and until when" in page
    assert "One message of a payment gateway that names them" in page
    assert "December 31, 2036" in page or "31 December 2036" in page

    assert owner.post(decision).status_code == 302
    done = owner.get(place(customer)).content.decode()
    assert "What the law wants kept is still there." in done
    with reading(business):
        assert customers.customer(business, customer).name == f"erased-{str(customer)[-8:]}"
    assert owner.get(decision).status_code == 302
    whose = f"customers/{encode('cus', customer)}"
    lists = ("customers/", "invoices/", "payments/", "settings/changes", "")
    for path in (whose, f"{whose}/timeline", *lists):
        assert owner.get(path).status_code == 200


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, ("One saved method ends first, here and at its gateway.",
             "One mandate ends first, here and at its gateway.")),
        (2, ("2 saved methods end first, here and at their gateways.",
             "2 mandates end first, here and at their gateways.")),
    ],
)  # fmt: skip
def test_how_many_methods_and_mandates_end_is_said_in_one_or_in_several(
    business, customer, owner, gateway, count, said
):
    with reading(business):
        (account,) = [one for one in gateways.active_accounts(business) if one.kind == "scripted"]
    for number in range(count):
        card = replace(CARD, last4=f"424{number}")
        keep_method(business, customer, source=f"token-{number}", shown=card)
        facts = ("sepa_core", f"HARROW-{number}", "Harrow", "DE98", "text", "en", "Alice", "", "")
        new = NewMandate(customer, account.id, *facts)
        mandates.begin_mandate(business, new, at=clock.now(), by=SYSTEM)
    run(business, lambda: execute(IN_FORCE, {"b": business}))

    answer = owner.post(f"{place(customer)}/erase", {"whom": ""})
    page = owner.get(answer["Location"].removeprefix("/backoffice/")).content.decode()

    for words in (*said, "What proves mandates, until 14 months after they ended"):
        assert words in page


def test_a_request_of_somebody_who_was_taken_out_can_be_decided(business, customer, owner):
    new = NewContact(name="Xerxes", email="xerxes@example.com")
    run(business, lambda: writing.add_contacts(business, customer, [new], at=clock.now()))
    with reading(business):
        [xerxes] = [one for one in customers.contacts(business, [customer]) if one.name == "Xerxes"]
    answer = owner.post(f"{place(customer)}/erase", {"whom": str(xerxes.id)})
    decision = answer["Location"].removeprefix("/backoffice/")

    def take_out():
        people.remove(business, people.hold(business, customer), xerxes.id, own=None)

    run(business, take_out)
    assert "A person who was taken out" in owner.get(place(customer)).content.decode()
    page = owner.get(decision)
    assert (page.status_code, "A person who was taken out" in page.content.decode()) == (200, True)
    owner.post(decision)
    assert "A person who is erased" in owner.get(place(customer)).content.decode()
    assert owner.get("erasures")["Location"] == "/backoffice/"


def test_it_is_refused_while_money_is_open(business, customer, owner, gateway):
    issued_invoice(business, customer, line("100"))
    decision = owner.post(f"{place(customer)}/erase", {"whom": ""})["Location"]
    decision = decision.removeprefix("/backoffice/")
    page = owner.get(decision).content.decode()
    assert "Invoices are open" in page
    assert "Erase for good" not in page
    answer = owner.post(decision)
    assert answer.status_code == 409
    assert "Money is still open, so nothing was erased." in answer.content.decode()
    with reading(business):
        assert customers.customer(business, customer).name == "Alice"


def test_it_is_declined_with_a_reason(business, customer, owner):
    decision = owner.post(f"{place(customer)}/erase", {"whom": ""})["Location"]
    owner.post(decision.removeprefix("/backoffice/"), {"decline": "1", "reason": "A lawsuit"})
    [row] = erasures(business, customer)
    assert (row.declined_at is not None, row.reason) == (True, "A lawsuit")
    assert "A lawsuit" in owner.get(place(customer)).content.decode()


def test_who_may_only_read_erases_nothing(business, customer, desk):
    reader = desk(Role.READONLY)
    assert reader.get(place(customer)).status_code == 200
    assert reader.post(f"{place(customer)}/erase", {"whom": ""}).status_code == 403
    assert reader.post(f"{place(customer)}/copy", {"whom": ""}).status_code == 403
    assert (copies(business, customer), erasures(business, customer)) == ([], [])


def test_the_erasure_of_another_customer_is_not_there(business, customer, other_customer, owner):
    owner.post(f"{place(customer)}/erase", {"whom": ""})
    [row] = erasures(business, customer)
    address = f"{place(other_customer)}/erasures/{encode('era', row.id)}"
    assert owner.get(address).status_code == 404
    assert owner.post(address).status_code == 404
    assert erasures(business, customer)[0].is_open


def test_the_page_reads_as_much_for_one_as_for_three(business, owner):
    """Three people with three copies take no more queries than one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for count in (1, 3):
        customer = add_customer(business, f"Customer {count}", email=f"c{count}@example.com")
        for _ in range(count):
            owner.post(f"{place(customer)}/copy", {"whom": ""})
            for row in copies(business, customer):
                export.make(business, row.id, at=clock.now())
        with CaptureQueriesContext(connection) as queries_made:
            assert owner.get(place(customer)).status_code == 200
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


def test_days_are_set_within_limits(business, owner):
    page = owner.get("settings/retention").content.decode()
    assert 'name="mails" type="text" value="730"' in page
    fields = {name: str(days) for name, days in retain.days(business).items()}
    answer = owner.post("settings/retention", {**fields, "mails": "10", "mandates": "abc"})
    assert answer.status_code == 422
    answer = owner.post("settings/retention", {**fields, "mails": "10"})
    assert "At least 90 days." in answer.content.decode()
    assert retain.days(business)["mails"] == 730
    owner.post("settings/retention", {**fields, "mails": "120", "gateway_events": ""})
    kept = retain.days(business)
    assert (kept["mails"], kept["gateway_events"]) == (120, 36_500)
    with reading(business):
        [(count,)] = execute(
            "SELECT count(*) FROM audit_record r WHERE r.business_id = %(b)s::uuid "
            "AND r.source = 'privacy_retention'",
            {"b": business},
        )
    assert count == 1


def test_the_work_list_counts_a_request_and_leads_to_it(business, customer, owner):
    assert owner.get("erasures")["Location"] == "/backoffice/"
    owner.post(f"{place(customer)}/erase", {"whom": ""})
    assert "1 request to be forgotten waits" in owner.get("").content.decode()
    assert owner.get("erasures")["Location"] == f"/backoffice/{place(customer)}"
