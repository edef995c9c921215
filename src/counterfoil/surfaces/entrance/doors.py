"""Whose door it is, who may come in by it, and where they go from there."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as identity
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.surfaces.ui.middleware import STAFF_PATH, safe_path
from counterfoil.surfaces.ui.step_up.devices import at_staff_door

PORTAL, STAFF = "portal", "staff"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who may come in: as whom, and for which customer."""

    actor: Actor
    customer_id: UUID | None = None


def door_of(request: HttpRequest) -> str:
    """The name of the door."""
    return STAFF if at_staff_door(request) else PORTAL


def entrant_of(request: HttpRequest, user: object) -> Entrant | None:
    """Who this sign-in is at this door: a member of the business, or a contact of one of its
    customers. None for everybody else, and for who was switched off."""
    if not getattr(user, "is_active", False):
        return None
    business: BusinessRow = request.business  # type: ignore[attr-defined]
    with reading(business.id):
        if at_staff_door(request):
            proof = user.get_session_auth_hash()  # type: ignore[attr-defined]
            member = identity.member(business.id, user.pk, proof)  # type: ignore[attr-defined]
            if member is None:
                return None
            name = member.name or member.email
            return Entrant(Actor(ActorKind.STAFF, str(member.user_id), name))
        people = customers.people(business.id, user.email)  # type: ignore[attr-defined]
    if not people:
        return None
    person = people[0]
    actor = Actor(ActorKind.CONTACT, str(person.contact_id), person.name)
    return Entrant(actor, person.customer_id)


def home_of(request: HttpRequest) -> str:
    """Where somebody goes who came in and was on the way to nowhere else."""
    return reverse("backoffice_work" if at_staff_door(request) else "home")


def is_inside(request: HttpRequest, path: str) -> bool:
    """Whether a path is one of ours behind this door."""
    if safe_path(request, path, "") != path or not path:
        return False
    return path.startswith(STAFF_PATH) == at_staff_door(request)
