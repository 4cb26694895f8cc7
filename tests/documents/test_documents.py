"""The invented documents: recorded as they are, and with the seeds the whole vocabulary."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from eventlog import Log
from eventlog.recorder import Recorder
from schema.coding.coverage import coverage
from schema.coding.evidence import cited_in, inexact, mismeasured, passages_of
from schema.dates import Basis, Precision, UncertainDate, parse
from schema.dossier import LeftOutReason
from schema.entries import (
    THING_TYPES,
    ActorKind,
    AnyEntry,
    Attribution,
    EventStatus,
    Force,
    LinkType,
    Polarity,
    SourceKind,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import (
    Ascription,
    Attitude,
    Bound,
    Figure,
    Part,
    Participant,
    Passage,
    StanceKind,
)
from seeds import seed_files
from tests.documents import DOSSIERS, dossier_of, text_of

VOCABULARY: tuple[type[StrEnum], ...] = (
    ActorKind,
    SourceKind,
    EventStatus,
    Attribution,
    Polarity,
    Force,
    LinkType,
    Part,
    Bound,
    Attitude,
    StanceKind,
    Basis,
    LeftOutReason,
)


def entries_of(files: Iterable[Path]) -> list[AnyEntry]:
    return [entry for file in files for entry in dossier_of(file).entries]


def parts(model: BaseModel) -> Iterator[BaseModel]:
    """Yield a model and all models inside it."""
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from parts(item)


def said_in(models: Iterable[BaseModel]) -> set[object]:
    """Return every value of every field, lists item by item."""
    found: set[object] = set()
    for model in models:
        for part in parts(model):
            for name in type(part).model_fields:
                value = getattr(part, name)
                found.update(value if isinstance(value, tuple) else (value,))
    return found


@pytest.mark.parametrize("file", DOSSIERS, ids=lambda file: file.stem)
def test_the_dossier_points_to_its_text_and_covers_it(file: Path) -> None:
    dossier, text = dossier_of(file), text_of(file.with_suffix(".txt"))
    source = dossier.source
    assert source is not None
    assert mismeasured(source, text) == []
    assert inexact(source, list(cited_in(dossier)), text) == []
    assert coverage(dossier, text).is_whole


def test_the_dossiers_are_recorded_one_after_the_other_and_again_unchanged(log: Log) -> None:
    recorder = Recorder(log, "a coder")
    count = 0
    for file in DOSSIERS:
        entries = dossier_of(file).entries
        assert len(recorder.record(entries).positions) == len(entries)
        count += len(entries)
    assert log.head().position == count
    again = recorder.record(entries_of(DOSSIERS))
    assert (again.positions, len(again.unchanged)) == ({}, count)


def test_seeds_and_documents_together_hold_the_whole_vocabulary() -> None:
    dossiers = [dossier_of(file) for file in (*seed_files(), *DOSSIERS)]
    said = said_in(model for one in dossiers for model in (*one.entries, *one.left_out))
    for vocabulary in VOCABULARY:
        assert set(vocabulary) - said == set(), vocabulary


def test_seeds_and_documents_together_fill_every_field() -> None:
    models = [part for one in entries_of((*seed_files(), *DOSSIERS)) for part in parts(one)]
    kinds = {type(model) for model in models}
    assert kinds > {*THING_TYPES, Passage, Figure, UncertainDate, Ascription, Participant}
    for kind in kinds:
        filled = {
            name
            for model in models
            if type(model) is kind
            for name in model.model_fields_set
            if getattr(model, name) not in (None, ())
        }
        assert set(kind.model_fields) - filled == set(), kind


def test_seeds_and_documents_together_hold_dates_of_every_precision() -> None:
    models = (part for entry in entries_of((*seed_files(), *DOSSIERS)) for part in parts(entry))
    dates = {model.edtf for model in models if isinstance(model, UncertainDate)}
    # UNKNOWN is what has no date at all.
    assert {parse(edtf).precision for edtf in dates} == set(Precision) - {Precision.UNKNOWN}
    assert {edtf[-1] for edtf in dates} > {"~", "?", "X", "]", "."}


def test_the_documents_pass_words_on_twice_and_take_them_back() -> None:
    entries = entries_of(DOSSIERS)
    statements = {one.id: one for one in entries if isinstance(one, StatementRecorded)}
    relay = statements["statement/dam-report/engineer-relay"]
    assert relay.claim is None
    assert relay.relays is not None
    inner = statements[relay.relays]
    assert inner.claim is None
    assert inner.relays is not None
    assert statements[inner.relays].claim is not None
    assert any(one.withdraws in statements for one in statements.values() if one.withdraws)
    sources = {one.id: one for one in entries if isinstance(one, SourceRecorded)}
    assert any(one.revision_of in sources for one in sources.values() if one.revision_of)
    assert any(set(one.derived_from) & set(sources) for one in sources.values())


def test_offsets_count_code_points_whatever_the_text_holds() -> None:
    report = DOSSIERS[0]
    text = text_of(report.with_suffix(".txt"))
    assert len(text.encode("utf-16-le")) // 2 > len(text)
    assert {"\u200f", "e\u0301", "é"} <= {*text, *(text[n : n + 2] for n in range(len(text)))}
    passages = (one for entry in dossier_of(report).entries for one in passages_of(entry))
    caption = next(one for one in passages if one.part is Part.CAPTION)
    assert text[caption.start : caption.end] == caption.exact
    assert caption.exact is not None
    assert caption.exact.startswith("📷")
