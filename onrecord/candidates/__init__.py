"""Pairs of things on record that may be one and the same, proposed for a person to judge.

Nothing here judges: a proposal says why two things are worth a look, and how much speaks for it.
"""
