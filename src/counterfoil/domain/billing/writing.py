"""How documents and their parts go into the tables: arrays, one statement a table."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.billing.arithmetic import Sums
from counterfoil.domain.billing.drafts import NewCreditNote, NewInvoice, clean_text
from counterfoil.domain.customers import queries as customers
from counterfoil.infra.db import execute
from counterfoil.infra.postgres import acting
from counterfoil.infra.secrets.box import place_of, seal_long
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, new_id, new_ids

New = NewInvoice | NewCreditNote

_HEAD = """customer_id, currency, discount_percent, subtotal_minor, discount_minor, tax_minor,
  total_minor, line_count, notes, external_ref, created_at"""
_HEAD_ARRAYS = """%(customers)s::uuid[], %(currencies)s::text[], %(discounts)s::numeric[],
  %(subtotals)s::bigint[], %(discount_minors)s::bigint[], %(tax_minors)s::bigint[],
  %(totals)s::bigint[], %(counts)s::int[], %(notes)s::text[], %(refs)s::text[]"""
_HEAD_NAMES = """customer_id, currency, discount_percent, subtotal_minor, discount_minor,
  tax_minor, total_minor, line_count, notes, external_ref"""


def _head_columns(new: Sequence[New], sums: Sequence[Sums]) -> dict[str, list[Any]]:
    return {
        "customers": [one.customer_id for one in new],
        "currencies": [one.currency for one in new],
        "discounts": [one.discount_percent for one in new],
        "subtotals": [one.subtotal.minor for one in sums],
        "discount_minors": [one.discount.minor for one in sums],
        "tax_minors": [one.tax.minor for one in sums],
        "totals": [one.total.minor for one in sums],
        "counts": [len(one.nets) for one in sums],
        "notes": [clean_text(one.notes) for one in new],
        "refs": [clean_text(one.external_ref) for one in new],
    }


def insert_invoices(
    business_id: BusinessId,
    ids: Sequence[UUID],
    new: Sequence[NewInvoice],
    sums: Sequence[Sums],
    *,
    at: datetime,
) -> int:
    """Writes draft heads; returns how many (fewer if an external reference is taken)."""
    rows = execute(
        f"""
        INSERT INTO billing_invoice (business_id, id, state, number, due_date, terms_days, party,
                                     {_HEAD})
        SELECT %(business_id)s::uuid, d.id, 'draft', '', d.due_date, d.terms_days, '',
               {", ".join("d." + name.strip() for name in _HEAD_NAMES.split(","))},
               %(at)s::timestamptz
        FROM unnest(%(ids)s::uuid[], %(dues)s::date[], %(terms)s::int[], {_HEAD_ARRAYS})
          AS d(id, due_date, terms_days, {_HEAD_NAMES})
        ON CONFLICT DO NOTHING RETURNING id
        """,  # noqa: S608  our own column names
        {
            "business_id": business_id,
            "ids": list(ids),
            "dues": [one.due_date for one in new],
            "terms": [one.terms_days for one in new],
            "at": at,
            **_head_columns(new, sums),
        },
    )
    return len(rows)


def update_draft(business_id: BusinessId, invoice_id: UUID, new: NewInvoice, sums: Sums) -> None:
    """Writes the head of a draft anew."""
    execute(
        f"""
        UPDATE billing_invoice i SET due_date = d.due_date, terms_days = d.terms_days,
          {", ".join(f"{n.strip()} = d.{n.strip()}" for n in _HEAD_NAMES.split(","))}
        FROM unnest(%(dues)s::date[], %(terms)s::int[], {_HEAD_ARRAYS})
          AS d(due_date, terms_days, {_HEAD_NAMES})
        WHERE i.business_id = %(business_id)s::uuid AND i.id = %(id)s::uuid AND i.state = 'draft'
        """,  # noqa: S608  our own column names
        {
            "business_id": business_id,
            "id": invoice_id,
            "dues": [new.due_date],
            "terms": [new.terms_days],
            **_head_columns([new], [sums]),
        },
    )


def sealed_parties(
    business_id: BusinessId, table: str, owners: Sequence[tuple[UUID, UUID]]
) -> list[str]:
    """For each document with its customer: who the customer is now, sealed to stay with it. Refuses
    a customer that is not there (`NotFound`), and what can't be opened (`SealBroken`)."""
    known = customers.customers(business_id, sorted({customer for _, customer in owners}))
    told = {one.id: json.dumps(one.particulars) for one in known.values()}
    if any(customer not in told for _, customer in owners):
        raise NotFound
    return [seal_long(told[customer], place_of(table, "party", one)) for one, customer in owners]


