"""The only writer of documents: draft, change, delete, issue, void, credit; one is a batch of
one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.domain.approvals.deciders import check_whole
from counterfoil.domain.billing import queries
from counterfoil.domain.billing.drafts import (
    TERMS_DEFAULT_DAYS,
    NewCreditNote,
    NewInvoice,
    checked_credit,
    checked_sums,
)
from counterfoil.domain.billing.rows import IssuedCreditNote, IssuedInvoice
from counterfoil.domain.billing.series import (
    CREDIT_SERIES,
    IMPORT_SERIES,
    INVOICE_SERIES,
    check_format,
    marked,
    number_text,
)
from counterfoil.domain.billing.states import INVOICE, DocumentState
from counterfoil.domain.billing.writing import (
    insert_credit_notes,
    insert_invoices,
    insert_parts,
    sealed_parties,
    update_draft,
)
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many, remove_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, new_id, new_ids

INVOICES = Stored(INVOICE, "billing_invoice")


class NotADraft(Conflict):
    """Only a draft can be changed or issued."""

    code = "not_a_draft"
    message = "This invoice was issued already; it can't be changed any more."


@held_by("billing_invoice_external_once", "billing_credit_external_once")
class ExternalRefTaken(Conflict):
    """The customer has a document with this reference already."""

    code = "external_ref_taken"
    message = "This customer already has a document with this external reference."


class CreditTooHigh(Refused):
    """More would be credited than was invoiced."""

    code = "credit_too_high"
    message = "This is more than the invoice has left to credit."


@operation
def draft(
    business_id: BusinessId, new: Sequence[NewInvoice], *, at: datetime, by: Actor
) -> list[UUID]:
    """Writes drafts and returns their ids in order. Refuses input that `checked_sums` refuses and
    an external reference that the customer has already; then nothing is written."""
    sums = [checked_sums(one) for one in new]
    ids = new_ids(len(new), at=at)
    if insert_invoices(business_id, ids, new, sums, at=at) != len(new):
        raise ExternalRefTaken
    insert_parts(business_id, "invoice", ids, new, sums, at=at)
    begin_many(business_id, INVOICE, ids, at=at, by=by)
    return ids


@operation
def change_draft(
    business_id: BusinessId, invoice_id: UUID, new: NewInvoice, *, at: datetime
) -> None:
    """Replaces a draft as a whole; refuses what is no draft any more (`NotADraft`), and an external
    reference that another invoice of the customer has (`ExternalRefTaken`)."""
    sums = checked_sums(new)
    _lock_drafts(business_id, [invoice_id])
    _delete_parts(business_id, [invoice_id])
    update_draft(business_id, invoice_id, new, sums)
    insert_parts(business_id, "invoice", [invoice_id], [new], [sums], at=at)


@operation
def delete_drafts(business_id: BusinessId, ids: Sequence[UUID], *, at: datetime, by: Actor) -> None:
    """Deletes drafts with their lines; only their histories stay, and say who did it. Refuses one
    that was issued meanwhile (`NotADraft`) or that is not there (`NotFound`): then all stay."""
    _lock_drafts(business_id, ids)
    _delete_parts(business_id, ids)
    moves = [Move(one, DocumentState.DRAFT, DocumentState.DELETED) for one in ids]
    remove_many(business_id, INVOICES, moves, at=at, by=by)


def _delete_parts(business_id: BusinessId, ids: Sequence[UUID]) -> None:
    params = {"business_id": business_id, "ids": list(ids)}
    for table in ("billing_invoiceline", "billing_invoicetax"):
        where = "business_id = %(business_id)s::uuid AND invoice_id = ANY(%(ids)s::uuid[])"
        execute(f"DELETE FROM {table} WHERE {where}", params)  # noqa: S608  our own names


def _lock_drafts(business_id: BusinessId, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    rows = execute(
        """
        SELECT i.id, i.state, i.due_date, i.terms_days, i.customer_id FROM billing_invoice i
        WHERE i.business_id = %(business_id)s::uuid AND i.id = ANY(%(ids)s::uuid[])
        ORDER BY i.id FOR UPDATE
        """,
        {"business_id": business_id, "ids": list(ids)},
    )
    if len(rows) != len(set(ids)):
        raise NotFound
    names = ("id", "state", "due", "terms", "customer")
    found = {row[0]: dict(zip(names, row, strict=True)) for row in rows}
    if any(row["state"] != DocumentState.DRAFT for row in found.values()):
        raise NotADraft
    return [found[one] for one in ids]


def allot_numbers(
    business_id: BusinessId, series: str, count: int, *, on: Sequence[date]
) -> tuple[UUID, list[str]]:
    """So many numbers of a series without a gap: its row stays locked until the commit."""
    rows = execute(
        """
        UPDATE billing_series SET next_number = next_number + %(count)s::bigint
        WHERE business_id = %(business_id)s::uuid AND code = %(code)s::text
        RETURNING id, format, next_number - %(count)s::bigint
        """,
        {"business_id": business_id, "code": series, "count": count},
    )
    if not rows:
        raise NotFound(f"There is no number series {series}.")
    series_id, template, first = rows[0]
    return series_id, [number_text(template, first + i, on=day) for i, day in enumerate(on)]


@dataclass(frozen=True, slots=True)
class IssueTerms:
    """The day of issue, and for imports the days that each invoice was really issued on."""

    today: date
    series: str = INVOICE_SERIES
    days: Sequence[date] = ()


@operation
def issue(
    business_id: BusinessId, ids: Sequence[UUID], terms: IssueTerms, *, at: datetime, by: Actor
) -> list[IssuedInvoice]:
    """Gives drafts their numbers, dates and the customer's particulars as they are now, sealed.

    Refuses what is no draft (`NotADraft`), and particulars that can't be opened (`SealBroken`); all
    or none. The series' row is locked last, so that
    other issues wait as little as can be.
    """
    drafts = _lock_drafts(business_id, ids)
    parties = sealed_parties(
        business_id, INVOICES.table, [(row["id"], row["customer"]) for row in drafts]
    )
    days = list(terms.days) or [terms.today] * len(ids)
    series_id, numbers = allot_numbers(business_id, terms.series, len(ids), on=days)
    moves = [
        Move(
            row["id"],
            DocumentState.DRAFT,
            DocumentState.ISSUED,
            columns={
                "number": number,
                "series_id": series_id,
                "issued_at": at,
                "issue_date": day,
                "due_date": row["due"] or day + _terms(row["terms"]),
                "party": party,
            },
        )
        for row, number, day, party in zip(drafts, numbers, days, parties, strict=True)
    ]
    move_many(business_id, INVOICES, moves, at=at, by=by)
    heads = queries.invoices(business_id, ids)
    return [_issued(heads[one]) for one in ids]


def _terms(days: int | None) -> timedelta:
    return timedelta(days=TERMS_DEFAULT_DAYS if days is None else days)


def _issued(head: Any) -> IssuedInvoice:
    return IssuedInvoice(**{name: getattr(head, name) for name in IssuedInvoice.__slots__})


@operation
def void(business_id: BusinessId, invoice_id: UUID, *, at: datetime, by: Actor) -> IssuedInvoice:
    """Takes an issued invoice back; its number stays used. Whether money stands against it is
    asked by the flow, under the open item's lock."""
    execute(
        """
        SELECT i.id FROM billing_invoice i
        WHERE i.business_id = %(business_id)s::uuid AND i.id = %(id)s::uuid FOR UPDATE
        """,
        {"business_id": business_id, "id": invoice_id},
    )
    head = queries.invoice(business_id, invoice_id)
    state = DocumentState(head.state)
    move = Move(invoice_id, state, DocumentState.VOIDED, columns={"voided_at": at})
    move_many(business_id, INVOICES, [move], at=at, by=by)
    return _issued(head)


