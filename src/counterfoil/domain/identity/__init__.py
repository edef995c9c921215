"""Who signs in: users (global), staff memberships and roles, API keys, guest links.

A user is global; what a user may see hangs on a contact or a membership of one business.
"""
