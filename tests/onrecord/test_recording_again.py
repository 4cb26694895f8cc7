"""``record`` with a dossier that was edited: same, new, changed, missing."""

import json
import re
from pathlib import Path

import pytest

from eventlog import NewEntry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord import recording
from schema.entries import StatementRecorded
from tests.onrecord.dossiers import GOOD, SHA, write
from tests.onrecord.running import Program

STATEMENT = f"""\
  fees-are-fair:
    speaker: mayor
    claim: {{text: The fees are fair., issues: [harbour]}}
    passages: [{{start: 130, end: 150, sha256: {SHA}}}]
"""
LATE = GOOD.replace("source/gazette", "source/gazette-late")


def record(log: SqliteLog, *files: str) -> str:
    """Record files, and return what is told."""
    return recording.record(log, "tester", recording.read_dossiers(map(Path, files))).sentence()


def refused(log: SqliteLog, *files: str) -> list[str]:
    """Record files that differ from the record: return the differences, without the folder."""
    before = log.head()
    with pytest.raises(recording.Differs) as told:
        record(log, *files)
    assert log.head() == before
    return lines(str(told.value))


def lines(told: str) -> list[str]:
    """Return the differences that are told, without the folder and what can be done."""
    *differences, advice = told.splitlines()
    assert advice.startswith("nothing was written, and what is on record stays as it is: ")
    return [re.sub(r"^(onrecord: )?/\S*/", "", line) for line in differences]


