"""Imports of records that others made, tried on small invented files."""
