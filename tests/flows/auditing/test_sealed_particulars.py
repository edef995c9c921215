"""A customer's phone, postal address and tax number are sealed wherever they lie; the trail goes on
saying what they were, and its seals hold under every key."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import IntegrityError, InternalError, ProgrammingError
from django.test import override_settings

from counterfoil.domain.audit import queries as trail
from counterfoil.domain.audit.inclusion import check
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.rows import NewCustomer, place
from counterfoil.domain.documents import assembly
from counterfoil.domain.insights import timelines
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.importing.customers import apply, preview
from counterfoil.flows.importing.reading import read_table
from counterfoil.flows.letters import render_document
from counterfoil.flows.people.privacy import erase
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.secrets.box import SealBroken, seal_long
from counterfoil.infra.secrets.fields import UNREADABLE
from counterfoil.infra.secrets.keys import keys_of
from counterfoil.infra.secrets.rotation import counted, rotate, unknown_keys
from counterfoil.kernel.actor import Actor, ActorKind
from factories import database as db
from factories.businesses import AT
from factories.invoices import credit_note, issued_invoice, line

STAFF = Actor(ActorKind.STAFF, "018f0000-0000-7000-8000-000000000001", "Sam")
OLD, NEW = "k2025:" + "o" * 40, "k2026:" + "n" * 40
PHONE, OTHER_PHONE, TAX = "+49 30 5550199", "+49 30 5550200", "DE813209473"
STREET, OTHER_STREET = "Quittenweg 17", "Mispelgasse 4"
IMPORTED = ("+43 1 5550301", "Schlehenring 9", "ATU72918304")
CLEAR = (PHONE, OTHER_PHONE, TAX, STREET, OTHER_STREET, *IMPORTED)
OPENS = "what is sealed opens, and is what its mark says"
RESEALED = {
    "audit_recordvalues.boxes": 5,
    "billing_creditnote.party": 1,
    "billing_invoice.party": 1,
    "customers_customer.address": 1,
    "customers_customer.phone": 1,
    "customers_customer.tax_id": 1,
}
FILE = (
    "Customer No;Company;Email;Phone;Street;City;Country;VAT number\n"
    "77;Ida GmbH;ida@example.com;{};{};Wien;Austria;{}\n"
)


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield


@pytest.fixture
def keys():
    """Says which keys there are; the first seals."""
    with override_settings():

        def name(*named):
            settings.SEALING_KEYS = keys_of(",".join(named), [])

        yield name


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


@pytest.fixture
def unseen(owner):
    """Somebody with all powers over the database, whose triggers are off."""
    owner.execute("SET session_replication_role = replica")
    return owner


def add(business) -> object:
    new = NewCustomer(
        name="Zenobia", locale="en", timezone="Europe/Berlin", currency="EUR",
        email="zenobia@example.com", phone=PHONE, tax_id=TAX,
        address={"line1": STREET, "city": "Berlin", "country": "DE"},
    )  # fmt: skip
    return customers.add(business, [new], at=AT)[0]


def row_of(business, customer):
    with reading(business):
        return known.customer(business, customer)


def change(business, customer, **fields):
    customers.change(business, row_of(business, customer), fields, at=AT)


def records(business, customer):
    with reading(business):
        return trail.records(business, objects=[customer])


@pytest.fixture
def whole(business):
    """A customer who was changed, billed, and credited; and one who came in a file."""
    customer = add(business)
    change(business, customer, phone=OTHER_PHONE)
    change(business, customer, address={"line1": OTHER_STREET, "city": "Ulm", "country": "DE"})
    invoice = issued_invoice(business, customer, line("100"))
    note = credit_note(business, customer, line("10"), invoice_id=invoice.id)
    render_document.invoice_pdf(business, invoice.id, at=AT)
    apply(business, preview(business, read_table("f.csv", FILE.format(*IMPORTED).encode())), at=AT)
    seal_trail.seal(business, at=AT)
    return customer, invoice.id, note.id


def lying(owner) -> str:
    """Every row of every table, as it lies there."""
    tables = owner.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()
    return "\n".join(
        text
        for (table,) in tables
        for (text,) in owner.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t').fetchall()
    )


def findings(business):
    return {one.invariant for one in prove(business).findings if not one.holds}


def test_none_of_it_stands_anywhere_in_the_clear(business, whole, owner):
    there = lying(owner)
    assert "zenobia@example.com" in there  # it was looked through
    assert [one for one in CLEAR if one in there or json.dumps(one)[1:-1] in there] == []
    assert findings(business) == set()


def test_whoever_may_reads_it_as_ever(business, whole):
    customer, invoice_id, note_id = whole
    row = row_of(business, customer)
    assert (row.phone, row.tax_id, row.address["line1"]) == (OTHER_PHONE, TAX, OTHER_STREET)
    with reading(business):
        head = billing.invoice(business, invoice_id)
        note = billing.credit_note(business, note_id)
        [other] = known.by_external_ref(business, ["77"]).values()
    assert head.party == note.billed_to == row.particulars
    assert (other.phone, other.address["line1"], other.tax_id) == IMPORTED


def test_the_trail_says_what_it_was_and_what_it_became(business, whole):
    customer, *_ = whole
    moved, called, added = records(business, customer)
    assert moved.changed == ["address"]
    assert moved.before["address"]["line1"] == STREET
    assert moved.after["address"]["line1"] == OTHER_STREET
    assert (called.before, called.after) == ({"phone": PHONE}, {"phone": OTHER_PHONE})
    assert (added.after["phone"], added.after["tax_id"]) == (PHONE, TAX)
    with reading(business):
        told = timelines.timeline(business, timelines.about_customer(customer))
    changes = [one for one in told if one.what == "customers_customer"]
    assert [one.after for one in changes] == [moved.after, called.after, added.after]


def test_the_same_again_is_no_change(business, whole):
    customer, *_ = whole
    row, count = row_of(business, customer), len(records(business, customer))
    change(business, customer, phone=row.phone, tax_id=row.tax_id, address=row.address)
    assert len(records(business, customer)) == count
    assert row_of(business, customer) == row


def test_a_new_key_changes_nothing_and_the_old_one_can_go(business, keys):
    keys(OLD, NEW)
    customer = add(business)
    change(business, customer, phone=OTHER_PHONE)
    invoice = issued_invoice(business, customer, line("100"))
    note = credit_note(business, customer, line("10"))
    seal_trail.seal(business, at=AT)
    row, before = row_of(business, customer), records(business, customer)
    told = row.particulars

    keys(NEW, OLD)
    done = list(rotate([business], with_global=False))
    assert sum(one.broken for one in done if one.place.startswith(("audit", "bill", "cust"))) == 0
    resealed = {one.place: one.resealed for one in done}
    assert {place: resealed[place] for place in RESEALED} == RESEALED
    keys(NEW)
    by_key = counted([business], with_global=False)
    assert {place for place, one in by_key.items() if one["k2025"]} == set()

    assert records(business, customer) == before  # the same values, and no record of it
    again = row_of(business, customer)
    assert again.sealed_phone != row.sealed_phone
    assert (again.phone, again.particulars) == (OTHER_PHONE, told)
    with reading(business):
        assert billing.invoice(business, invoice.id).party == told
        assert billing.credit_note(business, note.id).billed_to == told
    assert findings(business) == set()
    assert [one for one in rotate([business], with_global=False) if one.resealed] == []


def test_an_unchanged_form_writes_no_old_key_back(business, keys):
    """Whoever read the row before a rotation and saves it after leaves what the rotation wrote."""
    keys(OLD)
    customer = add(business)
    row = row_of(business, customer)
    keys(NEW, OLD)
    list(rotate([business], with_global=False))
    customers.change(business, row, {"phone": PHONE, "name": "Zoe"}, at=AT)
    keys(NEW)
    assert row_of(business, customer).phone == PHONE


def test_the_database_takes_no_other_text_for_a_new_seal(business, whole, owner):
    """The application's role can only write what has the same mark."""
    customer, invoice_id, note_id = whole
    other = seal_long("elsewhere", "billing_creditnote:party:x")
    for table, row_id in (("billing_invoice", invoice_id), ("billing_creditnote", note_id)):
        with pytest.raises((IntegrityError, ProgrammingError)):
            run(business, lambda t=table, i=row_id: execute(
                f"UPDATE {t} SET party = %(other)s::text "
                "WHERE business_id = %(b)s::uuid AND id = %(id)s::uuid",
                {"b": business, "id": i, "other": other}))  # fmt: skip
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(business, lambda: execute(
            "UPDATE billing_creditnote SET reason = '' WHERE business_id = %(b)s::uuid",
            {"b": business}))  # fmt: skip
    record = records(business, customer)[0]
    [(boxes,)] = owner.execute(
        "SELECT boxes FROM audit_recordvalues WHERE id = %s", [record.id]
    ).fetchall()
    for becomes in ({}, {**boxes, "after": {"address": other}}, {"after": {}}):
        with pytest.raises((InternalError, ProgrammingError), match="other values"):
            run(business, lambda new=becomes: execute(
                "SELECT audit_reseal_values(%(b)s::uuid, %(id)s::uuid, %(was)s::jsonb, "
                "%(new)s::jsonb)",
                {"b": business, "id": record.id, "was": json.dumps(boxes),
                 "new": json.dumps(new)}))  # fmt: skip


