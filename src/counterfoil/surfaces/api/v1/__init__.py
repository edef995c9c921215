"""The first version of the API: one file per resource, and `parts` that several share."""

from counterfoil.surfaces.api.door import CounterfoilApi
from counterfoil.surfaces.api.v1 import (
    credit_notes,
    customers,
    events,
    gateways,
    invoices,
    ledger,
    mandates,
    payment_methods,
    payments,
    refunds,
    refunds_by_hand,
)

API = CounterfoilApi()
API.add_router("/customers", customers.router)
API.add_router("/customers", payment_methods.router)
API.add_router("/invoices", invoices.router)
API.add_router("/credit-notes", credit_notes.router)
API.add_router("/payments", payments.router)
API.add_router("/payments", refunds.router)
API.add_router("/payments", refunds_by_hand.router)
API.add_router("/mandates", mandates.router)
API.add_router("/gateways", gateways.router)
API.add_router("/ledger", ledger.router)
API.add_router("/events", events.router)
