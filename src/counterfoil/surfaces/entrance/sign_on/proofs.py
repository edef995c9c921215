"""What a session proves of a single sign-on.

A person is one for all businesses, a connection belongs to one: whoever came through it may do here
what they may, and must not change how the person signs in elsewhere.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from counterfoil.domain.identity.sign_on.rows import SignOnRow
from counterfoil.surfaces.ui.step_up import ONE_FACTOR

METHOD = "socialaccount"


def record(request: HttpRequest, user: Any, connection: SignOnRow, *, is_one_factor: bool) -> None:
    """Keeps that this provider vouched for this person, and whether by one factor only: then it
    counts like a password."""
    record_authentication(
        request,
        user,
        METHOD,
        provider=str(connection.id),
        covers=connection.covers_second_factor and not is_one_factor,
        **{ONE_FACTOR: is_one_factor},
    )


def came_by_sign_on(request: HttpRequest, user: Any = None) -> bool:
    """Whether this session rests on somebody else's provider."""
    return bool(_records(request, user))


def covers_second_factor(request: HttpRequest, user: Any) -> bool:
    """Whether that provider asked for a second factor itself, as the business says, and the
    provider too where the business wants to hear it."""
    return any(one.get("covers") for one in _records(request, user))


def came_through(request: HttpRequest, user: Any, connection_id: object) -> bool:
    """Whether this very connection vouched for the person."""
    return any(one.get("provider") == str(connection_id) for one in _records(request, user))


def _records(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    records = get_authentication_records(request, user or request.user)
    return [one for one in records if one.get("method") == METHOD]
