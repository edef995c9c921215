"""Which values of the trail speak of a subject."""

from uuid import UUID

from counterfoil.domain.audit import queries as audit
from counterfoil.domain.audit.rows import RecordRow
from counterfoil.domain.privacy import naming
from counterfoil.domain.privacy.rows import Known
from counterfoil.infra.db import execute
from counterfoil.infra.secrets.fields import UNREADABLE, sealed_texts


def about(known_as: Known) -> list[UUID]:
    """The records and notes of the trail whose values speak of the subject: of their rows, noted
    about them, or with one of their addresses in the values. What is about another customer, who
    may know the same person, stays."""
    rows = execute(
        f"""
        SELECT v.id FROM audit_recordvalues v
        LEFT JOIN audit_record r ON r.business_id = v.business_id AND r.id = v.id
        LEFT JOIN audit_note n ON n.business_id = v.business_id AND n.id = v.id
        LEFT JOIN customers_contact c ON c.business_id = v.business_id AND c.id = r.object_id
        LEFT JOIN identity_guestlink g ON g.business_id = v.business_id AND g.id = r.object_id
        WHERE v.business_id = %(business_id)s::uuid AND (
          r.object_id = ANY(%(objects)s::uuid[])
          OR n.subject = ANY(%(subjects)s::text[])
          OR n.actor = ANY(%(actors)s::text[])
          OR (NOT %(is_person)s::boolean AND n.customer_id = %(customer_id)s::uuid)
          OR (NOT %(is_person)s::boolean AND (v.before ->> 'customer_id' = %(customer)s::text
            OR v.after ->> 'customer_id' = %(customer)s::text))
          OR ({naming.named_in("concat_ws(' ', v.called, v.before, v.after)")}
            AND coalesce(n.customer_id::text, c.customer_id::text, g.customer_id::text,
              CASE r.source WHEN 'customers_customer' THEN r.object_id::text END,
              v.before ->> 'customer_id', v.after ->> 'customer_id', %(customer)s::text)
              = %(customer)s::text))
        """,  # noqa: S608  our own words
        {
            "business_id": known_as.subject.business_id,
            "customer_id": known_as.subject.customer_id,
            "customer": str(known_as.subject.customer_id),
            "objects": _objects(known_as),
            "subjects": [
                *(f"user:{one}" for one in known_as.users),
                *(f"contact:{one}" for one in known_as.contact_ids),
            ],
            "actors": known_as.actors,
            "mails": list(known_as.mails),
            "patterns": [naming.pattern(one) for one in known_as.mails],
            "is_person": known_as.subject.contact_id is not None,
        },
    )
    found = [row_id for (row_id,) in rows]
    return [*found, *(one for one in _sealed(known_as) if one not in found)]


def _sealed(known_as: Known) -> list[UUID]:
    """Changes of the customer whose sealed texts name one of the addresses: they are opened and
    read one by one. One that nothing opens any more may name anybody, and is among them."""
    if known_as.subject.contact_id is None:
        return []  # all of theirs are about them
    found: list[UUID] = []
    after: UUID | None = None
    while rows := audit.records(
        known_as.subject.business_id, objects=[known_as.subject.customer_id], before=after
    ):
        found += [row.id for row in rows if _names(known_as, row)]
        after = rows[-1].id
    return found


def _names(known_as: Known, row: RecordRow) -> bool:
    sealed = sealed_texts(row.source)
    values = [side[name] for side in (row.before, row.after) for name in sealed if name in side]
    return any(one is UNREADABLE or naming.names(str(one), known_as.mails) for one in values)


def _objects(known_as: Known) -> list[UUID]:
    """Rows whose every change speaks of the subject: of a person, what they saved and planned."""
    is_person = known_as.subject.contact_id is not None
    rows = execute(
        """
        SELECT id FROM payments_method
        WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
          AND (NOT %(is_person)s::boolean OR created_by = ANY(%(actors)s::text[]))
        UNION ALL SELECT id FROM arrangements_scheduledpayment
        WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
          AND (NOT %(is_person)s::boolean OR created_by = ANY(%(actors)s::text[]))
        UNION ALL SELECT id FROM identity_guestlink
        WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
          AND NOT %(is_person)s::boolean
        """,
        {
            "business_id": known_as.subject.business_id,
            "customer_id": known_as.subject.customer_id,
            "actors": known_as.actors,
            "is_person": is_person,
        },
    )
    whole = [] if is_person else [known_as.subject.customer_id]
    return [*whole, *known_as.contact_ids, *(one for (one,) in rows)]
