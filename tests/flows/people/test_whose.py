"""What goes when somebody is forgotten is theirs: all of it, and nothing of anybody else's."""

import json
import threading
import zipfile
from io import BytesIO

import pytest
from django.test import override_settings

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.rights import ALL, RIGHTS, Preset
from counterfoil.domain.customers.rows import NewContact, NewInvitation
from counterfoil.domain.customers.writing import people, registrations
from counterfoil.domain.documents.codes import code_of
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.models import Session
from counterfoil.domain.identity.sessions import SessionStore
from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications.rows import NewMessage, Rendered
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.queries import body_place
from counterfoil.domain.privacy import erasing, queries
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.letters import render_document
from counterfoil.flows.people import change_address, manage, register
from counterfoil.flows.people.privacy import erase, export
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.secrets.box import open_long
from counterfoil.infra.secrets.keys import keys_of
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import new_id
from factories import database as db
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import issued_invoice, line
from factories.sealed import letters, texts

STAFF = Actor(ActorKind.STAFF, "018f0000-0000-7000-8000-000000000001", "Sam")
MAIL = "b.ob@x.example"


def contacts(business, customer):
    with reading(business):
        return customer_queries.contacts(business, [customer])


def add_contact(business, customer, name, email):
    new = NewContact(name=name, email=email)
    run(business, lambda: customers.add_contacts(business, customer, [new], at=AT))
    return next(one.id for one in contacts(business, customer) if one.email == email)


def forget(business, customer, contact=None):
    erasure_id = erase.ask(Subject(business, customer, contact), at=AT, by=STAFF)
    return erase.confirm(business, erasure_id, at=AT, by=STAFF)


def mailed(business, customer, recipient, text="", about=None):
    """A mail that went out."""
    new = NewMessage(
        id=new_id(), cause=str(new_id()), template="invoice_issued",
        about_kind="contact" if about else "invoice", about_id=about or new_id(),
        customer_id=customer, recipient=recipient, locale="en",
        rendered=Rendered("Hello", text or "Hello", f"<p>{text or 'Hello'}"),
        message_ref=f"<{new_id()}@harrow.example>", asks_for_money=False,
    )  # fmt: skip
    messages.write_once(business, [new], at=AT)
    messages.claim(business, new.id, at=AT)
    messages.mark_sent(business, new.id, at=AT)
    return new.id


def event(business, body, *, remark="succeeded", handled=True):
    """What a gateway sent, and what came of it."""
    rows = run(
        business,
        lambda: execute(
            "SELECT g.id FROM payments_gatewayaccount g WHERE g.business_id = %(b)s::uuid LIMIT 1",
            {"b": business},
        ),
    )
    event_id = payments.keep_event(
        business, rows[0][0], ref=str(new_id()), kind="charge", body=body, at=AT
    )
    if handled:
        payments.mark_event(business, event_id, remark=remark, at=AT)
    return event_id


def body_of(business, event_id):
    with reading(business):
        [(body,)] = execute(
            "SELECT e.body FROM payments_gatewayevent e "
            "WHERE e.business_id = %(b)s::uuid AND e.id = %(id)s::uuid",
            {"b": business, "id": event_id},
        )
    return open_long(body, body_place(event_id))


def traces(addresses, words):
    """The tables in which these words still stand anywhere."""
    with db.connect(addresses.owner_url) as owner:
        tables = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'procrastinate%'"
        ).fetchall()
        inside = {table for table, text in texts(owner) if words in text.lower()}
        return inside | {
            table
            for (table,) in tables
            if owner.execute(
                f"SELECT 1 FROM {table} t WHERE to_jsonb(t)::text ILIKE %s LIMIT 1", [f"%{words}%"]
            ).fetchone()
        }


def test_an_event_that_is_still_to_be_settled_keeps_what_it_says(business, customer, gateway):
    bob = add_customer(business, "Bob", email=MAIL)
    said = f'{{"charge": "ch_1", "email": "{MAIL}"}}'
    done = event(business, said)
    waits = event(business, said, handled=False)
    aside = event(business, said, remark="unplaced: a refund of a charge that no attempt of ours")
    erasure_id = erase.ask(Subject(business, bob), at=AT, by=STAFF)
    assert erase.review(business, erasure_id, at=AT).events_that_wait == 2
    forget(business, bob)
    assert [body_of(business, one) for one in (done, waits, aside)] == ["", said, said]


