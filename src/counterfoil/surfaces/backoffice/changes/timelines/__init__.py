"""Timelines of an invoice, a payment, a customer and a person, on pages and as a spreadsheet."""
