"""The gateway's doors: JSON for servers, pages for payers, a script for portals."""
