"""Money that comes outside a gateway: our bank accounts, their statements, cheques and cash."""
