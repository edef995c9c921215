"""Issued documents: invoices, credit notes, their lines, taxes and gapless numbers.

An invoice is draft > issued > voided and is never edited after issue. Never: payments; whether
an invoice is paid is derived in `receivables`.
"""
