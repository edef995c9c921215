"""GoCardless as an adapter: debits on mandates that payers give on its own pages."""
