"""Readers of files that people bring: one folder per kind."""