@pytest.mark.parametrize(
    ("said", "is_named"),
    [
        (f'{{"email": "{MAIL}"}}', True),
        (f'{{"email":"{MAIL.upper()}","x":1}}', True),
        (f"email={MAIL}&x=1", True),
        (f'{{"who": "Bob <{MAIL}>"}}', True),
        (f'{{"who": "Bob \\u003c{MAIL}\\u003e"}}', True),
        (f'{{"who": "first\\n{MAIL}\\n"}}', True),
        (f'{{"who": "ask {MAIL}."}}', True),
        ('{"who": "b.ob\\u0040x.example"}', True),
        (MAIL, True),
        (f'{{"email": "a{MAIL}"}}', False),
        (f'{{"email": "a.{MAIL}"}}', False),
        (f'{{"email": "o\'{MAIL}"}}', False),
        (f'{{"email": "bill+{MAIL}"}}', False),
        (f'{{"email": "jim-{MAIL}"}}', False),
        (f'{{"email": "ü{MAIL}"}}', False),
        (f'{{"email": "{MAIL}.org"}}', False),
        (f'{{"email": "{MAIL}s"}}', False),
        (f'{{"email": "{MAIL}-shop.example"}}', False),
        ('{"email": "bxob@x.example"}', False),
    ],
)
def test_an_address_is_found_as_a_whole(business, gateway, said, is_named):
    bob = add_customer(business, "Bob", email=MAIL)
    event_id = event(business, said)
    forget(business, bob)
    assert body_of(business, event_id) == ("" if is_named else said)


def test_the_trail_of_a_longer_address_stays(business):
    bob = add_customer(business, "Bob", email=MAIL)
    other = add_customer(business, "Other", email=f"a{MAIL}")
    more = add_customer(business, "More", email=f"{MAIL}.org")
    forget(business, bob)
    with reading(business):
        rows = execute(
            "SELECT v.after ->> 'email' FROM audit_recordvalues v "
            "WHERE v.business_id = %(b)s::uuid AND v.after ->> 'email' LIKE '%%b.ob%%' ORDER BY 1",
            {"b": business},
        )
    assert [mail for (mail,) in rows] == [f"a{MAIL}"] * 2 + [f"{MAIL}.org"] * 2
    assert {one.email for one in contacts(business, other) + contacts(business, more)} == {
        f"a{MAIL}", f"{MAIL}.org",
    }  # fmt: skip


def test_earlier_addresses_of_a_person_go_along(business, customer, addresses):
    xerxes = add_contact(business, customer, "Xerxes", "xold@example.com")
    user_id = identity.make_user("xold@example.com")
    mailed(business, customer, "xold@example.com")
    identity.make_guest_link(business, None, customer, sent_to="xold@example.com", at=AT)
    change_address.change(user_id, "xold@example.com", "xnew@example.com")
    mailed(business, customer, "xnew@example.com")
    forget(business, customer, xerxes)
    assert traces(addresses, "xold@example.com") | traces(addresses, "xnew@example.com") == set()


def test_an_earlier_address_that_is_somebody_elses_now_stays(business, customer, addresses):
    xerxes = add_contact(business, customer, "Xerxes", "post@example.com")
    run(business, lambda: customers.change_address(business, "post@example.com", "x@example.com"))
    add_contact(business, customer, "Yann", "post@example.com")
    mailed(business, customer, "post@example.com")
    forget(business, customer, xerxes)
    assert "notifications_message" in traces(addresses, "post@example.com")


def test_letters_to_others_that_name_a_person_are_emptied(business, customer, gateway, addresses):
    """Whoever looks after people was told by mail who came in."""
    [alice] = contacts(business, customer)
    run(
        business,
        lambda: execute(
            """UPDATE customers_contact SET rights = '["people"]'
            WHERE business_id = %(b)s::uuid AND id = %(id)s::uuid""",
            {"b": business, "id": alice.id},
        ),
    )
    invoice = issued_invoice(business, customer, line("10"))
    code = code_of(business, "invoice", invoice.id)
    typed = register.RegisterCommand("xena@example.com", "Xena", invoice.number, code)
    render_document.invoice_pdf(business, invoice.id, at=AT)
    came, _ = register.register(business, typed, at=AT)
    assert came is register.Came.IN
    xena = next(one for one in contacts(business, customer) if one.email == "xena@example.com")
    assert "notifications_message" in traces(addresses, "xena@example.com")

    forget(business, customer, xena.id)

    assert traces(addresses, "xena@example.com") == set()
    assert "notifications_message" in traces(addresses, "alice@example.com")


