"""Invoices: drafted, issued, voided, credited."""
