"""Calls to addresses that people typed in: judged before they are kept and when they are used."""