def asked_for_access(business, email, customer=None):
    registrations.ask(business, email=email, name="Xena", number="INV-1", at=AT)
    with reading(business):
        [row] = registrations.waiting(business)
    if customer is not None:
        run(
            business,
            lambda: registrations.decide(business, row, customer_id=customer, by=STAFF, at=AT),
        )
    return row.id


def kept(business):
    with reading(business):
        rows = execute(
            "SELECT r.id FROM customers_registration r WHERE r.business_id = %(b)s::uuid",
            {"b": business},
        )
    return {row_id for (row_id,) in rows}


@pytest.mark.parametrize("is_whole", [True, False])
def test_requests_for_access_to_others_stay(business, customer, other_customer, is_whole):
    mail = "xena@example.com"
    xena = add_contact(business, customer, "Xena", mail)
    mine = asked_for_access(business, mail, customer)
    add_contact(business, other_customer, "Xena", mail)
    theirs = asked_for_access(business, mail, other_customer)
    waits = asked_for_access(business, mail)  # of which customer, nobody has said
    assert kept(business) == {mine, theirs, waits}
    forget(business, customer, None if is_whole else xena)
    assert kept(business) == {theirs, waits}


def test_what_another_customer_knows_of_the_same_person_stays(business, customer, other_customer):
    xena = add_contact(business, customer, "Xena", "xena@example.com")
    theirs = add_contact(business, other_customer, "Xena", "xena@example.com")
    mailed(business, other_customer, "xena@example.com", "For xena@example.com")
    forget(business, customer, xena)
    with reading(business):
        rows = execute(
            "SELECT r.object_id FROM audit_recordvalues v JOIN audit_record r "
            "ON r.business_id = v.business_id AND r.id = v.id "
            "WHERE v.business_id = %(b)s::uuid AND v.after ->> 'email' = 'xena@example.com'",
            {"b": business},
        )
    assert rows == [(theirs,)]
    assert letters(business, "recipient", "text") == [("xena@example.com", "For xena@example.com")]


def test_what_became_of_links_to_the_same_person_elsewhere_stays(
    business, customer, other_customer
):
    xena = add_contact(business, customer, "Xena", "xena@example.com")
    for whose in (customer, other_customer):
        identity.make_guest_link(business, None, whose, sent_to="xena@example.com", at=AT)
    run(
        business,
        lambda: execute(
            "UPDATE identity_guestlink SET revoked_at = now() WHERE business_id = %(b)s::uuid",
            {"b": business},
        ),
    )
    forget(business, customer, xena)
    with reading(business):
        rows = execute(
            "SELECT g.customer_id, count(v.id) FROM identity_guestlink g "
            "JOIN audit_record r ON r.business_id = g.business_id AND r.object_id = g.id "
            "LEFT JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id "
            "WHERE g.business_id = %(b)s::uuid GROUP BY g.customer_id",
            {"b": business},
        )
    assert dict(rows) == {customer: 0, other_customer: 1}


def test_a_request_of_somebody_who_is_nowhere_else_goes(business, customer, addresses):
    xena = add_contact(business, customer, "Xena", "xena@example.com")
    asked_for_access(business, "xena@example.com")
    forget(business, customer, xena)
    assert kept(business) == set()


def test_a_sign_in_that_was_never_tied_to_the_contact_goes(business, customer, addresses):
    """A contact signs in by the address alone."""
    xena = add_contact(business, customer, "Xena", "xena@example.com")
    identity.make_user("xena@example.com", name="Xena")
    assert forget(business, customer, xena)["identity_user"] == 1
    assert traces(addresses, "xena") == set()


def test_a_sign_in_that_a_neighbour_knows_by_its_address_stays(
    business, other_business, customer, addresses
):
    user_id = identity.make_user("alice@example.com", name="Alice")
    add_customer(other_business, "Alice")  # signs in there by the address
    [alice] = contacts(business, customer)
    run(business, lambda: customers.link_user(business, [alice.id], user_id))
    assert "identity_user" not in forget(business, customer)


