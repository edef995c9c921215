"""/events: everything that happened, oldest first; the same bodies that webhooks carry."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.infra import outbox
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest
from counterfoil.surfaces.api.fields import EventId, Moment, Shown
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut

router = Router(tags=["events"])


class EventShown(Shown):
    """Something that happened."""

    id: EventId
    type: Annotated[str, Field(examples=["invoice.issued"])]
    created: Moment
    data: dict[str, Any]


@router.get("", response=Page[EventShown], operation_id="list_events")
def list_events(request: ApiRequest, query: Query[Listing]) -> HttpResponse:
    """What happened, oldest first. The id of the last event that you have is a cursor too: keep
    it, and go on from there next time."""
    business_id = request.auth.business_id
    after = cursor_id("evt", query.cursor)
    try:
        with reading(business_id):
            found = outbox.events(business_id, after=after, limit=query.limit + 1)
    except NotFound:
        message = "There is no such event."
        raise InvalidInput([FieldProblem("cursor", message, code="invalid_cursor")]) from None
    rows, next_cursor = cut(found, query.limit, lambda row: encode("evt", row.id))
    data = [EventShown.model_validate(outbox.event_body(row)) for row in rows]
    return shown(Page[EventShown](data=data, next_cursor=next_cursor))
