"""Personal data: what is held on whom, copies of it for them, its erasure, and how long it stays.

It knows every table by name, for it answers for all of them; whose rows they are otherwise does not
change. Nothing else imports it but flows and surfaces.
"""