def edited(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with every change made, each of which has to change something."""
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def test_a_changed_dossier_is_refused_with_all_differences_and_what_can_be_done(
    program: Program, tmp_path: Path
) -> None:
    program.ok("record", write(tmp_path))
    before = program.ok("log", "show", "--format", "json")
    changed = write(tmp_path, edited(GOOD[: GOOD.index("  she-")], ("PROMISES", "WARNS")))
    ran = program.run("record", changed)
    assert (ran.code, ran.out) == (2, "")
    assert lines(ran.err) == [
        "gazette.yaml:27: statements.fees-rise.force: PROMISES on record at position 6, WARNS here",
        (
            "gazette.yaml:2: source: claim/gazette/she-wants-more is on record at position 7, "
            "but not here"
        ),
        (
            "gazette.yaml:2: source: statement/gazette/she-wants-more is on record at position 8, "
            "but not here"
        ),
    ]
    assert "(onrecord log show POSITION shows how)" in ran.err
    assert program.run("record", "--dry-run", changed) == ran
    assert program.ok("log", "show", "--format", "json") == before


def test_every_field_that_was_changed_is_told_with_what_is_on_record(
    log: SqliteLog, tmp_path: Path
) -> None:
    record(log, write(tmp_path))
    text = edited(
        GOOD,
        ("    force: PROMISES\n", ""),
        ("name: Ada Marsh", "name: Ada Marsh-Hill"),
        ("The fees double.", "The fees triple."),
        ("attitude: WANTS", "attitude: FEARS"),
        ("end: 60", "end: 62"),
        ("said: 2024-03-01", "said: {edtf: 2024-03-01, words: on Friday}"),
        ("    question: Should the harbour fees rise?\n", ""),
    )
    assert refused(log, write(tmp_path, text)) == [
        (
            "gazette.yaml:14: actors.mayor.name: 'Ada Marsh' on record at position 3, "
            "'Ada Marsh-Hill' here"
        ),
        (
            "gazette.yaml:18: issues.harbour.question: 'Should the harbour fees rise?' on record at "
            "position 4, nothing here"
        ),
        (
            "gazette.yaml:21: statements.fees-rise.force: PROMISES on record at position 6, "
            "STATES here"
        ),
        (
            "gazette.yaml:26: statements.fees-rise.said.words: nothing on record at position 6, "
            "'on Friday' here"
        ),
        "gazette.yaml:27: statements.fees-rise.passages.0.end: 60 on record at position 6, 62 here",
        (
            "gazette.yaml:31: statements.she-wants-more.claim.text: 'The fees double.' on record at "
            "position 7, 'The fees triple.' here"
        ),
        (
            "gazette.yaml:29: statements.she-wants-more.ascribedTo.attitude: WANTS on record at "
            "position 8, FEARS here"
        ),
    ]


def test_added_and_removed_items_of_lists_are_told(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    text = edited(
        GOOD,
        ("aliases: [the mayor]", "aliases: [Mayor Marsh, Madam Mayor]"),
        (f"start: 10, end: 60, sha256: {SHA}", f"start: 20, end: 30, sha256: {'cd' * 32}"),
    )
    here = "not on record at position"
    assert refused(log, write(tmp_path, text)) == [
        f"gazette.yaml:16: actors.mayor.aliases.0: 'Mayor Marsh' here, but {here} 3",
        f"gazette.yaml:16: actors.mayor.aliases.1: 'Madam Mayor' here, but {here} 3",
        "gazette.yaml:16: actors.mayor.aliases: 'the mayor' on record at position 3, but not here",
        (
            "gazette.yaml:29: statements.fees-rise.passages.0: "
            "{start: 20, end: 30, source: source/gazette, part: BODY} here, "
            f"but {here} 6"
        ),
        (
            "gazette.yaml:29: statements.fees-rise.passages: "
            "{start: 10, end: 60, source: source/gazette, part: BODY} on record at position 6, "
            "but not here"
        ),
    ]


def test_what_is_nested_or_long_is_told_so_that_it_can_be_read(
    log: SqliteLog, tmp_path: Path
) -> None:
    start = "What the owners of boats have to pay for a place at the quay of the harbour in "
    event = """\
events:
  vote:
    name: Vote on the fees
    status: SCHEDULED
    place: PLACE
    participants: [{actor: mayor, role: presides}, {actor: gazette}]
    figures:
      - {what: seats, to: 21, unit: seats}
      - {what: fees, from: 10, to: 20, unit: EUR}
"""
    record(log, write(tmp_path, GOOD + event.replace("PLACE", f"{start}summer")))
    changed = edited(
        event,
        ("PLACE", f"{start}winter"),
        (
            "[{actor: mayor, role: presides}, {actor: gazette}]",
            "[{actor: gazette}, {actor: mayor}]",
        ),
        ("to: 20", "to: 25"),
        ("      - {what: seats, to: 21, unit: seats}\n", ""),
    )
    assert refused(log, write(tmp_path, GOOD + changed)) == [
        (
            "gazette.yaml:40: events.vote.place: '…of the harbour in summer' on record at "
            "position 5, '…of the harbour in winter' here"
        ),
        (
            "gazette.yaml:41: events.vote.participants: {actor: actor/gazette/mayor, "
            "role: presides} on record at position 5, but not here"
        ),
        (
            "gazette.yaml:41: events.vote.participants.1: {actor: actor/gazette/mayor} here, but "
            "not on record at position 5"
        ),
        "gazette.yaml:43: events.vote.figures.0.to: 20 on record at position 5, 25 here",
        (
            "gazette.yaml:42: events.vote.figures: {what: seats, to: 21, unit: seats, "
            "bound: EXACT} on record at position 5, but not here"
        ),
    ]
    turned = edited(event, ("PLACE", f"{start}summer"))
    turned = edited(
        turned,
        (
            "[{actor: mayor, role: presides}, {actor: gazette}]",
            "[{actor: gazette}, {actor: mayor, role: presides}]",
        ),
    )
    assert refused(log, write(tmp_path, GOOD + turned)) == [
        (
            "gazette.yaml:41: events.vote.participants: the same on record at position 5, "
            "but in another order"
        )
    ]


def test_what_a_dossier_no_longer_has_is_told_with_its_position(
    log: SqliteLog, tmp_path: Path
) -> None:
    record(log, write(tmp_path))
    text = GOOD[: GOOD.index("  she-wants-more:")] + STATEMENT
    assert refused(log, write(tmp_path, text)) == [
        (
            "gazette.yaml:2: source: claim/gazette/she-wants-more is on record at position 7, "
            "but not here"
        ),
        (
            "gazette.yaml:2: source: statement/gazette/she-wants-more is on record at position 8, "
            "but not here"
        ),
    ]


def test_the_differences_of_all_files_are_told_at_once(log: SqliteLog, tmp_path: Path) -> None:
    files = (write(tmp_path), write(tmp_path, LATE, "late.yaml"))
    record(log, *files)
    write(tmp_path, edited(GOOD, ("Ada Marsh", "Ida Marsh")))
    write(tmp_path, LATE[: LATE.index("  she-wants-more:")], "late.yaml")
    told = refused(log, *files)
    assert [line.partition(": ")[0] for line in told] == [
        "gazette.yaml:14",
        "late.yaml:2",
        "late.yaml:2",
    ]


def test_sources_whose_names_begin_alike_are_told_apart(log: SqliteLog, tmp_path: Path) -> None:
    late = write(tmp_path, LATE, "late.yaml")
    record(log, late)
    early = write(tmp_path)
    assert record(log, early).startswith("recorded 8 entries")
    assert record(log, late).startswith("nothing to record")
    assert record(log, early, late).startswith("nothing to record: all 16 entries")
    shorter = write(tmp_path, GOOD[: GOOD.index("  she-wants-more:")])
    told = refused(log, shorter, late)
    assert [line.split()[2] for line in told] == [
        "claim/gazette/she-wants-more",
        "statement/gazette/she-wants-more",
    ]


def test_what_is_used_is_not_the_dossiers_own(log: SqliteLog, tmp_path: Path) -> None:
    issue = (
        "issues:\n  harbour:\n    name: Harbour fees\n    question: Should the harbour fees rise?\n"
    )
    shared = f"dossier: 1\n{issue}".replace(
        "harbour:\n", "harbour:\n    id: issue/gazette/harbour\n"
    )
    using = edited(GOOD, (issue, "use: {harbour: issue/gazette/harbour}\n"))
    files = (write(tmp_path, shared, "shared.yaml"), write(tmp_path, using))
    record(log, *files)
    assert record(log, files[1]).startswith("nothing to record: all 7 entries")
    without_word = edited(using, ("use: {harbour: issue/gazette/harbour}\n", ""))
    without_word = edited(without_word, ("[harbour]", "[issue/gazette/harbour]"))
    assert refused(log, write(tmp_path, without_word)) == [
        "gazette.yaml:2: source: issue/gazette/harbour is on record at position 1, but not here"
    ]
    assert record(log, write(tmp_path, without_word), files[0]).startswith("nothing")


def test_what_another_file_uses_is_missed_where_it_was(log: SqliteLog, tmp_path: Path) -> None:
    using = "dossier: 1\nuse: {more: statement/gazette/she-wants-more}\nissues: {a: {name: A}}\n"
    other = write(tmp_path, using, "other.yaml")
    record(log, write(tmp_path), other)
    shorter = edited(GOOD, ("  she-wants-more:", "  she-wants-all:"))
    assert refused(log, write(tmp_path, shorter), other) == [
        (
            "gazette.yaml:2: source: claim/gazette/she-wants-more is on record at position 7, "
            "but not here"
        ),
        (
            "gazette.yaml:2: source: statement/gazette/she-wants-more is on record at position 8, "
            "but not here"
        ),
    ]


def test_what_was_looked_for_is_told(log: SqliteLog, tmp_path: Path) -> None:
    gazette, late = write(tmp_path), write(tmp_path, LATE, "late.yaml")
    tolls = "dossier: 1\nissues:\n  tolls: {name: Tolls}\n"
    shared = write(tmp_path, tolls, "tolls.yaml")
    assert record(log, gazette, shared) == "recorded 9 entries at positions 1 to 9"
    same = "nothing to record: {} on record with the same content; {}"
    elsewhere = "and what has an id elsewhere was not looked for"
    assert record(log, gazette) == same.format(
        "all 8 entries are", f"nothing below source/gazette is missing, {elsewhere}"
    )
    assert record(log, gazette, shared) == same.format(
        "all 9 entries are", f"nothing below source/gazette is missing, {elsewhere}"
    )
    assert record(log, shared) == same.format(
        "the entry is", "what is missing was not looked for, since there is no source among them"
    )
    assert record(log, gazette, late) == (
        "recorded 8 entries at positions 10 to 17; 8 were on record with the same content; "
        f"nothing below their 2 sources is missing, {elsewhere}"
    )
    write(tmp_path, f"{tolls}  quays: {{name: Quays}}\n", "tolls.yaml")
    assert record(log, shared) == (
        "recorded 1 entry at position 18; 1 was on record with the same content; "
        "what is missing was not looked for, since there is no source among them"
    )


def test_what_has_an_id_of_its_own_is_compared_but_not_missed(
    log: SqliteLog, tmp_path: Path
) -> None:
    rival = "  rival: {id: actor/bo-finch, name: Bo Finch, kind: PERSON}\n"
    more = edited(GOOD, ("actors:\n", f"actors:\n{rival}"))
    record(log, write(tmp_path, more))
    assert record(log, write(tmp_path)).endswith("what has an id elsewhere was not looked for")
    other = edited(more, ("Bo Finch", "Bo Fink"))
    assert refused(log, write(tmp_path, other)) == [
        "gazette.yaml:10: actors.rival.name: 'Bo Finch' on record at position 2, 'Bo Fink' here"
    ]


def test_what_was_added_by_other_means_has_to_come_into_the_dossier(
    log: SqliteLog, tmp_path: Path
) -> None:
    record(log, write(tmp_path))
    fields = {
        "id": "statement/gazette/fees-again",
        "speaker": "actor/gazette/mayor",
        "attribution": "PARAPHRASE",
        "polarity": "ASSERTS",
        "claim": "claim/gazette/fees-rise",
        "passages": [{"source": "source/gazette", "start": 130, "end": 150, "sha256": SHA}],
    }
    Recorder(log, "the API").record([StatementRecorded.model_validate(fields)])
    assert refused(log, write(tmp_path)) == [
        (
            "gazette.yaml:2: source: statement/gazette/fees-again is on record at position 9, "
            "but not here"
        )
    ]
    again = (
        "  fees-again:\n    speaker: mayor\n    claim: fees-rise\n"
        f"    passages: [{{start: 130, end: 150, sha256: {SHA}}}]\n"
    )
    assert record(log, write(tmp_path, GOOD + again)).startswith("nothing to record")


def _of_a_newer_program(program: Program, subject: str) -> None:
    """Put on record what a newer program might, under an id of the dossier."""
    log = SqliteLog(program.data / "log.sqlite3")
    log.append([NewEntry("ActorRecorded", 2, subject, b"{}")], recorded_by="a newer one")
    log.close()


@pytest.mark.parametrize("command", [("record",), ("record", "--dry-run")])
def test_what_a_newer_program_recorded_is_not_compared_but_told_with_what_to_do(
    program: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    _of_a_newer_program(program, "actor/gazette/mayor")
    assert program.refused(*command, write(tmp_path), code=3) == (
        "position 1 (actor/gazette/mayor) cannot be read: no ActorRecorded of version 2 is known "
        "to this program, which knows it up to version 1: use the newer program that wrote it"
    )
    assert len(program.ok("log", "show", "--format", "json").splitlines()) == 1


def test_what_nobody_needs_of_a_newer_program_keeps_nobody_from_recording(
    program: Program, tmp_path: Path
) -> None:
    _of_a_newer_program(program, "actor/elsewhere")
    assert program.ok("record", write(tmp_path)).startswith("recorded 8 entries at positions 2 to")
    shown = json.loads(program.ok("log", "show", "1"))
    assert (shown["kind"], shown["version"], shown["payload"]) == ("ActorRecorded", 2, {})
    assert program.ok("log", "verify").startswith("the log is as it was written: 9 entries")
