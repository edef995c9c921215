"""The demo: two businesses with two years behind them, made by calling the flows as pages do.

Owns nothing that the product needs: it may be left out of an installation.
"""
