"""No access yet: with the code of an invoice somebody gets it, without one staff decide; and nobody
learns anything before their address is proved."""

import re

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.writing import registrations
from counterfoil.domain.documents.codes import code_of
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.letters import render_document
from counterfoil.flows.people.privacy import erase
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.limits import CODE_GUESSES
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import encode, new_id
from factories.mails import mailbox, text_of
from factories.payments import pay
from factories.staff import Desk, client, hire, sign_in

FORM = {"name": "Nora New", "email": "nora@new.example", "number": "", "code": ""}


@pytest.fixture
def printed(business, issued, post, gateway):
    """An invoice whose PDF was made, and the code that stands on it."""
    invoice = issued()
    render_document.invoice_pdf(business, invoice.id, at=clock.now())
    return invoice, code_of(business, "invoice", invoice.id)


def mailed_code(tmp_path):
    text = text_of(mailbox(tmp_path / "mail")[-1])
    return next(
        line.strip() for line in text.splitlines() if re.fullmatch(r"[A-Z0-9-]{5,12}", line)
    )


def contacts(business, customer):
    with reading(business):
        return {one.email: one for one in known.contacts(business, [customer])}


def ask(browser, tmp_path, **changes):
    sent = browser.post("/register/", FORM | changes)
    assert (sent.status_code, sent["Location"]) == (302, "/register/confirm/")
    return browser.post("/register/confirm/", {"code": mailed_code(tmp_path)})


def test_with_the_code_of_an_invoice_somebody_is_in(portal, business, customer, printed, tmp_path):
    invoice, code = printed
    nora = portal()

    answer = ask(nora, tmp_path, number=invoice.number.lower(), code=code.lower())

    assert (answer.status_code, answer["Location"]) == (302, "/")
    made = contacts(business, customer)["nora@new.example"]
    assert set(made.rights) == {"see", "pay", "statements"}
    assert (made.gets_invoices, made.gets_receipts) == (False, False)
    assert "data-pay-button" in nora.get(f"/invoices/{invoice.number}").content.decode()
    assert nora.get("/people/").status_code == 403
    with reading(business):
        told = execute(
            "SELECT recipient, subject FROM notifications_message"
            " WHERE business_id = %(business)s::uuid AND template = 'people'",
            {"business": business},
        )
    assert [tuple(row) for row in told] == [
        ("alice@example.com", "nora@new.example can see the invoices of Alice now")
    ]


@pytest.mark.parametrize("wrong", ["number", "code", "both", "voided"])
def test_without_it_staff_decide_and_nothing_is_told(
    portal, business, customer, printed, tmp_path, wrong
):
    invoice, code = printed
    if wrong == "voided":
        from counterfoil.flows import issue_invoices
        from counterfoil.kernel.actor import SYSTEM

        issue_invoices.void(business, invoice.id, at=clock.now(), by=SYSTEM)
    number = "HW-NONE" if wrong in ("number", "both") else invoice.number
    typed = "AAAAA-AAAAA-AAAAA-AAAAA" if wrong in ("code", "both") else code

    answer = ask(portal(), tmp_path, number=number, code=typed)

    assert answer.status_code == 200
    assert "looks at your request and decides" in answer.content.decode()
    assert "nora@new.example" not in contacts(business, customer)
    with reading(business):
        assert [one.email for one in registrations.waiting(business)] == ["nora@new.example"]


def test_an_old_paper_leads_to_nothing_of_who_was_erased(
    portal, business, customer, printed, tmp_path
):
    """The books keep every document with the name on it; one of them would open them all."""
    invoice, code = printed
    pay(business, invoice)
    staff = Actor(ActorKind.STAFF, str(new_id()))
    erasure_id = erase.ask(Subject(business, customer), at=clock.now(), by=staff)
    erase.confirm(business, erasure_id, at=clock.now(), by=staff)

    answer = ask(portal(), tmp_path, number=invoice.number, code=code)

    assert "looks at your request and decides" in answer.content.decode()
    assert contacts(business, customer) == {}


def test_known_or_not_the_first_answer_is_the_same(portal, customer, printed, tmp_path):
    answers = []
    for email in ("alice@example.com", "nobody@example.com"):
        browser = portal()
        sent = browser.post("/register/", FORM | {"email": email})
        html = browser.get(sent["Location"]).content.decode()
        answers.append((sent.status_code, re.sub(r'value="\w{64}"', "", html.replace(email, ""))))
    assert answers[0] == answers[1]
    texts = [text_of(one).replace(code_in(one), "") for one in mailbox(tmp_path / "mail")]
    assert texts[0] == texts[1]


def code_in(message):
    found = [
        line for line in text_of(message).splitlines() if re.fullmatch(r"[A-Z0-9-]{5,12}", line)
    ]
    return found[0]


def test_who_has_access_already_just_comes_in(portal, customer, business, printed, tmp_path):
    answer = ask(portal(), tmp_path, email="alice@example.com")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    with reading(business):
        assert registrations.waiting(business) == []


