"""Who works for the business and what they may do: roles, limits, invitations."""
