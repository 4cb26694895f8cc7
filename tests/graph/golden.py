"""Golden logs: whole logs as programs of their day wrote them, which verify and fold for ever.

``golden/log.<n>.jsonl`` says on its first line which log it is, how far it goes, and the hash that it
ends with; each further line is an entry, with header and payload as the texts that were hashed.
``digests.json`` says, for each version of the graph's model, which entries a program of it reads
and what it makes of each golden log. What is missing of both is written by::

    python -m tests.graph.golden
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from eventlog import Entry, Header
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.model import MODEL_VERSION
from graph.whole import fold_all
from schema.entries import (
    ENTRY_TYPES,
    THING_TYPES,
    Amended,
    AnyEntry,
    AnyThing,
    IdentityJudged,
    Reinstated,
    Retracted,
)
from schema.identifiers import kind_of
from schema.references import references
from tests.graph.records import record
from tests.schema.examples import FULL, MINIMAL, Input, minimal

FOLDER = Path(__file__).with_name("golden")
DIGESTS = FOLDER / "digests.json"


@dataclass(frozen=True, slots=True)
class GoldenLog:
    """A log as it was written: what it is called by, its entries, and their headers' texts."""

    log_id: str
    position: int
    hash: str
    entries: tuple[Entry, ...]
    headers: tuple[bytes, ...]


def golden_logs() -> dict[str, GoldenLog]:
    """Return every golden log by the name of its file."""
    return {file.name: _read(file) for file in sorted(FOLDER.glob("log.*.jsonl"))}


def _read(file: Path) -> GoldenLog:
    first, *lines = map(orjson.loads, file.read_bytes().splitlines())
    return GoldenLog(
        log_id=first["logId"],
        position=first["position"],
        hash=first["hash"],
        entries=tuple(
            Entry(
                _header(orjson.loads(line["header"])),
                line["payload"].encode(),
                bytes.fromhex(line["salt"]),
                bytes.fromhex(line["hash"]),
            )
            for line in lines
        ),
        headers=tuple(line["header"].encode() for line in lines),
    )


def _header(told: dict[str, Any]) -> Header:
    return Header(
        log_id=told["logId"],
        position=told["position"],
        recorded_at=told["recordedAt"],
        recorded_by=told["recordedBy"],
        kind=told["kind"],
        version=told["version"],
        subject=told["subject"],
        append_first=told["appendFirst"],
        append_size=told["appendSize"],
        idempotency_key=told.get("idempotencyKey"),
    )


def known_versions() -> dict[str, int]:
    """Return the present version of each kind."""
    return {model.kind(): model.VERSION for model in ENTRY_TYPES}


def folded_digest(log: GoldenLog) -> str:
    """Return the digest of what the fold makes of a log."""
    return fold_all(log.entries).digest()


def known_digests() -> dict[str, dict[str, dict[str, object]]]:
    """Return what was written for each version of the graph's model."""
    known: dict[str, dict[str, dict[str, object]]] = orjson.loads(DIGESTS.read_bytes())
    return known


def of_this_model() -> dict[str, dict[str, object]]:
    """Return what was written for the present version of the graph's model, if it was."""
    return known_digests().get(str(MODEL_VERSION), {"versions": {}, "digests": {}})


# -- writing -----------------------------------------------------------------------------------

_FILLINGS: Mapping[str, Input] = {
    "issue/asked": {"question": "Should it be asked?"},
    "role/capacity": {"holder": "actor/speaker"},
}
"""What things that the examples refer to have to say, beside the least."""


def _examples() -> list[AnyThing]:
    """Return the examples of all kinds of things, full and least, with all that they refer to."""
    full = [model.model_validate(FULL[model]) for model in THING_TYPES]
    least = [
        model.model_validate({**MINIMAL[model], "id": f"{MINIMAL[model]['id']}-least"})
        for model in THING_TYPES
    ]
    entries: dict[str, AnyThing] = {entry.id: entry for entry in (*full, *least)}
    models = {kind_of(str(MINIMAL[model]["id"])): model for model in THING_TYPES}
    waiting = list(entries.values())
    while waiting:
        for one in references(waiting.pop()):
            for end in (one.source, one.target):
                if end not in entries:
                    given = minimal(models[kind_of(end)], id=end, **_FILLINGS.get(end, {}))
                    entries[end] = models[kind_of(end)].model_validate(given)
                    waiting.append(entries[end])
    return list(entries.values())


def _appends() -> Iterator[tuple[Sequence[AnyEntry], str | None]]:
    """Yield appends with their idempotency keys."""
    yield _examples(), "the examples"
    for append in record(7, 24, append_size=8):
        yield append, None
    for change in _changes():
        yield [change], None


def _changes() -> Iterator[AnyEntry]:
    """Yield changes of what the appends before have put on record."""
    again = "It was read again."
    yield Amended(id="claim/0", fields={"text": "It was said otherwise."}, reason=again)
    yield Amended(id="source/0", fields={"published": {"edtf": "2025-05-02"}}, reason=again)
    yield Retracted(id="statement/3", reason="It was a mistake.")
    yield Reinstated(id="statement/3", reason="It was none.")
    yield Retracted(id="issue/1", reason="It was a mistake.")
    for number, (one, other) in enumerate([("actor/1", "actor/2"), ("actor/2", "actor/3")]):
        given = {"id": f"judgement/{number}", "type": "SAME_AS", "from": one, "to": other}
        yield IdentityJudged.model_validate({**given, "because": "They are described alike."})
    yield Retracted(id="judgement/0", reason="They are two.")


def _write_log(file: Path) -> None:
    """Write a golden log of entries of the present versions."""
    with TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "log.sqlite3")
        for append, key in _appends():
            Recorder(log, "a golden hand").record(append, idempotency_key=key, cascade=True)
        head = log.head()
        lines = [{"logId": head.log_id, "position": head.position, "hash": head.hash}]
        lines += [
            {
                "header": entry.header.canonical().decode(),
                "payload": entry.payload.decode(),
                "salt": entry.salt.hex(),
                "hash": entry.hash_hex,
            }
            for entry in log.entries()
        ]
        log.close()
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def write() -> None:
    """Write a golden log if none has the present versions, and the digests of this model."""
    FOLDER.mkdir(exist_ok=True)
    logs = golden_logs()
    held_versions = {
        (entry.header.kind, entry.header.version) for log in logs.values() for entry in log.entries
    }
    if known_versions().items() - held_versions:
        _write_log(FOLDER / f"log.{len(logs) + 1}.jsonl")
    known = known_digests() if DIGESTS.exists() else {}
    model = known.setdefault(
        str(MODEL_VERSION), {"versions": dict(known_versions()), "digests": {}}
    )
    for name, log in golden_logs().items():
        model["digests"].setdefault(name, folded_digest(log))
    DIGESTS.write_bytes(orjson.dumps(known, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    write()
