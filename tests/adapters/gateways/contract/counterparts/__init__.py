"""The counterparts that there are."""

import os
from importlib import import_module

from adapters.gateways.contract.counterpart import Counterpart
from adapters.gateways.contract.counterparts.adyen import AdyenCounterpart
from adapters.gateways.contract.counterparts.btcpay import BtcPayCounterpart
from adapters.gateways.contract.counterparts.gocardless import GoCardlessCounterpart
from adapters.gateways.contract.counterparts.localstripe import LocalstripeCounterpart
from adapters.gateways.contract.counterparts.mollie import MollieCounterpart
from adapters.gateways.contract.counterparts.sandbox import SandboxCounterpart
from adapters.gateways.contract.counterparts.stripe import StripeCounterpart

COUNTERPARTS: tuple[type[Counterpart], ...] = (
    SandboxCounterpart,
    StripeCounterpart,
    LocalstripeCounterpart,
    GoCardlessCounterpart,
    BtcPayCounterpart,
    MollieCounterpart,
    AdyenCounterpart,
)
ONLY = "COUNTERFOIL_COUNTERPART"  # `package.module:Class`: an adapter that is not in the house


def counterparts() -> tuple[type[Counterpart], ...]:
    """Those of the house, or the one that the environment names."""
    named = os.environ.get(ONLY)
    if not named:
        return COUNTERPARTS
    module, _, name = named.partition(":")
    return (getattr(import_module(module), name),)
