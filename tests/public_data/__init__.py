"""Checks against public data, run by name where the data is at hand."""
