"""A row of each kind that an address of the backoffice names, of one business; where the address
uses its row up, the row is for that address alone."""

from typing import Any
from uuid import UUID

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.customers import operations as customers_writing
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import NewContact, NewInvitation
from counterfoil.domain.customers.writing import registrations
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications import operations as notifications
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.aftermath import write_off
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.letters import send_messages
from counterfoil.flows.people import manage
from counterfoil.flows.people.manage import Manager
from counterfoil.flows.people.privacy import erase, export
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT
from factories.customers import add_customer
from factories.invoices import draft_invoice, issued_invoice
from factories.payments import pay
from factories.staff import asked_approval, colleague, own_role, sign_on
from surfaces.backoffice.every.money import money_rows

Rows = dict[str, UUID | str]


def every_row(business_id: BusinessId, customer_id: UUID) -> Rows:
    """One of each kind; new payments of the business go to the scripted gateway."""
    found: Rows = {"customer": customer_id, "preset": "finance", "kind": "scripted"}
    found |= {"whose": "staff", "spoken": "oidc"}
    found |= _documents(business_id, customer_id)
    found |= _people(business_id, customer_id)
    found |= _links(business_id, customer_id, found["invoice"])
    paid = issued_invoice(business_id, customer_id)
    attempt = pay(business_id, paid)
    found |= {"payment": attempt.id, "paid": paid.id}
    found |= money_rows(business_id, customer_id, attempt)
    found |= _house(business_id)
    seal_trail.seal(business_id, at=clock.now())
    with reading(business_id):
        found["record"] = audit.records(business_id)[-1].id
    return found


def _documents(business_id: BusinessId, customer_id: UUID) -> Rows:
    found: Rows = {}
    for name in ("invoice", "spare", "creditable", "doubtful", "given_up", "addressed"):
        found[name] = issued_invoice(business_id, customer_id).id
    for name in ("draft", "draft_to_issue", "draft_to_delete"):
        found[name] = draft_invoice(business_id, customer_id)
    gone = found["given_up"]
    write_off.write_off(business_id, gone, "Gone", at=AT, by=SYSTEM, at_most_minor=10_000)
    (message,) = send_messages.send_invoice(business_id, found["invoice"], at=AT)
    notifications.claim(business_id, message, at=AT)
    notifications.mark_failed(business_id, message, problem="no such mailbox", at=AT)
    return found | {"message": message}


def _people(business_id: BusinessId, customer_id: UUID) -> Rows:
    at, mark = clock.now(), business_id.hex[-6:]
    new = NewContact(name="Bea", email=f"bea@{mark}.example")
    customers_writing.add_contacts(business_id, customer_id, [new], at=at)
    with reading(business_id):
        first, second = customers.contacts(business_id, [customer_id])
    invited = [
        manage.invite(business_id, NewInvitation(
            customer_id, "", f"{word}@{mark}.example", "en", RIGHTS[Preset.SEES],
            gets_invoices=False, gets_receipts=False,
        ), by=Manager(SYSTEM, None), at=at)
        for word in ("cora", "dora")
    ]  # fmt: skip
    registrations.ask(business_id, email=f"nora@{mark}.example", name="Nora", number="", at=at)
    leaver = add_customer(business_id, "Leo")
    with reading(business_id):
        (asked,) = registrations.waiting(business_id)
    return {
        "contact": first.id,
        "contact_to_remove": second.id,
        "invited": invited[0],
        "invited_to_withdraw": invited[1],
        "registration": asked.id,
        "copy": export.ask(Subject(business_id, customer_id, None), at=at, by=SYSTEM),
        "leaver": leaver,
        "erasure": erase.ask(Subject(business_id, leaver, None), at=at, by=SYSTEM),
    }


def _links(business_id: BusinessId, customer_id: UUID, invoice_id: Any) -> Rows:
    found: Rows = {}
    for name in ("link", "link_to_end", "link_locked", "link_of_invoice", "link_of_balance"):
        about = None if name == "link_of_balance" else invoice_id
        token = identity.make_guest_link(
            business_id, about, customer_id, sent_to="alice@example.com", at=clock.now()
        )
        made = queries.guest_link(token)
        assert made is not None
        found[name] = made.id
    identity.lock_paying(business_id, found["link_locked"], at=clock.now())
    return found


def _house(business_id: BusinessId) -> Rows:
    mark, at = business_id.hex[-6:], clock.now()
    owner_id = colleague(business_id, Role.OWNER)
    alarms.sound(business_id, AlarmKind.PAGE, "script-src", at=at)
    for word in ("first", "second"):
        identity.make_api_key(business_id, name=word, at=at)
    keys = {one.name: one.id for one in queries.api_keys(business_id)}
    with reading(business_id):
        (alarm,) = alarms.alarms(business_id, limit=2)
    return {
        "alarm": alarm.id,
        "person": colleague(business_id),
        "leaving": colleague(business_id, Role.SUPPORT),
        "asked_in": staffing.invite(
            business_id, f"eve@{mark}.example", Post(Role.READONLY), at=at, by=owner_id
        ),
        "role": own_role(business_id),
        "role_to_remove": own_role(business_id, "Nobody's"),
        "sign_on": sign_on(business_id, f"{mark}.example"),
        "sign_on_to_remove": sign_on(business_id, f"old-{mark}.example"),
        "key": keys["first"],
        "key_to_revoke": keys["second"],
    }


def own_wish(business_id: BusinessId, rows: Rows, email: str) -> None:
    """Puts in what the member with this mail address asks a second person for."""
    with reading(business_id):
        (member,) = [one for one in queries.members(business_id) if one.email == email]
        attempt = payments.attempt(business_id, UUID(str(rows["to_wish"])))
    rows["own_wish"] = asked_approval(business_id, attempt, by=member)
