"""Who owes: customers, and their contacts with the mail each gets and the rights each has.

Never: what they owe.
"""
