"""The writers of people: contacts, invitations, requests for access, the use of links."""