def test_who_was_taken_out_waits_for_the_business(portal, business, customer, printed, tmp_path):
    invoice, code = printed
    ask(portal(), tmp_path, number=invoice.number, code=code)
    run(
        business,
        lambda: execute(
            "DELETE FROM customers_contact WHERE business_id = %(business)s::uuid"
            " AND email = 'nora@new.example' RETURNING id",
            {"business": business},
        ),
    )

    again = ask(portal(), tmp_path, number=invoice.number, code=code)

    assert again.status_code == 200
    assert "nora@new.example" not in contacts(business, customer)
    with reading(business):
        assert len(registrations.waiting(business)) == 1


def test_it_is_no_second_proof_for_who_is_signed_in(portal, business, customer, printed, tmp_path):
    invoice, code = printed
    nora = portal()
    ask(nora, tmp_path, number=invoice.number, code=code)
    session = nora.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()

    assert ask(nora, tmp_path, number=invoice.number, code=code)["Location"] == "/"

    assert [one["method"] for one in nora.session["account_authentication_methods"]] == ["password"]


def test_the_code_is_guessed_five_times_at_most(portal, customer, post, business):
    browser = portal()
    browser.post("/register/", FORM)

    answers = [browser.post("/register/confirm/", {"code": "WRONG1"}) for _ in range(6)]

    assert [one.status_code for one in answers] == [422, 422, 422, 422, 302, 302]
    with reading(business):
        assert registrations.waiting(business) == []


def test_mails_are_counted_by_address_and_by_caller(portal, customer, post):
    same = [portal().post("/register/", FORM).status_code for _ in range(4)]
    assert same == [302, 302, 302, 429]
    others = [
        portal().post("/register/", FORM | {"email": f"x{n}@new.example"}).status_code
        for n in range(7)
    ]
    assert others[-1] == 429


def test_switched_off_there_is_nothing(portal, business, customer):
    from counterfoil.surfaces.ui.middleware import HOSTS

    assert "/register/" in portal().get("/sign-in/").content.decode()
    businesses.change(business, {"takes_registrations": False})
    HOSTS.forget()
    assert portal().get("/register/").status_code == 404
    assert portal().post("/register/", FORM).status_code == 404
    assert "/register/" not in portal().get("/sign-in/").content.decode()


def test_staff_decide(portal, business, customer, other_customer, post, tmp_path, gateway):
    ask(portal(), tmp_path)
    with reading(business):
        row = registrations.waiting(business)[0]
    desk = sign_in(Desk(client()), hire(business, Role.OWNER))
    assert "asks for access" in desk.get("").content.decode()
    path = f"registrations/{encode('reg', row.id)}"
    found = desk.get(f"{path}?q=Bob").content.decode()
    chosen = encode("cus", other_customer)
    assert chosen in found

    assert desk.post(path, {"decision": "approve"}).status_code == 422
    assert desk.post(path, {"customer": chosen}).status_code == 422
    done = desk.post(path, {"decision": "approve", "customer": chosen, "preset": "sees"})

    assert done.status_code == 302
    made = contacts(business, other_customer)["nora@new.example"]
    assert set(made.rights) == {"see", "statements"}
    assert "nora@new.example" not in contacts(business, customer)
    again = desk.post(path, {"decision": "approve", "customer": encode("cus", customer),
                             "preset": "manages"})  # fmt: skip
    assert again.status_code == 302
    assert "nora@new.example" not in contacts(business, customer)


def test_or_refuse(portal, business, customer, post, tmp_path):
    ask(portal(), tmp_path)
    with reading(business):
        row = registrations.waiting(business)[0]
    desk = sign_in(Desk(client()), hire(business, Role.OWNER))

    desk.post(f"registrations/{encode('reg', row.id)}", {"decision": "refuse"})

    with reading(business):
        assert registrations.waiting(business) == []
    assert "nora@new.example" not in contacts(business, customer)


def test_tries_of_a_code_are_counted_over_all_sessions(portal, business, post, tmp_path):
    """Each session has five; the address has ten, however many sessions ask."""
    answers = []
    for _ in range(2):
        nora = portal()
        nora.post("/register/", FORM)
        answers += [
            nora.post("/register/confirm/", {"code": "WRONG"}).status_code for _ in range(5)
        ]
    assert answers == ([422] * 4 + [302]) * 2
    assert len(answers) == CODE_GUESSES.most
    last = portal()
    last.post("/register/", FORM)
    refused = last.post("/register/confirm/", {"code": mailed_code(tmp_path)})
    assert (refused.status_code, "Retry-After" in refused) == (429, True)
    assert asked_for(business) == 0


def asked_for(business):
    """How many wait for the business's word."""
    with reading(business):
        rows = execute(
            "SELECT count(*) FROM customers_registration WHERE business_id = %(business)s::uuid",
            {"business": business},
        )
    return rows[0][0]
