"""The trail: what was written is sealed in batches, each over its rows and over the batch before
it, so that whoever holds one number can tell whether anything older was bent.

Never: what a row means. Which tables are sealed is told by whoever seals.
"""
