"""What was kept for long enough goes at night; what is younger, and the books, stay."""

from datetime import timedelta

import pytest
from django.test import override_settings

from counterfoil.domain.audit import queries as trail
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import NewInvitation
from counterfoil.domain.customers.writing import registrations
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.privacy.retention import RULES, days_of
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.people import manage
from counterfoil.flows.people.privacy import retain
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import InvalidInput
from factories.businesses import AT
from factories.invoices import issued_invoice, line

YEARS = AT + timedelta(days=3 * 365)
SEALED = "v1.k.sealed." + "m" * 43


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(FILES=tmp_path / "files"):
        yield


def event(business, ref, *, handled, remark=""):
    run(
        business,
        lambda: execute(
            """
            INSERT INTO payments_gatewayevent (business_id, id, gateway_account_id, ref, kind, body,
              received_at, handled_at, remark)
            SELECT %(business_id)s::uuid, uuidv7(), g.id, %(ref)s::text, 'charge',
              %(sealed)s::text, %(at)s::timestamptz,
              %(handled)s::timestamptz, %(remark)s::text
            FROM payments_gatewayaccount g WHERE g.business_id = %(business_id)s::uuid LIMIT 1
            """,
            {
                "business_id": business,
                "ref": ref,
                "at": AT,
                "handled": handled,
                "remark": remark,
                "sealed": SEALED,
            },
        ),
    )


def bodies(business):
    with reading(business):
        return dict(
            execute(
                "SELECT e.ref, e.body FROM payments_gatewayevent e "
                "WHERE e.business_id = %(business_id)s::uuid",
                {"business_id": business},
            )
        )


def test_bodies_of_old_events_go_and_those_that_wait_stay(business, gateway):
    event(business, "old", handled=AT)
    event(business, "waits", handled=None)
    event(business, "aside", handled=AT, remark="unplaced: nobody's")
    event(business, "new", handled=YEARS - timedelta(days=1))
    assert retain.apply(business, at=YEARS)["gateway_events"] == 1
    assert {ref for ref, body in bodies(business).items() if not body} == {"old"}


def test_batches_go_on_until_nothing_is_left(business, gateway, monkeypatch):
    from counterfoil.domain.privacy import retention

    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retain, "BATCH", 2)
    for number in range(5):
        event(business, f"old{number}", handled=AT)
    assert retain.apply(business, at=YEARS)["gateway_events"] == 5
    assert "gateway_events" not in retain.apply(business, at=YEARS)


@pytest.mark.parametrize("rule", ["invitations", "requests", "mandates"])
def test_no_rule_takes_more_than_a_batch_at_once(business, customer, gateway, rule, monkeypatch):
    from counterfoil.domain.privacy import retention

    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retain, "BATCH", 2)
    for number in range(5):
        MAKERS[rule](business, customer, number)
    name = "invitations" if rule == "requests" else rule
    counts = [retention.apply_once(business, name, days=430, at=YEARS) for _ in range(4)]
    assert counts == [2, 2, 1, 0]


def invitation(business, customer, number):
    new = NewInvitation(
        customer, "Eve", f"e{number}@example.com", "en", RIGHTS[Preset.PAYS],
        gets_invoices=False, gets_receipts=False,
    )  # fmt: skip
    invitation_id = manage.invite(business, new, by=manage.Manager(SYSTEM, None), at=AT)
    manage.withdraw(business, customer, invitation_id, at=AT)


def request(business, customer, number):
    email = f"e{number}@example.com"
    registrations.ask(business, email=email, name="Eve", number="INV-1", at=AT)
    with reading(business):
        [row] = registrations.waiting(business)
    registrations.decide(business, row, customer_id=None, by=SYSTEM, at=AT)


def mandate(business, customer, number):
    run(
        business,
        lambda: execute(
            """
            INSERT INTO payments_mandate (business_id, id, customer_id, gateway_account_id, scheme,
              state, reference, creditor_name, text, locale, accepted_at, accepted_by, created_at,
              ended_at, gateway_ref, creditor_ref, holder, country, last4, ip_address, user_agent,
              end_reason, checks)
            SELECT %(b)s::uuid, uuidv7(), %(customer)s::uuid, g.id, 'sepa', 'revoked',
              %(ref)s::text, 'Harrow', %(sealed)s::text, 'en', %(at)s::timestamptz,
              %(sealed)s::text, %(at)s::timestamptz, %(at)s::timestamptz, '', '',
              %(sealed)s::text, 'DE', '3000', '', '', '', 0
            FROM payments_gatewayaccount g WHERE g.business_id = %(b)s::uuid LIMIT 1
            """,
            {"b": business, "customer": customer, "ref": f"M-{number}", "at": AT, "sealed": SEALED},
        ),
    )


MAKERS = {"invitations": invitation, "requests": request, "mandates": mandate}


def test_the_trail_says_what_went_and_holds(business, customer, gateway):
    issued_invoice(business, customer, line("100"))
    identity.make_guest_link(business, None, customer, sent_to="alice@example.com", at=AT)
    seal_trail.seal(business, at=AT)
    retain.change(business, {"trail": 365})
    figures = retain.apply(business, at=YEARS)
    assert figures["guest_links"] == 1
    assert figures["trail"] > 0
    with reading(business):
        [note] = trail.notes(business, kinds=[NoteKind.ERASED])
    assert note.facts["guest_links"] == "1"
    seal_trail.seal(business, at=YEARS)
    assert prove(business).holds


def test_a_link_that_was_taken_back_stays_shut(business, customer):
    """Only to whom it went is forgotten: a link that nobody knew any more could be made anew."""
    token = identity.make_guest_link(business, None, customer, sent_to="a@example.com", at=AT)
    retain.apply(business, at=YEARS)
    from counterfoil.domain.identity import queries

    link = queries.guest_link(token)
    assert link is not None
    assert link.sent_to == ""


def test_a_neighbour_keeps_its_own(business, other_business, gateway):
    event(other_business, "old", handled=AT)
    retain.apply(business, at=YEARS)
    assert bodies(other_business)["old"] != ""


def test_a_business_says_for_how_long_within_limits(business):
    assert retain.days(business) == {one.name: one.days for one in RULES}
    retain.change(business, {"mails": 90})
    assert retain.days(business)["mails"] == 90
    with pytest.raises(InvalidInput) as refused:
        retain.change(business, {"mails": 89, "mandates": 10})
    assert [one.field for one in refused.value.problems] == ["mails", "mandates"]
    assert days_of({"mails": 1})["mails"] == 90


def test_sessions_that_are_over_go(database):
    from counterfoil.domain.identity.sessions import SessionStore

    session = SessionStore()
    session["a"] = 1
    session.save()
    assert retain.apply_everywhere(at=session.get_expiry_date() - timedelta(hours=1))[
        "sessions"] == 0  # fmt: skip
    assert retain.apply_everywhere(at=session.get_expiry_date() + timedelta(hours=1))[
        "sessions"] == 1  # fmt: skip
