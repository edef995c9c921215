"""Refunds: begun, settled, asked about, told of by the gateway, given back by the business itself;
and payments taken off invoices."""
