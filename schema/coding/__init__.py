"""Coding a document: helps for those who write dossiers. Pure functions; imports schema only."""
