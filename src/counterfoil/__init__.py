"""Counterfoil: the self-hosted customer payment portal."""
