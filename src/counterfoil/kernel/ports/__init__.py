"""What adapters fulfil: frozen values and one small protocol per capability."""
