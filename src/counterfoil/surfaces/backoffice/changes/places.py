"""Where the timelines of people are: of staff for who may read the trail, and of contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.urls import reverse

from counterfoil.domain.audit.rows import RecordRow
from counterfoil.surfaces.backoffice.access import StaffRequest, member_url
from counterfoil.surfaces.backoffice.changes.pages import Change

Places = Mapping[str, str]
"""By the label that history keeps of somebody, the address of their timeline."""
NOWHERE: Places = {}


def places_of(request: StaffRequest, staff_ids: Iterable[str]) -> dict[str, str]:
    """Of these members of staff, by id."""
    return {f"staff:{one}": url for one in staff_ids if (url := member_url(request, one))}


def contact_places(customer_id: UUID | None, contact_ids: Iterable[UUID]) -> dict[str, str]:
    """Of these people of a customer."""
    return {
        f"contact:{one}": reverse("backoffice_contact_timeline", args=[customer_id, one])
        for one in contact_ids
    }


def linked(told: Change, row: RecordRow, places: Places) -> Change:
    """A change whose author's name leads to their timeline."""
    return replace(told, who_url=places.get(row.actor, ""))
