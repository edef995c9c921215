"""The ways to pay: what they are on a page, and which of them somebody is offered."""
