"""Logs of all times verify, and the graph that a version of the model makes of them stays equal."""

from dataclasses import replace

import pytest

from eventlog.chain import genesis
from eventlog.errors import Tampered
from eventlog.verification import verified
from graph.model import KINDS, PROBLEM, VERSION, past_label
from graph.whole import fold_all
from schema.entries import ENTRY_TYPES, THING_TYPES, AnyEntry, decode
from tests.graph.golden import (
    GoldenLog,
    folded_digest,
    golden_logs,
    known_versions,
    of_this_model,
)
from tests.schema.golden import example_file

LOGS = golden_logs()

RAISE = "raise MODEL_VERSION in graph/model.py, and run python -m tests.graph.golden"


def _verify(log: GoldenLog) -> tuple[int, str]:
    proven = verified(log.entries, genesis(log.log_id).hex(), (log.position, log.hash))
    return proven.entries, proven.hash


@pytest.mark.parametrize("name", LOGS)
def test_a_golden_log_verifies(name: str) -> None:
    log = LOGS[name]

    assert _verify(log) == (log.position, log.hash)
    assert tuple(entry.header.canonical() for entry in log.entries) == log.headers


@pytest.mark.parametrize("name", LOGS)
def test_a_golden_log_folds_to_the_digest_that_it_had(name: str) -> None:
    known = of_this_model()["digests"].get(name)

    assert folded_digest(LOGS[name]) == known, f"the graph has another shape: {RAISE}"


@pytest.mark.parametrize("name", LOGS)
def test_every_entry_of_a_golden_log_is_applied(name: str) -> None:
    assert [node for node in fold_all(LOGS[name].entries).nodes if node.label == PROBLEM] == []


def test_a_program_that_reads_more_versions_has_another_version_of_the_model() -> None:
    assert known_versions() == of_this_model()["versions"], (
        f"a graph of before holds problems that this program has not: {RAISE}"
    )


@pytest.mark.parametrize(
    ("model", "version"),
    [(model, version) for model in THING_TYPES for version in range(1, model.VERSION + 1)],
)
def test_the_example_of_every_version_stands_in_a_golden_log(
    model: type[AnyEntry], version: int
) -> None:
    written = {
        (entry.header.kind, entry.header.version, entry.payload)
        for log in LOGS.values()
        for entry in log.entries
    }

    example = example_file(model.kind(), version).read_bytes()
    assert (model.kind(), version, example) in written


def test_golden_logs_hold_every_kind_every_label_every_field_and_what_is_left_out() -> None:
    entries = [entry for log in LOGS.values() for entry in log.entries]
    decoded = [decode(one.header.kind, one.header.version, one.payload) for one in entries]

    assert {type(one) for one in decoded} == set(ENTRY_TYPES)
    for model in THING_TYPES:
        filled = [one.model_fields_set for one in decoded if type(one) is model]
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        assert set.union(*filled) == set(model.model_fields)
        assert min(filled, key=len) <= required | {"because", "polarity", "claim"}
    labels = {node.label for log in LOGS.values() for node in fold_all(log.entries).nodes}
    assert labels >= {*KINDS, VERSION, past_label("Issue")}


# -- what the golden logs find -----------------------------------------------------------------


def test_another_byte_in_a_golden_log_is_found() -> None:
    log = LOGS["log.1.jsonl"]
    entry = log.entries[2]
    spoilt = entry._replace(payload=entry.payload.replace(b"a", b"b", 1))

    with pytest.raises(Tampered, match="position 3 does not have the hash of its content"):
        _verify(replace(log, entries=(*log.entries[:2], spoilt, *log.entries[3:])))
    with pytest.raises(Tampered, match=f"the anchor is at position {log.position}"):
        _verify(replace(log, entries=log.entries[: log.entries[0].header.append_size]))


def test_another_shape_of_the_graph_is_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    log = LOGS["log.1.jsonl"]
    before = folded_digest(log)

    monkeypatch.setattr("graph.deriving.CAPTION_LENGTH", 10)
    assert folded_digest(log) != before
