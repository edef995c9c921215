"""Figures that anyone can print again: `make bench`, or `make bench ARGS="pages posting"`."""
