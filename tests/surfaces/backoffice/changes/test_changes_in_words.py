"""What a change was about is told in the words of the pages that set it, never as it is stored."""

import html
import re
from decimal import Decimal
from typing import Any

import psycopg

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Act, Limit, Right, Role
from counterfoil.domain.identity.scopes import Scope
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.flows.people.privacy import retain
from counterfoil.surfaces.backoffice.changes.reading import UNSAID
from counterfoil.surfaces.backoffice.changes.words import column_words, source_words
from factories.businesses import AT
from factories.staff import colleague, own_role

_WATCHED = """
SELECT c.relname, a.attname FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.tgname = 'watched' AND a.attname <> 'business_id'
  AND a.attname <> ALL(string_to_array(
    coalesce(split_part(encode(t.tgargs, 'escape'), '\\000', 2), ''), ','))
"""


def told(owner: Any) -> str:
    answer = owner.get("settings/changes")
    assert answer.status_code == 200
    body = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", answer.content.decode())
    text = re.sub(r"<[^>]+>", "", body)
    return re.sub(r"\s+", " ", html.unescape(text))


def test_every_watched_table_and_column_has_a_word(database: None, addresses: Any) -> None:
    with psycopg.connect(addresses.owner_url) as owner:
        found = owner.execute(_WATCHED).fetchall()
    tables, columns = {one for one, _name in found}, {name for _one, name in found}
    assert tables
    assert {one for one in tables if source_words(one) == one} == set()
    assert {name for name in columns - UNSAID if column_words(name) == name} == set()


def test_a_limit_names_its_role_its_act_and_its_money(owner: Any, business: Any) -> None:
    by = colleague(business, Role.OWNER)
    role = staffing.save_role(business, None, "Chaser", (Right.CREDIT,), [], at=AT, by=by)
    for minor in (10_000, 25_050):
        staffing.write_limits_of_all(business, [Limit(Act.REFUND, "EUR", minor)])
        limits = [Limit(Act.CREDIT, "EUR", minor)]
        staffing.save_role(business, role, "Chaser", (Right.CREDIT,), limits, at=AT, by=by)
    body = told(owner)
    assert "Limit Everybody: Refunds Alone up to: €100.00 → €250.50" in body
    assert "Limit Chaser: Credit notes Alone up to: €100.00 → €250.50" in body
    assert "Limit Everybody: Refunds Alone up to: €100.00" in body
    staffing.write_limits_of_all(business, [])
    assert "Limit Everybody: Refunds Alone up to: €250.50" in told(owner)
    for raw in ("refund", "up_to_minor", "25050", "10000"):
        assert raw not in body


def test_rights_and_scopes_are_named(owner: Any, business: Any) -> None:
    own_role(business, "Chaser", (Right.EDIT_CUSTOMERS, Right.SEE_AS_CUSTOMER))
    scopes = [Scope.CUSTOMERS_WRITE, Scope.LEDGER_READ]
    identity.make_api_key(business, name="Shop", scopes=scopes, at=AT)
    body = told(owner)
    assert "What this person may do: See, Edit customers, See as the customer" in body
    assert "What it may do: Customers: read and write, Ledger: read" in body
    for raw in ("edit_customers", "customers:write", "ledger:read"):
        assert raw not in body


def test_a_members_role_and_name(owner: Any, desk: Any) -> None:
    desk(Role.COLLECTOR)
    body = told(owner)
    assert "Member of staff Collector Role: Collector" in body
    assert "collector" not in body


def test_settings_of_the_business(owner: Any, business: Any) -> None:
    card = {"percent": "1.5", "fixed": {"EUR": 30}, "cap": {"EUR": 500}}
    changes = {
        "surcharges": {"card": card},
        "debit_schemes": ["sepa_core", "ach"],
        "creditor_ref": "DE98ZZZ09999999999",
        "step_up_over": Decimal(7500),
        "locale": "de",
    }
    businesses.change(business, changes)
    body = told(owner)
    assert "Surcharges: – → Card: 1.5% + €0.30, at most €5.00" in body
    assert "Bank debit: – → SEPA Direct Debit, ACH debit" in body
    assert "Ask who pays from this amount on: 5,000 → 7,500" in body
    assert "Language: English → Deutsch" in body


def test_how_long_what_is_kept(owner: Any, business: Any) -> None:
    kept = retain.days(business)
    retain.change(business, kept | {"mails": 900})
    retain.change(business, kept | {"mails": 1000})
    body = told(owner)
    assert "How long what is kept Goes after: What mails said: 900 days →" in body
    assert "→ What mails said: 1,000 days" in body