def insert_credit_notes(
    business_id: BusinessId,
    ids: Sequence[UUID],
    new: Sequence[NewCreditNote],
    sums: Sequence[Sums],
    head: Mapping[str, Any],
    *,
    at: datetime,
) -> int:
    """Writes credit note heads, issued by who acts now; returns how many (fewer if an external
    reference is taken)."""
    owners = [(one_id, one.customer_id) for one_id, one in zip(ids, new, strict=True)]
    parties = sealed_parties(business_id, "billing_creditnote", owners)
    rows = execute(
        f"""
        INSERT INTO billing_creditnote (business_id, id, series_id, number, issue_date, issued_at,
                                        invoice_id, reason, issued_by, party, {_HEAD})
        SELECT %(business_id)s::uuid, d.id, %(series_id)s::uuid, d.number, d.day,
               %(at)s::timestamptz, d.invoice_id, d.reason, %(issued_by)s::text, d.party,
               {", ".join("d." + name.strip() for name in _HEAD_NAMES.split(","))},
               %(at)s::timestamptz
        FROM unnest(%(ids)s::uuid[], %(numbers)s::text[], %(days)s::date[],
                    %(invoices)s::uuid[], %(reasons)s::text[], %(parties)s::text[], {_HEAD_ARRAYS})
          AS d(id, number, day, invoice_id, reason, party, {_HEAD_NAMES})
        ON CONFLICT DO NOTHING RETURNING id
        """,  # noqa: S608  our own column names
        {
            "business_id": business_id,
            "ids": list(ids),
            "invoices": [one.invoice_id for one in new],
            "reasons": [clean_text(one.reason)[:300] for one in new],
            "issued_by": acting.who()[0],
            "parties": parties,
            "at": at,
            **head,
            **_head_columns(new, sums),
        },
    )
    return len(rows)


def insert_parts(
    business_id: BusinessId,
    kind: str,
    ids: Sequence[UUID],
    new: Sequence[New],
    sums: Sequence[Sums],
    *,
    at: datetime,
) -> None:
    """Writes the lines and taxes of documents of one kind (`invoice` or `credit_note`)."""
    flat = [
        (owner, position, line, computed.nets[position - 1].minor, _line_id(one, position))
        for owner, one, computed in zip(ids, new, sums, strict=True)
        for position, line in enumerate(one.lines, start=1)
    ]
    table = kind.replace("_", "")
    extra = ", invoice_line_id" if kind == "credit_note" else ""
    extra_value = ", d.invoice_line_id" if extra else ""
    execute(
        f"""
        INSERT INTO billing_{table}line (business_id, id, {kind}_id, position, description,
          quantity, unit_price, discount_percent, tax_rate, net_minor{extra})
        SELECT %(business_id)s::uuid, d.id, d.owner, d.position, d.description, d.quantity,
               d.unit_price, d.discount_percent, d.tax_rate, d.net_minor{extra_value}
        FROM unnest(%(ids)s::uuid[], %(owners)s::uuid[], %(positions)s::int[],
                    %(descriptions)s::text[], %(quantities)s::numeric[], %(prices)s::numeric[],
                    %(discounts)s::numeric[], %(rates)s::numeric[], %(nets)s::bigint[],
                    %(line_ids)s::uuid[])
          AS d(id, owner, position, description, quantity, unit_price, discount_percent,
               tax_rate, net_minor, invoice_line_id)
        """,  # noqa: S608  our own column names
        {
            "business_id": business_id,
            "ids": new_ids(len(flat), at=at),
            "owners": [row[0] for row in flat],
            "positions": [row[1] for row in flat],
            "descriptions": [clean_text(row[2].description) for row in flat],
            "quantities": [row[2].quantity for row in flat],
            "prices": [row[2].unit_price for row in flat],
            "discounts": [row[2].discount_percent for row in flat],
            "rates": [row[2].tax_rate for row in flat],
            "nets": [row[3] for row in flat],
            "line_ids": [row[4] for row in flat],
        },
    )
    _insert_taxes(business_id, kind, ids, sums)


def _line_id(one: New, position: int) -> UUID | None:
    if isinstance(one, NewCreditNote) and one.line_ids:
        return one.line_ids[position - 1]
    return None


def _insert_taxes(
    business_id: BusinessId, kind: str, ids: Sequence[UUID], sums: Sequence[Sums]
) -> None:
    flat = [(owner, row) for owner, one in zip(ids, sums, strict=True) for row in one.taxes]
    table = kind.replace("_", "")
    execute(
        f"""
        INSERT INTO billing_{table}tax (business_id, id, {kind}_id, rate, base_minor, tax_minor)
        SELECT %(business_id)s::uuid, d.id, d.owner, d.rate, d.base_minor, d.tax_minor
        FROM unnest(%(ids)s::uuid[], %(owners)s::uuid[], %(rates)s::numeric[],
                    %(bases)s::bigint[], %(taxes)s::bigint[])
          AS d(id, owner, rate, base_minor, tax_minor)
        """,  # noqa: S608  our own column names
        {
            "business_id": business_id,
            "ids": [new_id() for _ in flat],
            "owners": [owner for owner, _ in flat],
            "rates": [row.rate for _, row in flat],
            "bases": [row.base.minor for _, row in flat],
            "taxes": [row.tax.minor for _, row in flat],
        },
    )
