"""Which adapter answers for which kind of gateway account."""

from typing import Any

from django.conf import settings

from counterfoil.infra.registry import load
from counterfoil.kernel.ports.gateways import Capability, CardGateway


def gateway_of(kind: str) -> CardGateway:
    """The adapter of a kind, as the settings name it; a kind without one is a KeyError: a bug."""
    adapter: Any = load(settings.GATEWAYS[kind])
    made: CardGateway = adapter()
    return made


def offers(kind: str, capability: Capability) -> bool:
    """Whether a kind of account can do this; one without an adapter (our bank account) can't."""
    return kind in settings.GATEWAYS and capability in gateway_of(kind).capabilities
