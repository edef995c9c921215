"""Turns that money takes now and then: sent back by hand, stopped, called off, bounced, failed."""
