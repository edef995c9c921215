"""Intents, attempts, gateway accounts and the inbox of gateway events. No invoice in sight.

An attempt is recorded and committed before its gateway is called; its outcome is recorded by one
verb, `record_outcomes`, whoever brings it.
"""