def test_what_was_moved_to_another_row_is_refused_and_found(business, whole, unseen):
    customer, invoice_id, _note = whole
    other = add(business)
    unseen.execute(
        "UPDATE customers_customer c SET phone = o.phone, tax_id = o.tax_id "
        "FROM customers_customer o WHERE c.id = %s AND o.id = %s",
        [other, customer],
    )
    with pytest.raises(SealBroken):
        str(row_of(business, other).phone)
    with pytest.raises(SealBroken):
        issued_invoice(business, other, line("1"))
    assert OPENS in findings(business)
    second = issued_invoice(business, customer, line("1"))
    seal_trail.seal(business, at=AT)
    unseen.execute(
        "UPDATE billing_invoice i SET party = o.party FROM billing_invoice o "
        "WHERE i.id = %s AND o.id = %s",
        [second.id, invoice_id],
    )
    with reading(business), pytest.raises(SealBroken):
        str(billing.invoice(business, second.id).party)
    assert "the sealed trail is as it was sealed" in findings(business)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE customers_customer SET {phone}",
        "UPDATE billing_invoice SET {party}",
        "UPDATE billing_creditnote SET {party}",
    ],
)
def test_a_box_that_was_changed_under_its_mark_is_found(business, whole, unseen, change):
    """The database alone can't tell; who holds the keys can."""
    spoilt = "{0} = regexp_replace({0}, '[.][^.]+[.]([^.]+)$', '.AAAAAAAAAAAAAAAAAAAAAAAA.\\1')"
    unseen.execute(change.format(phone=spoilt.format("phone"), party=spoilt.format("party")))
    assert findings(business) == {OPENS}


