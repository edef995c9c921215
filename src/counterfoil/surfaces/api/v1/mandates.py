"""/mandates: the authority that customers gave to debit their bank accounts, and its end."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.mandate_outcomes import REVOKED_BY_BUSINESS
from counterfoil.domain.payments.mandates import MandateFilter
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import CustomerId, GatewayId, MandateId, Moment, Shown
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut, query_id
from counterfoil.surfaces.api.v1.parts import NoFields, shown_text

router = Router(tags=["mandates"])
Status = Literal["pending", "unknown", "active", "failed", "revoked", "expired"]
STATUS: dict[str, Status] = {
    "created": "pending",
    "pending": "pending",
    "unknown": "unknown",
    "active": "active",
    "failed": "failed",
    "revoked": "revoked",
    "expired": "expired",
}


class MandateListing(Listing):
    """Which mandates are wanted."""

    customer: Annotated[CustomerId | None, Field(description="Of one customer.")] = None
    status: Annotated[
        Literal["active", "failed", "revoked", "expired"] | None, Field(description="In one.")
    ] = None


class MandateShown(Shown):
    """A mandate: only while it is active is anything debited on it."""

    id: MandateId
    customer: CustomerId
    gateway: GatewayId
    scheme: Annotated[str, Field(examples=["sepa_core"])]
    status: Annotated[
        Status, Field(description="pending and unknown settle by themselves: ask again.")
    ]
    reference: Annotated[str, Field(description="What the payer's bank statement names.")]
    creditor_name: str
    creditor_ref: str | None
    holder: str | None
    country: str | None
    last4: str | None
    text: Annotated[str, Field(description="What the payer agreed to, as it was shown.")]
    accepted_at: Moment
    accepted_by: str | None
    created_at: Moment
    ended_at: Moment | None
    end_reason: Annotated[
        str | None, Field(description="Ours, or the bank's own code: MD01, R02, ...")
    ]


def _shown(row: MandateRow) -> MandateShown:
    return MandateShown(
        id=encode("mdt", row.id),
        customer=encode("cus", row.customer_id),
        gateway=encode("gwa", row.gateway_account_id),
        scheme=row.scheme,
        status=STATUS[row.state],
        reference=row.reference,
        creditor_name=row.creditor_name,
        creditor_ref=shown_text(row.creditor_ref),
        holder=shown_text(row.holder),
        country=shown_text(row.country),
        last4=shown_text(row.last4),
        text=row.text,
        accepted_at=row.accepted_at,
        accepted_by=shown_text(row.accepted_by),
        created_at=row.created_at,
        ended_at=row.ended_at,
        end_reason=shown_text(row.end_reason),
    )


def _read(caller: Caller, mandate_id: UUID) -> MandateShown:
    with reading(caller.business_id):
        return _shown(mandates.mandate(caller.business_id, mandate_id))


@router.get("", response=Page[MandateShown], operation_id="list_mandates")
def list_mandates(request: ApiRequest, query: Query[MandateListing]) -> HttpResponse:
    """Mandates, the newest first."""
    caller = request.auth
    before = cursor_id("mdt", query.cursor)
    wanted = MandateFilter(query_id("cus", query.customer, "customer"), query.status or "")
    with reading(caller.business_id):
        found = mandates.mandates_page(
            caller.business_id, wanted, before=before, limit=query.limit + 1
        )
    rows, next_cursor = cut(found, query.limit, lambda row: encode("mdt", row.id))
    page = Page[MandateShown](data=[_shown(row) for row in rows], next_cursor=next_cursor)
    return shown(page)


@router.get("/{mandate_id}", response=MandateShown, operation_id="get_mandate")
def get_mandate(request: ApiRequest, mandate_id: str) -> HttpResponse:
    """One mandate as it stands now."""
    return shown(_read(request.auth, decode("mdt", mandate_id)))


@router.post("/{mandate_id}/revoke", response=MandateShown, operation_id="revoke_mandate")
def revoke_mandate(
    request: ApiRequest, mandate_id: str, body: NoFields | None = None
) -> HttpResponse:
    """Ends a mandate, here at once and then at the gateway; what is on its way to the bank goes on.
    Again changes nothing."""
    caller, wanted = request.auth, decode("mdt", mandate_id)

    def make(_name: str) -> UUID:
        return end_mandate(
            caller.business_id,
            wanted,
            customer_id=None,
            at=caller.at,
            by=caller.actor,
            reason=REVOKED_BY_BUSINESS,
        ).id

    return once(request, make, lambda made: _read(caller, made), status=200, may_repeat=True)
