"""Intents, attempts, refunds, gateway accounts and the inbox of events. No invoice in sight.

An attempt is recorded and committed before its gateway is called; what a gateway says of it is
judged in `outcomes` and written by one verb, `record`, whoever brings it. A refund goes the same
way: begun in `refunds`, judged in `refund_outcomes`.
"""
