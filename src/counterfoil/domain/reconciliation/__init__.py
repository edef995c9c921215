"""Lines of bank statements, and what became of each: settled, waiting for a person, put aside.

Never: reads a file (adapters), moves money (the one door does, in flows).
"""
