"""Django-bound plumbing: transactions, rows of a business, SQL files, outbox, jobs, files."""