@pytest.mark.parametrize(
    "spoil",
    [
        "boxes = NULL",
        "boxes = jsonb_build_object('before', boxes -> 'after', 'after', boxes -> 'before')",
        "boxes = replace(boxes::text, 'v1.', 'v2.')::jsonb",
        "boxes = jsonb_build_object('before', 7, 'after', jsonb_build_object('phone', 7))",
    ],
)
def test_a_value_of_the_trail_that_is_not_its_own_is_refused_and_found(
    business, whole, unseen, spoil
):
    customer, *_ = whole
    called = records(business, customer)[1]
    unseen.execute(f"UPDATE audit_recordvalues SET {spoil} WHERE id = %s", [called.id])
    told = records(business, customer)[1]
    assert (told.before, told.after) == ({"phone": UNREADABLE}, {"phone": UNREADABLE})
    assert findings(business) == {OPENS}


def test_a_value_of_another_change_of_the_same_row_is_refused_and_found(business, whole, unseen):
    customer, *_ = whole
    change(business, customer, phone=PHONE)
    latest, _moved, called, _added = records(business, customer)
    unseen.execute(
        "UPDATE audit_recordvalues v SET boxes = o.boxes FROM audit_recordvalues o "
        "WHERE v.id = %s AND o.id = %s",
        [latest.id, called.id],
    )
    assert records(business, customer)[0].after == {"phone": UNREADABLE}
    assert findings(business) == {OPENS}


def test_another_mark_in_the_trail_is_found(business, whole, unseen):
    customer, *_ = whole
    called = records(business, customer)[1]
    unseen.execute("UPDATE audit_recordvalues SET after = before WHERE id = %s", [called.id])
    assert "the sealed trail is as it was sealed" in findings(business)


