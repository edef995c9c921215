"""Inviting, accepting, changing and removing people, and what each of them is told."""

import re
from datetime import timedelta
from functools import partial

import pytest

from counterfoil.domain.arrangements import queries as plans
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.models import Invitation
from counterfoil.domain.customers.rights import ALL, RIGHTS, ContactRight, Preset
from counterfoil.domain.customers.rows import ContactChange
from counterfoil.domain.customers.writing import invitations, people
from counterfoil.domain.customers.writing.invitations import LIFE
from counterfoil.domain.identity.secrets import invitation_secret
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.letters import deliver_messages
from counterfoil.flows.people import manage
from counterfoil.flows.people.manage import Manager
from counterfoil.flows.people.privacy import erase
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import encode
from factories.keeping import keep_method
from factories.mails import mailbox, text_of
from factories.sealed import letters
from races.racing import kinds, race

FORM = {
    "email": "Bea@Books.example", "name": "Bea Books", "preset": "sees", "locale": "de",
    "gets_invoices": "on",
}  # fmt: skip


def contacts(business, customer):
    with reading(business):
        return {one.email: one for one in known.contacts(business, [customer])}


def waiting(business, customer):
    with reading(business):
        return invitations.invitations(business, customer)


def join_path(business, customer):
    row = waiting(business, customer)[0]
    return f"/join/{invitation_secret(business, row.id, row.sends)}"


def mails(business):
    return letters(business, "recipient", "subject", "text", "id")


@pytest.fixture
def german(business, customer):
    """Alice reads German."""
    sql = "UPDATE customers_contact SET locale = 'de' WHERE business_id = %(business)s::uuid"
    run(business, lambda: execute(sql, {"business": business}))


def test_a_mail_is_in_its_readers_language_to_the_last_line(
    owner, german, business, customer, post
):
    assert owner.post("/people/", FORM | {"locale": "en"}).status_code == 302
    text = mails(business)[-1][2]
    assert "Harrow, United Kingdom" in text
    assert "a contact address of" not in text
    assert "because you are invited to the invoices of Alice" in text


def test_the_form_proposes_the_language_of_whoever_invites(owner, german):
    page = owner.get("/people/").content.decode()
    assert re.search(r'<option value="de"[^>]*\bselected', page)


@pytest.fixture
def invited(owner, business, customer):
    assert owner.post("/people/", FORM).status_code == 302
    return join_path(business, customer)


def test_asked_in_with_four_clicks_and_a_mail_that_says_what_for(
    owner, invited, business, customer, post, tmp_path
):
    page = owner.get("/people/").content.decode()
    assert "bea@books.example" in page
    assert "Waiting" in page
    recipient, subject, text, message_id = mails(business)[0]

    assert recipient == "bea@books.example"
    assert "Alice" in subject
    assert invited.removeprefix("/join/") not in text  # the database keeps no secret
    deliver_messages.deliver(business, message_id, at=clock.now())
    sent = text_of(mailbox(tmp_path / "mail")[0])
    assert f"://harrow.example{invited}" in sent


def test_looking_uses_nothing_up_and_the_button_works_once(portal, invited, business, customer):
    for look in (portal().get, portal().head, portal().get):
        assert look(invited).status_code == 200
    assert "bea@books.example" not in contacts(business, customer)
    bea = portal()

    answer = bea.post(invited)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert bea.get("/invoices/").status_code == 200
    made = contacts(business, customer)["bea@books.example"]
    assert (made.name, made.locale, set(made.rights)) == (
        "Bea Books", "de", {"see", "statements"},
    )  # fmt: skip
    assert (made.gets_invoices, made.gets_receipts) == (True, False)
    assert portal().post(invited).status_code == 410
    assert "accepted already" in portal().get(invited).content.decode()


def test_only_one_of_two_clicks_at_once(invited, business, customer):
    token = invited.removeprefix("/join/")

    both = race(
        lambda: manage.accept(business, token, at=clock.now()),
        lambda: manage.accept(business, token, at=clock.now()),
    )

    assert kinds(both) == ["InvitationOver", "ok"]


