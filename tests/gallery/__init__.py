"""Draws every portal page with sample values, so that people and browsers can look at them."""
