"""Which adapter answers for which kind of gateway account."""

from typing import Any

from django.conf import settings

from counterfoil.infra.registry import load
from counterfoil.kernel.ports.gateways import CardGateway


def gateway_of(kind: str) -> CardGateway:
    """The adapter of a kind, as the settings name it; a kind without one is a KeyError: a bug."""
    adapter: Any = load(settings.GATEWAYS[kind])
    made: CardGateway = adapter()
    return made
