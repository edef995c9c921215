"""What follows what: each event's name, and the jobs that it starts."""

from collections.abc import Mapping, Sequence

WIRING: Mapping[str, Sequence[str]] = {
    "customer.created": (),
    "customer.updated": (),
    "invoice.issued": ("send_invoice",),
    "invoice.voided": (),
    "invoice.paid": (),
    "credit_note.issued": (),
    "credit.applied": (),
    "payment.processing": (),
    "payment.succeeded": ("send_receipt",),
    "payment.failed": ("send_payment_failed",),
    "payment.cancelled": (),
    "payment.unapplied": (),
    "invoice.reopened": (),
    "refund.pending": (),
    "refund.succeeded": ("send_refund",),
    "refund.failed": (),
    "refund.cancelled": (),
    "refund.returned": (),
}
