"""What passes the doors: keys of calls coming in, events going out, and the faults of both."""
