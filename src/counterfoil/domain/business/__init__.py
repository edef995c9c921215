"""The businesses: legal entity, brand and look, host names. Global: it owns every other row.

Never: customers, money.
"""