def test_a_lost_key_shuts_no_page_and_makes_no_document(business, keys):
    keys(OLD)
    customer = add(business)
    invoice = issued_invoice(business, customer, line("1"))
    keys(NEW)
    row = row_of(business, customer)
    assert (row.phone, row.tax_id, row.address) == ("", "", {})
    change(business, customer, name="Zoe", phone="", tax_id="", address={})
    with reading(business):
        head = billing.invoice(business, invoice.id)
    assert head.party == {}
    with pytest.raises(SealBroken):
        assembly.invoice_document(None, head, None, hosted_url="")
    with pytest.raises(SealBroken):
        issued_invoice(business, customer, line("1"))
    keys(NEW, OLD)
    assert row_of(business, customer).phone == PHONE  # saving an empty form took nothing away
    keys(NEW)
    change(business, customer, phone=OTHER_PHONE)
    assert row_of(business, customer).phone == OTHER_PHONE


def test_a_key_that_is_said_to_be_lost_contradicts_nothing(business, keys, unseen):
    keys(OLD)
    customer = add(business)
    issued_invoice(business, customer, line("1"))
    seal_trail.seal(business, at=AT)
    keys(NEW)
    assert findings(business) == {OPENS}
    assert set(unknown_keys(counted([business], with_global=False))) >= {"k2025"}
    settings.LOST_KEYS = frozenset({"k2025"})
    assert findings(business) == set()
    assert "k2025" not in unknown_keys(counted([business], with_global=False))
    for gone in ("regexp_replace(boxes::text, '[.][^.\"]{43}\"', '.other\"')::jsonb", "NULL"):
        unseen.execute(f"UPDATE audit_recordvalues SET boxes = {gone} WHERE boxes IS NOT NULL")
        assert findings(business) == {OPENS}  # but one that is another, or not there any more


def test_the_database_takes_nothing_that_is_not_sealed(business, whole):
    for column in ("phone", "tax_id", "address"):
        with pytest.raises(IntegrityError, match="customers_sealed"):
            run(business, lambda name=column: execute(
                f"UPDATE customers_customer SET {name} = 'plain' WHERE business_id = %(b)s::uuid",
                {"b": business}))  # fmt: skip


def test_an_erasure_leaves_none_of_it_but_on_the_books(business, customer, addresses):
    change(business, customer, phone=PHONE, tax_id=TAX)
    erasure_id = erase.ask(Subject(business, customer), at=AT, by=STAFF)
    erase.confirm(business, erasure_id, at=AT, by=STAFF)
    row = row_of(business, customer)
    assert (row.phone, row.tax_id, row.address) == ("", "", {})
    assert {(tuple(one.before), tuple(one.after)) for one in records(business, customer)} == {
        ((), ())
    }
    assert findings(business) == set()


def test_a_persons_address_inside_what_is_sealed_is_forgotten(business, customer):
    """Of one person among several: a change of the customer that names them."""
    change(business, customer, address={"line1": "c/o alice@example.com", "city": "Rome"})
    change(business, customer, phone=PHONE)
    with reading(business):
        [contact] = known.contacts(business, [customer])
    erasure_id = erase.ask(Subject(business, customer, contact.id), at=AT, by=STAFF)
    erase.confirm(business, erasure_id, at=AT, by=STAFF)
    called, moved, _added = records(business, customer)
    assert called.after == {"phone": PHONE}
    assert (moved.before, moved.after) == ({}, {})


def test_a_place_is_of_one_row_and_column(business, customer):
    change(business, customer, phone=PHONE)
    row = row_of(business, customer)
    elsewhere = seal_long(PHONE, place(customer, "tax_id"))
    with pytest.raises(SealBroken):
        str(replace(row, sealed_phone=elsewhere).phone)


def test_a_proof_says_what_was_sealed_and_needs_no_key(business, whole, keys):
    customer, invoice_id, _note = whole
    called = records(business, customer)[1]
    with reading(business):
        change_made = trail.inclusion(business, called.id).document
        issued = trail.inclusion(business, invoice_id).document
    told = row_of(business, customer).particulars
    keys(NEW)
    assert check(change_made).problems == check(issued).problems == ()
    assert list(check(change_made).texts.values()) == [OTHER_PHONE, PHONE]
    assert [json.loads(one) for one in check(issued).texts.values()] == [told]
    for bent in (
        {**change_made["sealed"][0], "text": "another"},
        {**change_made["sealed"][0], "salt": "00" * 16},
        issued["sealed"][0],
    ):
        assert check({**change_made, "sealed": [bent]}).problems == (
            "a text is another than its mark is of",
        )
