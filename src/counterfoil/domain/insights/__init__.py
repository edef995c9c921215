"""What the business's rows say when they are read together: the work list, ageing, timelines.

Owns no table and writes nothing: named SQL over the nouns below, handed out as frozen rows.
"""
