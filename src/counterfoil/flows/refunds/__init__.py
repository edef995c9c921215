"""Refunds: begun, settled, asked about, told of by the gateway; and payments taken off invoices."""
