"""The commands, one module a subject.

Each has ``add_to(app)`` and stands in `COMMANDS` of `onrecord.cli`, which loads it only if needed.
"""
