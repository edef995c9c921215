"""Bringing customers and invoices in from a file."""