@operation
def issue_credit_notes(
    business_id: BusinessId, new: Sequence[NewCreditNote], *, days: Sequence[date], at: datetime
) -> list[IssuedCreditNote]:
    """Issues credit notes at once, numbered in their series.

    Those against an invoice come to it exactly when its last part is credited (`arithmetic`).
    Refuses to credit more of an invoice than is left uncredited (`CreditTooHigh`) or than its
    whole may be (`NeedsSecondPerson`), another customer's invoice or one that is not issued
    (`NotFound`).
    """
    totals = _lock_credited(business_id, new)
    credited = queries.credited(business_id, list(totals)) if totals else {}
    sums = []
    for one in new:
        if one.invoice_id is None:
            sums.append(checked_sums(one))
            continue
        computed, after = checked_credit(one, credited[one.invoice_id])
        if after.total_minor > totals[one.invoice_id]:
            raise CreditTooHigh
        check_whole(after.total_minor, one.whole_at_most_minor)
        credited[one.invoice_id] = after
        sums.append(computed)
    series_id, numbers = allot_numbers(business_id, CREDIT_SERIES, len(new), on=days)
    ids = new_ids(len(new), at=at)
    head = {"series_id": series_id, "numbers": numbers, "days": list(days)}
    if insert_credit_notes(business_id, ids, new, sums, head, at=at) != len(new):
        raise ExternalRefTaken
    insert_parts(business_id, "credit_note", ids, new, sums, at=at)
    return [
        IssuedCreditNote(
            id=one_id,
            customer_id=one.customer_id,
            invoice_id=one.invoice_id,
            number=number,
            currency=one.currency,
            issued_at=at,
            net=computed.subtotal - computed.discount,
            tax=computed.tax,
            total=computed.total,
        )
        for one_id, one, computed, number in zip(ids, new, sums, numbers, strict=True)
    ]


