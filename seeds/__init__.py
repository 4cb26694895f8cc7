"""The dossiers that come with the program: the two articles it was born from."""

from importlib.resources import files
from pathlib import Path

_NAMES = ("shared.yaml", "trump-banks-on-call.yaml", "mano-a-mano.yaml", "identity.yaml")


def seed_files() -> tuple[Path, ...]:
    """Return the dossier files in an order in which each names only what is in those before it."""
    return tuple(Path(str(files(__name__).joinpath(name))) for name in _NAMES)
