"""Checks against the articles' own text, run by name where the articles are at hand."""
