"""Anchors: a position and its hash, kept outside of the log, which it is held against."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from eventlog import Head, Log
from eventlog.errors import OtherLog
from graph.errors import GraphError
from onrecord.composition import Neo4j, found_neo4j, open_graph
from onrecord.files import read_text
from onrecord.settings import Settings
from onrecord.showing import say
from schema.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from graph.checkpoint import Checkpoint

_POSITION = re.compile(r"[0-9]{1,18}")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_SHORT = re.compile(rf"\s*({_POSITION.pattern}):({_HASH.pattern})\s*")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a log was at some time; ``log_id`` if it is known, ``name`` tells where it was kept."""

    position: int
    hash: str
    log_id: str | None
    name: str

    def check_log(self, log_id: str) -> None:
        """Refuse another log.

        :raises OtherLog: the anchor is not of this one.
        """
        if self.log_id not in (None, log_id):
            raise OtherLog(f"{self.name} is of the log {self.log_id}, and this one is {log_id}")


def told(head: Head) -> dict[str, str | int | None]:
    """Return what is published of where a log ends."""
    return {
        "position": head.position,
        "hash": head.hash,
        "logId": head.log_id,
        "recordedAt": head.recorded_at,
    }


def given(argument: str) -> Anchor:
    """Return the anchor that is ``POSITION:HASH``, or in a file that ``log anchor`` printed.

    :raises InvalidInput: it is neither, or the file cannot be read.
    """
    if (short := _SHORT.fullmatch(argument)) is not None:
        return Anchor(int(short[1]), short[2].lower(), None, "the anchor")
    text = read_text(Path(argument))
    if (short := _SHORT.fullmatch(text)) is not None:
        position, hash_, log_id = short[1], short[2], ""
    else:
        said = _said(text)
        position, hash_, log_id = (str(said.get(one, "")) for one in ("position", "hash", "logId"))
    if not (_POSITION.fullmatch(position) and _HASH.fullmatch(hash_)):
        raise InvalidInput([Fault((), "is no anchor: onrecord log anchor prints one", argument)])
    return Anchor(int(position), hash_.lower(), log_id or None, f"the anchor in {argument}")


def _said(text: str) -> Mapping[str, object]:
    """Read JSON, or names with their values line by line."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        pairs = (line.split(maxsplit=1) for line in text.splitlines())
        return {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}
    return value if isinstance(value, dict) else {}


def of_graph(settings: Settings, log: Log) -> Anchor | None:
    """Return the graph's checkpoint, if a Neo4j runs and has one."""
    found = found_neo4j(settings)
    if found is None:
        return None
    try:
        checkpoint = asyncio.run(_checkpoint(found))
    except GraphError as error:
        say(f"the log is not held against the graph: {error}")
        return None
    if checkpoint is None:
        return None
    if not _HASH.fullmatch(checkpoint.hash):
        say("the log is not held against the graph, whose checkpoint was changed by hand")
        return None
    return Anchor(
        checkpoint.position, checkpoint.hash, checkpoint.log_id or None, "the graph's checkpoint"
    )


async def _checkpoint(found: Neo4j) -> "Checkpoint | None":
    from graph.checkpoint import read_checkpoint  # loaded only where a Neo4j runs

    async with open_graph(found) as graph:
        return await read_checkpoint(graph)
