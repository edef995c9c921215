"""Documents: invoices, receipts and credit notes as PDF, from exact values to archival bytes.

Owns the sheet with its counterfoil, the words on it in each language, and the fonts it is set in.
Verbs: render. It never decides an amount, never asks the network, and refuses figures that
do not add up.
"""
