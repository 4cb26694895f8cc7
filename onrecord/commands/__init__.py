"""The commands, one module a subject; each has ``add_to(app)``."""