def elsewhere(work):
    """Does this on a connection of its own."""
    from django.db import connection

    def own():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=own, daemon=True)
    thread.start()
    return thread


def test_a_sign_in_that_somebody_else_came_to_know_meanwhile_stays(
    business, other_business, customer, monkeypatch, addresses
):
    """Between the first look and the transaction."""
    theirs = add_customer(other_business, "Zed")
    user_id = identity.make_user("alice@example.com", name="Alice")
    [alice], [zed] = contacts(business, customer), contacts(other_business, theirs)
    run(business, lambda: customers.link_user(business, [alice.id], user_id))
    real = erasing.lock_customer

    def meanwhile(*args):
        elsewhere(
            lambda: run(
                other_business, lambda: customers.link_user(other_business, [zed.id], user_id)
            )
        ).join(20)
        real(*args)

    monkeypatch.setattr(erasing, "lock_customer", meanwhile)
    erasure_id = erase.ask(Subject(business, customer), at=AT, by=STAFF)
    assert "identity_user" not in erase.confirm(business, erasure_id, at=AT, by=STAFF)
    assert "identity_user" in traces(addresses, "alice@example.com")


def test_whoever_is_just_being_let_in_elsewhere_is_waited_for(
    business, other_business, customer, addresses
):
    theirs = add_customer(other_business, "Zed")
    user_id = identity.make_user("alice@example.com", name="Alice")
    [alice], [zed] = contacts(business, customer), contacts(other_business, theirs)
    run(business, lambda: customers.link_user(business, [alice.id], user_id))
    linked, go_on = threading.Event(), threading.Event()

    def letting_in():
        customers.link_user(other_business, [zed.id], user_id)
        linked.set()
        go_on.wait(20)

    thread = elsewhere(lambda: run(other_business, letting_in))
    assert linked.wait(20)
    timer = threading.Timer(1.0, go_on.set)
    timer.start()
    figures = forget(business, customer)
    thread.join(20)
    assert "identity_user" not in figures
    assert "identity_user" in traces(addresses, "alice@example.com")


def test_the_trail_of_what_a_person_saved_goes_along(business, customer, gateway, addresses):
    xerxes = add_contact(business, customer, "Xerxes", "xerxes@example.com")

    def save():
        execute(
            """
            INSERT INTO payments_method (business_id, id, customer_id, gateway_account_id, kind,
              gateway_ref, name, brand, last4, is_default, created_at, created_by)
            SELECT %(b)s::uuid, uuidv7(), %(customer)s::uuid, g.id, 'card', w.who, w.who,
              'visa', '4242', false, now(), w.by
            FROM payments_gatewayaccount g, (VALUES ('Xerxes X', %(by)s::text),
              ('Alice A', 'contact:other')) AS w(who, by)
            WHERE g.business_id = %(b)s::uuid AND g.kind = 'scripted'
            """,
            {"b": business, "customer": customer, "by": f"contact:{xerxes}"},
        )

    run(business, save)
    assert "audit_recordvalues" in traces(addresses, "Xerxes X")
    forget(business, customer, xerxes)
    assert traces(addresses, "Xerxes X") == {"payments_method"}  # the gateway's own number of it
    assert traces(addresses, "Alice A") == {"payments_method", "audit_recordvalues"}


def test_whoever_was_taken_out_meanwhile_is_forgotten_all_the_same(business, customer, addresses):
    xerxes = add_contact(business, customer, "Xerxes", "xerxes@example.com")
    user_id = identity.make_user("xerxes@example.com", name="Xerxes")
    mailed(business, customer, "xerxes@example.com", "Dear Xerxes")
    erasure_id = erase.ask(Subject(business, customer, xerxes), at=AT, by=STAFF)

    def take_out():
        people.remove(business, people.hold(business, customer), xerxes, own=None)

    run(business, take_out)
    review = erase.review(business, erasure_id, at=AT)
    assert (review.goes["notifications_message"], review.sign_ins) == (1, 1)
    assert erase.confirm(business, erasure_id, at=AT, by=STAFF)["identity_user"] == 1
    assert traces(addresses, "xerxes") == set()
    assert user_id
    with pytest.raises(NotFound):
        erase.ask(Subject(business, customer, xerxes), at=AT, by=STAFF)


