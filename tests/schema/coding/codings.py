"""Two codings of one document: an invented one, and small ones made for one question."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from schema.coding.side_by_side import Compared, compare
from schema.dossier import Dossier, read_dossier
from schema.entries import AnyEntry
from tests.documents import DOSSIERS
from tests.schema.examples import Input

Part = Mapping[str, object]
"""What stands in a section of a dossier, by short names."""

SHA = "ab" * 32
FIRST = next(file for file in DOSSIERS if file.stem == "dam-report")
SECOND = Path(__file__).with_name("second-coder.yaml")


@cache  # reading takes longer than comparing
def read(file: Path) -> Dossier:
    """Read a dossier file."""
    return read_dossier(file.read_text("utf-8"), file.name)


@cache
def both_coders() -> Compared:
    """Return the report on the dam as two people coded it."""
    return compare(read(FIRST), read(SECOND))


def dossier(name: str = "one", sha256: str = SHA, /, **parts: Part) -> Dossier:
    """Return a dossier of a document with some parts; passages that are left out are the same."""
    source = {"id": f"source/{name}", "name": name, "sha256": sha256, "length": 1000}
    statements = {
        short: {"passages": [passage(0, 100)], **statement}
        for short, statement in parts.get("statements", {}).items()
        if isinstance(statement, dict)
    }
    return read_dossier(
        written({"dossier": 1, "source": source, **parts, "statements": statements}),
        f"{name}.yaml",
    )


def written(tree: object) -> str:
    """Return a tree as YAML on one line."""
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08X}"
        for character in json.dumps(tree, ensure_ascii=False)
    )


def passage(start: int, end: int) -> Input:
    """Return a passage of the document."""
    return {"start": start, "end": end, "sha256": SHA}


def said(claim: str, **fields: object) -> Input:
    """Return a statement with a claim of its own, by an actor known nowhere."""
    return {"speaker": "actor/somebody", "claim": {"text": claim}, **fields}


def quote(start: int, exact: str) -> Input:
    """Return the fields of a statement that quotes words."""
    return {"attribution": "PARTIAL_QUOTE", "quotes": [{"start": start, "exact": exact}]}


def two(first: Part, second: Part, shared: Sequence[AnyEntry] = ()) -> Compared:
    """Put two dossiers side by side that have these statements."""
    one, other = dossier("one", statements=first), dossier("other", statements=second)
    return compare(one, other, shared)
