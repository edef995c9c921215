"""/gateways: the gateway accounts that a token can be of. They are set up by your staff."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import methods_taken
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest
from counterfoil.surfaces.api.fields import Currency, GatewayId, Shown
from counterfoil.surfaces.api.v1.parts import shown_text

router = Router(tags=["gateways"])


class RouteShown(Shown):
    """Payments by this method in this currency are sent here; null is any."""

    method: str | None
    currency: Currency | None


class GatewayShown(Shown):
    """One account at a gateway."""

    id: GatewayId
    kind: Annotated[str, Field(examples=["stripe"])]
    status: Annotated[
        str, Field(description="active, or paused: it takes no new payments.", examples=["active"])
    ]
    methods: Annotated[list[str], Field(description="What its gateway charges: card, ...")]
    routes: Annotated[
        list[RouteShown], Field(description="Without any it takes what no other account has.")
    ]


class GatewaysShown(Shown):
    """Every gateway account, the newest first."""

    data: list[GatewayShown]
    next_cursor: Annotated[str | None, Field(description="Always null: all of them are here.")]


def _shown(account: Account) -> GatewayShown:
    return GatewayShown(
        id=encode("gwa", account.id),
        kind=account.kind,
        status="active" if account.is_active else "paused",
        methods=sorted(method.value for method in methods_taken(account)),
        routes=[
            RouteShown(method=shown_text(one.method), currency=shown_text(one.currency))
            for one in account.routes
        ],
    )


@router.get("", response=GatewaysShown, operation_id="list_gateways")
def list_gateways(request: ApiRequest) -> HttpResponse:
    """The accounts at gateways, with what is sent to each; never their keys."""
    business_id = request.auth.business_id
    with reading(business_id):
        accounts = queries.gateway_accounts(business_id)
    return shown(GatewaysShown(data=[_shown(one) for one in accounts], next_cursor=None))
