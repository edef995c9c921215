"""What an erasure does to the rows, in the order in which it must be done; never the books."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.apps import apps

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.privacy import naming, queries, sealed_texts, trail
from counterfoil.domain.privacy.register import HELD, Held
from counterfoil.domain.privacy.rows import Known, Subject
from counterfoil.infra.db import execute, operation, visiting
from counterfoil.infra.rows import BusinessRow
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

USER_TABLE = "identity_user"
_NOBODY = "'erased-' || u.id || '@erased.invalid'"


@operation
def lock_customer(business_id: BusinessId, customer_id: UUID) -> None:
    """Nothing new begins for this customer until the transaction ends."""
    execute(
        """
        SELECT k.id FROM customers_customer k
        WHERE k.business_id = %(business_id)s::uuid AND k.id = %(customer_id)s::uuid FOR UPDATE
        """,
        {"business_id": business_id, "customer_id": customer_id},
    )


@operation
def erase(
    business_id: BusinessId,
    known_as: Known,
    lonely: Sequence[UUID],
    *,
    mandates_before: datetime,
    at: datetime,
) -> dict[str, int]:
    """Erases a subject; by table, how many rows. `lonely` sign-ins are nowhere else and go along;
    of mandates that ended before `mandates_before` the evidence goes, too.

    The values of the trail go last: erasing is a change itself, with what was before.
    """
    figures = {}
    for held in HELD:
        where = queries.condition(held, known_as.subject)
        if where and held.row_goes:
            figures[held.table] = _delete(held, where, known_as, at)
        elif where and held.erased:
            figures[held.table] = _rewrite(held, where, known_as, at)
    if known_as.subject.contact_id is None:
        figures["payments_mandate"] = erase_evidence(
            business_id, before=mandates_before, customer_id=known_as.subject.customer_id
        )
    _forget_who_invited(known_as)
    figures["payments_gatewayevent"] = sealed_texts.empty_events(known_as)
    figures["notifications_message"] = figures.get("notifications_message", 0) + (
        sealed_texts.empty_letters(known_as)
    )
    figures[USER_TABLE] = _erase_users(lonely)
    figures["audit_recordvalues"] = audit.erase_values(
        business_id, trail.about(known_as), why="erasure"
    )
    return {table: count for table, count in figures.items() if count}


def _delete(held: Held, where: str, known_as: Known, at: datetime) -> int:
    rows = execute(
        f"""
        DELETE FROM "{held.table}" t
        WHERE t.business_id = %(business_id)s::uuid AND ({where}) RETURNING t.id
        """,  # noqa: S608  the register's own words
        known_as.params(at),
    )
    return len(rows)


def _rewrite(held: Held, where: str, known_as: Known, at: datetime) -> int:
    sets = ", ".join(f'"{column}" = {becomes}' for column, becomes in held.erased.items())
    rows = execute(
        f"""
        UPDATE "{held.table}" t SET {sets}
        WHERE t.business_id = %(business_id)s::uuid AND ({where}) RETURNING t.id
        """,  # noqa: S608  the register's own words
        known_as.params(at),
    )
    return len(rows)


def erase_evidence(
    business_id: BusinessId,
    *,
    before: datetime,
    customer_id: UUID | None = None,
    most: int | None = None,
) -> int:
    """What proves mandates that ended before this moment: of one customer, or of all, so many at
    most; how many."""
    [held] = [one for one in HELD if one.evidence]
    sets = ", ".join(f'"{column}" = {becomes}' for column, becomes in held.evidence.items())
    rows = execute(
        f"""
        UPDATE "{held.table}" t SET {sets}
        WHERE t.business_id = %(business_id)s::uuid AND t.id IN (
          SELECT m.id FROM "{held.table}" m
          WHERE m.business_id = %(business_id)s::uuid AND m.ended_at < %(before)s::timestamptz
            AND (%(customer_id)s::uuid IS NULL OR m.customer_id = %(customer_id)s::uuid)
            AND m.text <> '' ORDER BY m.id LIMIT %(most)s::int)
        RETURNING t.id
        """,  # noqa: S608  the register's own words
        {"business_id": business_id, "before": before, "customer_id": customer_id, "most": most},
    )
    return len(rows)


def _forget_who_invited(known_as: Known) -> None:
    """The name in invitations of others; that somebody with this number invited them stays."""
    execute(
        """
        UPDATE customers_invitation t SET inviter = ''
        WHERE t.business_id = %(business_id)s::uuid AND t.inviter <> ''
          AND t.invited_by = ANY(%(actors)s::text[])
        """,
        {"business_id": known_as.subject.business_id, "actors": known_as.actors},
    )


def known_or_left(subject: Subject) -> Known:
    """By what rows are known to be about a subject that is to be erased, with every sign-in that
    leads to it: those that its contacts are tied to, and those of their addresses. Somebody who was
    taken out since they asked is known as far as the trail remembers; `NotFound` for a customer
    that is not there."""
    try:
        known_as = queries.known(subject)
    except NotFound:
        if subject.contact_id is None:
            raise
        mails = sorted(naming.earlier(subject, [subject.contact_id]))
        known_as = Known(subject, (subject.contact_id,), tuple(mails), ())
        own = mails
    else:
        own = _addresses_now(known_as)
    rows = execute(
        f"SELECT u.id FROM {USER_TABLE} u WHERE u.email = ANY(%(own)s::text[])",  # noqa: S608  ours
        {"own": own},
    )
    return replace(known_as, users=tuple(sorted({*known_as.users, *(one for (one,) in rows)})))


def _addresses_now(known_as: Known) -> list[str]:
    rows = execute(
        """
        SELECT lower(c.email) FROM customers_contact c
        WHERE c.business_id = %(business_id)s::uuid AND c.id = ANY(%(contact_ids)s::uuid[])
        """,
        {
            "business_id": known_as.subject.business_id,
            "contact_ids": list(known_as.contact_ids),
        },
    )
    return [mail for (mail,) in rows]


@operation
def lonely_now(
    business_id: BusinessId, users: Sequence[UUID], besides: Subject, among: Iterable[BusinessId]
) -> list[UUID]:
    """Those of these sign-ins that none of the businesses knows but as the subject. They are locked
    until the transaction ends: whoever is being let in with one of them at this moment is waited
    for."""
    left = {
        user_id
        for (user_id,) in execute(
            f"""
            SELECT u.id FROM {USER_TABLE} u WHERE u.id = ANY(%(users)s::uuid[])
            ORDER BY u.id FOR UPDATE
            """,  # noqa: S608  our own constant
            {"users": list(users)},
        )
    }
    for one in among if left else ():
        with visiting(one):
            left -= used_here(one, sorted(left), besides)
    return sorted(left)


def used_here(business_id: BusinessId, users: Sequence[UUID], besides: Subject) -> set[UUID]:
    """Which of these sign-ins this business knows in any other way than as the subject: as a
    contact that is tied to it or has its address, or as staff."""
    rows = execute(
        f"""
        SELECT u.id FROM {USER_TABLE} u JOIN customers_contact c
          ON c.business_id = %(business_id)s::uuid
          AND (c.user_id = u.id OR lower(c.email) = u.email)
        WHERE u.id = ANY(%(users)s::uuid[])
          AND NOT (%(business_id)s::uuid = %(own)s::uuid
            AND c.customer_id = %(customer_id)s::uuid
            AND (%(contact_id)s::uuid IS NULL OR c.id = %(contact_id)s::uuid))
        UNION SELECT m.user_id FROM identity_membership m
        WHERE m.business_id = %(business_id)s::uuid AND m.user_id = ANY(%(users)s::uuid[])
        """,  # noqa: S608  our own constant
        {
            "business_id": business_id,
            "users": list(users),
            "own": besides.business_id,
            "customer_id": besides.customer_id,
            "contact_id": besides.contact_id,
        },
    )
    return {user_id for (user_id,) in rows}


def _erase_users(users: Sequence[UUID]) -> int:
    """The sign-ins themselves, and all that hangs on them: sessions, devices, factors."""
    if not users:
        return 0
    for table, column in of_users():
        for child, parent in hanging_on(table):
            execute(
                f"""
                DELETE FROM "{child}" c USING "{table}" p
                WHERE c."{parent}" = p.id AND p."{column}" = ANY(%(users)s::uuid[])
                """,  # noqa: S608  names of our own models
                {"users": list(users)},
            )
        execute(
            f'DELETE FROM "{table}" WHERE "{column}" = ANY(%(users)s::uuid[])',  # noqa: S608  ours
            {"users": list(users)},
        )
    rows = execute(
        f"""
        UPDATE {USER_TABLE} u SET email = {_NOBODY}, name = '', locale = '', password = '!',
          is_active = false
        WHERE u.id = ANY(%(users)s::uuid[]) RETURNING u.id
        """,  # noqa: S608  our own constants
        {"users": list(users)},
    )
    return len(rows)


def of_users() -> list[tuple[str, str]]:
    """Every table, of whatever library, whose rows hang on a sign-in, with the column that says on
    which; rows of a business are not among them."""
    return hanging_on(USER_TABLE)


def hanging_on(table: str) -> list[tuple[str, str]]:
    """Every global table that refers to this one, with the column that does."""
    return sorted(
        (model._meta.db_table, str(one.column))
        for model in apps.get_models()
        if not issubclass(model, BusinessRow)
        for one in model._meta.local_fields
        if one.related_model is not None and one.related_model._meta.db_table == table
    )


def rewritten() -> list[str]:
    """The tables whose rows an erasure writes over, or takes away."""
    return [held.table for held in HELD if held.erased or held.row_goes]
