"""Messages: what was written to whom, once per cause, and whether it arrived.

Knows no invoice: the facts come in as values, the words are templates of this folder.
"""
