"""Asking somebody to work here, and their answer."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers.checks import is_email, one_line
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.rows import InvitationRow, Post
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import BusinessId

NAME_MAX = 120


def invite(business_id: BusinessId, email: str, post: Post, *, at: datetime, by: UUID) -> None:
    """Asks somebody by mail; refuses what `staffing.invite` refuses, and what is no address."""
    address = one_line(email).lower()
    if not is_email(address):
        raise FieldProblem("email", "This is not a mail address.", code="not_an_email")

    def work() -> None:
        invitation_id = staffing.invite(business_id, address, post, at=at, by=by)
        jobs.defer(business_id, "send_joining", invitation_id=str(invitation_id))
        audit.note(business_id, NoteKind.INVITED, subject=f"invitation:{invitation_id}", at=at)

    run(business_id, work)


def remove(business_id: BusinessId, user_id: UUID, *, at: datetime, by: UUID) -> None:
    """Somebody works here no more; refuses what `staffing.remove_member` refuses."""

    def work() -> None:
        staffing.remove_member(business_id, user_id, at=at, by=by)
        audit.note(business_id, NoteKind.LEFT, subject=f"user:{user_id}", at=at)

    run(business_id, work)


def needs_password(email: str) -> bool:
    """Whether who was asked has no way to sign in yet, and chooses one with their answer."""
    return not queries.has_password(email)


def join(
    business_id: BusinessId, token: str, *, name: str, password: str, at: datetime
) -> InvitationRow:
    """Who was asked takes the post. Their link was mailed, so the address is theirs: somebody new
    gives a name and a password; a sign-in that is there keeps its own.

    Refuses: `NotFound` for a link that opens nothing (any more), a name or password that can't be.
    """
    with reading(business_id):
        asked = team.invitation_of(business_id, token, at=at)
    is_new = needs_password(asked.email)
    if is_new:
        _check(asked.email, name, password)
    user_id = identity.make_user(asked.email, name=one_line(name) if is_new else "")
    if is_new:
        identity.set_first_password(user_id, name=one_line(name), password=password)

    def work() -> InvitationRow:
        taken = staffing.take_invitation(business_id, token, user_id, at=at)
        audit.note(business_id, NoteKind.JOINED, subject=f"user:{user_id}", at=at)
        return taken

    return run(business_id, work)


def _check(email: str, name: str, password: str) -> None:
    problems = []
    if not one_line(name) or len(name) > NAME_MAX:
        problems.append(FieldProblem("name", "Give your name.", code="required"))
    try:
        validate_password(password, get_user_model()(email=email, name=name))
    except ValidationError as error:
        words = " ".join(error.messages)
        problems.append(FieldProblem("password", words, code="weak_password"))
    if problems:
        raise InvalidInput(problems)