def _lock_credited(business_id: BusinessId, new: Sequence[NewCreditNote]) -> dict[UUID, int]:
    """Locks the invoices of credit notes, so that two can't both take the rest of one; returns
    what each comes to."""
    against = [one for one in new if one.invoice_id is not None]
    if not against:
        return {}
    rows = execute(
        """
        SELECT i.id, i.total_minor, i.state, i.customer_id, i.currency FROM billing_invoice i
        WHERE i.business_id = %(business_id)s::uuid AND i.id = ANY(%(ids)s::uuid[])
        ORDER BY i.id FOR UPDATE
        """,
        {"business_id": business_id, "ids": [one.invoice_id for one in against]},
    )
    found = {row[0]: row[1:] for row in rows}
    for one in against:
        _total, state, customer_id, currency = found.get(one.invoice_id, (0, "", None, ""))
        if state != DocumentState.ISSUED or customer_id != one.customer_id:
            raise NotFound
        if currency != one.currency:
            message = "A credit note has the currency of its invoice."
            raise Refused(message, code="currency_mismatch")
    return {invoice_id: row[0] for invoice_id, row in found.items()}


@operation
def add_series(business_id: BusinessId, formats: Mapping[str, str]) -> None:
    """Adds number series by code; one that is there already stays as it is. Refuses (`BadFormat`)
    a format that can't number."""
    for code, template in formats.items():
        check_format(template)
        execute(
            """
            INSERT INTO billing_series (business_id, id, code, format, next_number)
            VALUES (%(business_id)s::uuid, %(id)s::uuid, %(code)s::text, %(format)s::text, 1)
            ON CONFLICT (business_id, code) DO NOTHING
            """,
            {"business_id": business_id, "id": new_id(), "code": code, "format": template},
        )


@operation
def begin_series_anew(business_id: BusinessId, mark: str) -> dict[str, str]:
    """Each series ends here, and one with a mark in its numbers goes on in its place, from 1: for
    numbers that were given after a backup was made, and that nobody knows any more. One whose
    numbers have this mark goes on as it is; the mark of an earlier restore gives way. The ended
    series stay: their documents are of them, and by them their numbers are proved without gaps.
    Returns the formats by code; refuses `BadMark`, `UsedMark`, and `BadFormat` where the mark makes
    a format too long."""
    rows = execute(
        """
        SELECT s.id, s.code, s.format, array(
          SELECT split_part(e.code, ' until ', 2) FROM billing_series e
          WHERE e.business_id = s.business_id AND starts_with(e.code, s.code || ' until '))
        FROM billing_series s
        WHERE s.business_id = %(business_id)s::uuid AND s.code = ANY(%(codes)s::text[])
        ORDER BY s.code FOR UPDATE
        """,
        {"business_id": business_id, "codes": [INVOICE_SERIES, CREDIT_SERIES, IMPORT_SERIES]},
    )
    formats = {code: marked(template, mark, before) for _, code, template, before in rows}
    for series_id, code, template, _before in rows:
        if formats[code] == template:
            continue
        check_format(formats[code])
        execute(
            """
            UPDATE billing_series SET code = %(ended)s::text
            WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
            """,
            {"business_id": business_id, "id": series_id, "ended": f"{code} until {mark}"},
        )
        add_series(business_id, {code: formats[code]})
    return formats
