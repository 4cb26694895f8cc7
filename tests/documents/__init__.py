"""Invented documents with their dossiers: they hold what the two seed articles do not.

``DOSSIERS`` are their files in the order in which they are recorded, one append each.
"""

from pathlib import Path

from schema.dossier import Dossier, read_dossier

FOLDER = Path(__file__).parent
_NAMES = ("report", "report-corrected", "fact-check", "minutes", "post", "filing", "leaflet")

DOSSIERS = tuple(FOLDER / f"dam-{name}.yaml" for name in _NAMES)


def dossier_of(file: Path) -> Dossier:
    """Read a dossier file."""
    return read_dossier(file.read_text("utf-8"), file.name)


def text_of(file: Path) -> str:
    """Read a document as it is, its line ends included."""
    return file.read_bytes().decode("utf-8")