def test_a_wish_ends_though_nothing_is_known_of_whom_any_more(business, customer, addresses):
    xerxes = add_contact(business, customer, "Xerxes", "xerxes@example.com")
    erasure_id = erase.ask(Subject(business, customer, xerxes), at=AT, by=STAFF)
    before = traces(addresses, "alice")

    def take_out():
        people.remove(business, people.hold(business, customer), xerxes, own=None)
        execute(
            """
            SELECT audit_erase_values(%(b)s::uuid, array_agg(r.id), 'retention')
            FROM audit_record r WHERE r.business_id = %(b)s::uuid AND r.object_id = %(id)s::uuid
            """,
            {"b": business, "id": xerxes},
        )

    run(business, take_out)
    figures = erase.confirm(business, erasure_id, at=AT, by=STAFF)
    assert figures == {"audit_recordvalues": 1}  # that it was asked for
    with reading(business):
        assert not queries.erasure(business, erasure_id).is_open
    assert traces(addresses, "alice") == before


def test_an_invitation_forgets_who_invited(business, customer, addresses):
    xerxes = add_contact(business, customer, "Xerxes", "xerxes@example.com")
    own = manage.Manager(Actor(ActorKind.CONTACT, str(xerxes), "Xerxes"), ALL)
    new = NewInvitation(
        customer, "Yann", "yann@example.com", "en", RIGHTS[Preset.PAYS],
        gets_invoices=False, gets_receipts=False,
    )  # fmt: skip
    manage.invite(business, new, by=own, at=AT)
    forget(business, customer, xerxes)
    assert "customers_invitation" in traces(addresses, "yann@example.com")
    assert "customers_invitation" not in traces(addresses, "xerxes")


def signed_in(user_id, business, origin):
    session = SessionStore()
    session["_auth_user_id"] = str(user_id)
    session["business"] = str(business)
    session.save()
    Session.objects.filter(session_key=session.session_key).update(
        user_id=user_id, business_id=business, origin=origin
    )


def test_a_copy_holds_the_sign_in_and_where_it_is_open_here(business, other_business, customer):
    """Found by its address; where somebody is signed in elsewhere is not ours to tell."""
    user_id = identity.make_user("alice@example.com", name="Alice")
    signed_in(user_id, other_business, "203.0.113.7")
    copied = zipfile.ZipFile(BytesIO(export.put_together(Subject(business, customer), at=AT)))
    assert "identity_user" not in json.loads(copied.read("data.json"))["data"]
    signed_in(user_id, business, "198.51.100.9")
    copied = zipfile.ZipFile(BytesIO(export.put_together(Subject(business, customer), at=AT)))
    [sign_in] = json.loads(copied.read("data.json"))["data"]["identity_user"]
    assert sign_in["email"] == "alice@example.com"
    assert [one["origin"] for one in sign_in["sessions"]] == ["198.51.100.9"]


def test_a_sign_in_that_is_tied_tells_nothing_of_elsewhere(business, other_business, customer):
    user_id = identity.make_user("alice@example.com", name="Alice")
    [alice] = contacts(business, customer)
    run(business, lambda: customers.link_user(business, [alice.id], user_id))
    signed_in(user_id, other_business, "203.0.113.7")
    copied = zipfile.ZipFile(BytesIO(export.put_together(Subject(business, customer), at=AT)))
    [sign_in] = json.loads(copied.read("data.json"))["data"]["identity_user"]
    assert sign_in["sessions"] == []


def test_what_a_person_gets_holds_their_earlier_addresses(business, customer):
    xerxes = add_contact(business, customer, "Xerxes", "xold@example.com")
    run(business, lambda: customers.change_address(business, "xold@example.com", "x@example.com"))
    with reading(business):
        known = queries.known(Subject(business, customer, xerxes))
    assert known.mails == ("x@example.com", "xold@example.com")


def test_what_nothing_opens_any_more_hinders_no_erasure(business, customer, gateway):
    xena = add_contact(business, customer, "Xena", "xena@example.com")
    with override_settings(SEALING_KEYS=keys_of("lost:" + "x" * 40, [])):
        mailed(business, customer, "alice@example.com", "For xena@example.com")
        body = event(business, '{"email": "xena@example.com"}')
    assert export.put_together(Subject(business, customer), at=AT)
    forget(business, customer, xena)
    assert [text for (text,) in letters(business, "text")] == [""]
    assert body_of(business, body) == ""