def test_sent_again_withdrawn_and_expired(owner, portal, invited, business, customer):
    row = waiting(business, customer)[0]
    outside = encode("ivt", row.id)
    owner.post(f"/invitations/{outside}/again")
    newer = join_path(business, customer)

    assert newer != invited
    assert "sent again" in portal().post(invited).content.decode()
    rows = Invitation.objects.for_business(business)
    run(business, lambda: rows.update(expires_at=clock.now()))
    assert portal().post(newer).status_code == 410
    assert "expired" in owner.get("/people/").content.decode()
    owner.post(f"/invitations/{outside}/again")
    assert portal().get(join_path(business, customer)).status_code == 200
    newest = join_path(business, customer)
    owner.post(f"/invitations/{outside}/withdraw")
    assert "withdrawn" in portal().get(newest).content.decode()
    assert waiting(business, customer) == []
    assert owner.post("/people/", FORM).status_code == 302  # and asked anew


def test_an_invitation_lives_for_14_days(invited, business, customer):
    row = waiting(business, customer)[0]
    assert row.expires_at - row.sent_at == LIFE == timedelta(days=14)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "nobody"}, "mail address"),
        ({"email": "alice@example.com"}, "contact with this address already"),
        ({"preset": ""}, "Choose what this person may do"),
        ({"preset": "everything"}, "Choose what this person may do"),
        ({"name": "x" * 121}, "120"),
    ],
)
def test_what_can_not_be_asked_is_said_beside_the_form(owner, business, customer, change, words):
    answer = owner.post("/people/", FORM | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert waiting(business, customer) == []


def test_nobody_is_asked_twice(owner, invited):
    answer = owner.post("/people/", FORM)
    assert answer.status_code == 422
    assert "invited already" in answer.content.decode()


def test_another_business_and_another_customer_find_nothing(
    portal, invited, other_business, other_customer, colleague, business, customer
):
    from counterfoil.surfaces.ui.middleware import HOSTS

    HOSTS.forget()
    there = portal()
    there.defaults["HTTP_HOST"] = "mill.example"
    assert there.get(invited).status_code == 404
    changed = invited[:-1] + ("A" if invited[-1] != "A" else "B")
    assert portal().get(changed).status_code == 404
    _who, stranger = colleague("manages", "bob2@example.com", other_customer)
    outside = encode("ivt", waiting(business, customer)[0].id)
    assert stranger.post(f"/invitations/{outside}/again").status_code == 404
    alice_id = next(iter(contacts_of_alice(business)))
    assert stranger.get(f"/people/{encode('con', alice_id)}").status_code == 404
    assert stranger.post(f"/people/{encode('con', alice_id)}/remove").status_code == 404


def contacts_of_alice(business):
    with reading(business):
        return [one.contact_id for one in known.people(business, "alice@example.com")]


def test_a_change_is_told_and_holds_at_once(owner, business, customer, colleague, issued, gateway):
    who, browser = colleague("sees")
    invoice = issued()
    path = f"/people/{encode('con', who)}"
    assert 'value="sees" checked' in owner.get(path).content.decode()

    owner.post(path, {"preset": "pays", "gets_receipts": "on"})

    assert "data-pay-button" in browser.get(f"/invoices/{invoice.number}").content.decode()
    told = [row for row in mails(business) if row[0] == "sees@example.com"]
    assert len(told) == 1
    assert "Sees and pays" in told[0][2]
    made = contacts(business, customer)["sees@example.com"]
    assert (made.gets_invoices, made.gets_receipts) == (False, True)
    owner.post(path, {"preset": "pays", "gets_invoices": "on"})  # only mails: no news of rights
    assert len([row for row in mails(business) if row[0] == "sees@example.com"]) == 1


def test_a_removed_persons_sessions_end_at_once(owner, business, customer, colleague, issued):
    who, browser = colleague("pays")
    assert browser.get("/invoices/").status_code == 200

    owner.post(f"/people/{encode('con', who)}/remove")

    assert browser.get("/invoices/")["Location"].startswith("/sign-in/")
    assert browser.get(f"/invoices/{issued().number}").status_code == 302
    assert "pays@example.com" not in contacts(business, customer)
    assert [row[1] for row in mails(business)] == ["You have no access to Alice any more"]


def test_what_was_planned_is_asked_about(owner, business, customer, colleague, issued, gateway):
    who, browser = colleague("pays")
    keep_method(business, customer)
    path = f"/people/{encode('con', who)}/remove"
    html = browser.get(f"/invoices/{issued().number}").content.decode()
    browser.post("/planned/", planned(html))

    asked = owner.get(path).content.decode()
    assert "One payment is planned by Pays" in asked
    assert owner.post(path).status_code == 422
    assert "pays@example.com" in contacts(business, customer)  # nothing happened yet
    assert owner.post(path, {"planned": "keep"}).status_code == 302
    with reading(business):
        assert len(plans.schedules_of(business, customer)) == 1


def test_or_cancelled_with_the_person(owner, business, customer, colleague, issued, gateway):
    who, browser = colleague("pays")
    keep_method(business, customer)
    html = browser.get(f"/invoices/{issued().number}").content.decode()
    browser.post("/planned/", planned(html))

    owner.post(f"/people/{encode('con', who)}/remove", {"planned": "cancel"})

    with reading(business):
        assert plans.schedules_of(business, customer) == []
    assert "cancelled" in owner.get("/people/").content.decode()


def planned(html):
    form = re.search(r'<form[^>]*action="/planned/".*?</form>', html, re.DOTALL).group()
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    way = re.search(r'name="way" value="([^"]+)" checked', form)
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    return found | {"way": way.group(1), "pay_date": day}


def test_the_last_who_looks_after_people_stays(owner, business, customer, colleague):
    colleague("pays")
    me = contacts_of_alice(business)[0]
    path = f"/people/{encode('con', me)}"

    for sent in ({"preset": "pays"}, {"preset": "statements"}):
        answer = owner.post(path, sent)
        assert answer.status_code == 422
        assert "Somebody has to look after people" in answer.content.decode()
    assert owner.post(f"{path}/remove").status_code == 422
    assert set(contacts(business, customer)["alice@example.com"].rights) == set(ALL)


def test_two_who_go_at_the_same_moment_leave_one(business, customer, colleague):
    other, _browser = colleague("manages")
    me = contacts_of_alice(business)[0]

    def leave(contact_id):
        by = Manager(Actor(ActorKind.CONTACT, str(contact_id)), ALL)
        return manage.remove(business, customer, contact_id, decided=None, by=by, at=clock.now())

    for _ in range(3):
        results = race(partial(leave, me), partial(leave, other))
        assert kinds(results) == ["LastManager", "ok"]
        left = [
            one for one in contacts(business, customer).values() if one.may(ContactRight.PEOPLE)
        ]
        assert len(left) == 1
        if left[0].id == me:
            other, _browser = colleague("manages")
        else:
            break


@pytest.mark.parametrize("ends", ["removed", "reduced", "erased"])
def test_who_looks_after_people_no_more_takes_their_invitations_along(
    owner, colleague, portal, business, customer, ends
):
    """Or whoever is taken out comes back by a second address that they had asked in before."""
    who, browser = colleague("manages")
    asked = FORM | {"email": "again@example.com", "preset": "manages"}
    assert browser.post("/people/", asked).status_code == 302
    path = join_path(business, customer)
    outside = encode("con", who)

    if ends == "removed":
        assert owner.post(f"/people/{outside}/remove").status_code == 302
    elif ends == "reduced":
        assert owner.post(f"/people/{outside}", {"preset": "sees"}).status_code == 302
    else:
        staff, at = Actor(ActorKind.STAFF, str(who)), clock.now()
        erasure_id = erase.ask(Subject(business, customer, who), at=at, by=staff)
        erase.confirm(business, erasure_id, at=at, by=staff)

    assert portal().post(path).status_code == 410
    assert "again@example.com" not in contacts(business, customer)


def test_nobody_gives_what_they_do_not_have(business, customer, colleague):
    who, _browser = colleague("sees")
    some = frozenset({ContactRight.SEE, ContactRight.PEOPLE})
    by = Manager(Actor(ActorKind.CONTACT, "x"), some)

    with pytest.raises(people.RightNotYours):
        manage.change(
            business, customer, who, ContactChange(RIGHTS[Preset.PAYS], True, True),
            by=by, at=clock.now(),
        )  # fmt: skip


def test_who_does_not_look_after_people_is_refused(colleague, business, customer):
    for preset in ("pays", "sees", "statements"):
        _who, browser = colleague(preset)
        assert browser.get("/people/").status_code == 403
        assert browser.post("/people/", FORM).status_code == 403
    assert waiting(business, customer) == []
