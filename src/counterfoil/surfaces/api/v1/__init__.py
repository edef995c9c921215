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
    payments,
    refunds,
)

API = CounterfoilApi()
API.add_router("/customers", customers.router)
API.add_router("/invoices", invoices.router)
API.add_router("/credit-notes", credit_notes.router)
API.add_router("/payments", payments.router)
API.add_router("/payments", refunds.router)
API.add_router("/mandates", mandates.router)
API.add_router("/gateways", gateways.router)
API.add_router("/ledger", ledger.router)
API.add_router("/events", events.router)
