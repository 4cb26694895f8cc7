"""Invented documents with their dossiers: they hold what the two seed articles do not.

``DOSSIERS`` are their files in the order in which they are recorded, one append each.
"""

from pathlib import Path

_HERE = Path(__file__).parent
_NAMES = ("report", "report-corrected", "fact-check", "minutes", "post", "filing", "leaflet")

DOSSIERS = tuple(_HERE / f"dam-{name}.yaml" for name in _NAMES)
