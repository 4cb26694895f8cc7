"""``record`` and ``log``: what they do and say, on a real log."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.running import Program, Ran
from tests.ports import free_port

ENTRIES = 8
SAME = (
    "on record with the same content; nothing below source/gazette is missing, "
    "and what has an id elsewhere was not looked for"
)


def nothing_on_record(program: Program) -> bool:
    """Tell whether there is no log, or an empty one."""
    return program.run("log", "show", "--format", "json").out == ""


def test_a_dossier_goes_on_record_whole(program: Program, tmp_path: Path) -> None:
    said = program.ok("record", write(tmp_path))
    assert said == f"recorded {ENTRIES} entries at positions 1 to {ENTRIES}\n"


def test_recording_it_again_changes_nothing_and_says_so(program: Program, tmp_path: Path) -> None:
    dossier = write(tmp_path)
    program.ok("record", dossier)
    before = program.ok("log", "show", "--format", "json")
    said = program.ok("record", dossier)
    assert said == f"nothing to record: all {ENTRIES} entries are {SAME}\n"
    assert program.ok("log", "show", "--format", "json") == before


def test_a_dry_run_says_what_would_be_recorded_and_writes_nothing(
    program: Program, tmp_path: Path
) -> None:
    tolls = "dossier: 1\nissues: {tolls: {id: issue/tolls, name: Tolls}}\n"
    program.ok("record", write(tmp_path, tolls, "tolls.yaml"))
    before = program.ok("log", "show", "--format", "json")
    *shown, said = program.ok("record", "--dry-run", write(tmp_path)).splitlines()
    assert said == (
        f"would record {ENTRIES} entries at positions 2 to {ENTRIES + 1}; nothing was written"
    )
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown if "│" in line]
    assert rows == [
        ["2", "SourceRecorded", "source/gazette", "The Gazette on the harbour"],
        ["3", "ActorRecorded", "actor/gazette/gazette", "the Gazette"],
        ["4", "ActorRecorded", "actor/gazette/mayor", "Ada Marsh"],
        ["5", "IssueRecorded", "issue/gazette/harbour", "Harbour fees"],
        ["6", "ClaimRecorded", "claim/gazette/fees-rise", "The harbour fees rise in April 2024."],
        [
            "7",
            "StatementRecorded",
            "statement/gazette/fees-rise",
            "Ada Marsh PROMISES: The harbour fees rise in April 2024.",
        ],
        ["", "", "", "said: 2024-03-01"],
        ["", "", "", "characters 10-60"],
        ["8", "ClaimRecorded", "claim/gazette/she-wants-more", "The fees double."],
        [
            "9",
            "StatementRecorded",
            "statement/gazette/she-wants-more",
            "the Gazette says that Ada Marsh WANTS: The fees double.",
        ],
        ["", "", "", "characters 70-120"],
    ]
    assert program.ok("log", "show", "--format", "json") == before


def test_a_dry_run_shows_entries_as_the_log_would_have_them(
    program: Program, tmp_path: Path
) -> None:
    dossier = write(tmp_path)
    ran = program.run("record", "--dry-run", "--format", "json", dossier)
    assert ran.code == 0
    assert ran.err == "would record 8 entries at positions 1 to 8; nothing was written\n"
    would = [json.loads(line) for line in ran.out.splitlines()]
    program.ok("record", dossier)
    entries = [
        json.loads(line) for line in program.ok("log", "show", "--format", "json").splitlines()
    ]
    assert would == [{key: entry[key] for key in would[0]} for entry in entries]
    assert would[2] == {
        "position": 3,
        "kind": "ActorRecorded",
        "version": 1,
        "subject": "actor/gazette/mayor",
        "payload": {
            "id": "actor/gazette/mayor",
            "name": "Ada Marsh",
            "kind": "PERSON",
            "aliases": ["the mayor"],
        },
    }


def test_a_dry_run_of_what_is_on_record_shows_no_entry(program: Program, tmp_path: Path) -> None:
    dossier = write(tmp_path)
    program.ok("record", dossier)
    said = f"nothing to record: all {ENTRIES} entries are {SAME}\n"
    assert program.ok("record", "--dry-run", dossier) == said
    assert program.run("record", "--dry-run", "--format", "json", dossier) == Ran(0, "", said)


def test_a_format_is_for_a_dry_run(program: Program, tmp_path: Path) -> None:
    sentence = program.refused("record", "--format", "json", write(tmp_path), code=2)
    assert sentence == "Invalid value: --format is for what a dry run shows: add --dry-run"
    assert not program.data.exists()


def test_a_dry_run_without_a_log_makes_none(program: Program, tmp_path: Path) -> None:
    said = program.ok("record", "--dry-run", write(tmp_path))
    assert f"would record {ENTRIES} entries at positions 1 to {ENTRIES}" in said
    assert not program.data.exists()


def test_what_is_new_in_a_dossier_is_added(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    more = GOOD.replace("issues:\n  harbour:", "issues:\n  boats: {name: Boats}\n  harbour:")
    said = program.ok("record", write(tmp_path, more))
    assert said == (f"recorded 1 entry at position {ENTRIES + 1}; {ENTRIES} were {SAME}\n")


def test_several_files_are_one_append_and_may_name_each_others_things(
    program: Program, tmp_path: Path
) -> None:
    issue = "dossier: 1\nissues: {tolls: {id: issue/tolls, name: Tolls, broader: [issue/roads]}}\n"
    broader = "dossier: 1\nissues: {roads: {id: issue/roads, name: Roads}}\n"
    program.ok("record", write(tmp_path, issue, "a.yaml"), write(tmp_path, broader, "b.yaml"))
    entries = [
        json.loads(line) for line in program.ok("log", "show", "--format", "json").splitlines()
    ]
    assert {(entry["appendFirst"], entry["appendSize"]) for entry in entries} == {(1, 2)}


def test_one_bad_file_keeps_the_others_off_the_record(program: Program, tmp_path: Path) -> None:
    bad = write(tmp_path, "dossier: 2\n", "bad.yaml")
    sentence = program.refused("record", write(tmp_path), bad, code=2)
    assert "bad.yaml:1" in sentence
    assert nothing_on_record(program)


WRONG = {
    "no YAML": ("dossier: 1\nissues: {a\n", "is not YAML"),
    "an impossible date": (
        GOOD.replace("2024-03-01", "2024-02-30"),
        (
            "gazette.yaml:28: statements.fees-rise.said.edtf: 2024-02-30 is not a date: "
            "February 2024 has 29 days"
        ),
    ),
    "an unknown short name": (
        GOOD.replace("speaker: mayor", "speaker: major"),
        (
            "gazette.yaml:23: statements.fees-rise.speaker: 'major' is the short name of no actor "
            "here; did you mean 'mayor'?"
        ),
    ),
    "an unknown id": (
        GOOD.replace("speaker: mayor", "speaker: actor/nobody"),
        "gazette.yaml:23: statements.fees-rise.speaker: actor/nobody is not on record",
    ),
    "a passage outside its document": (
        GOOD.replace("end: 120", "end: 420"),
        (
            "gazette.yaml:35: statements.she-wants-more.passages.0: ends at 420, but "
            "source/gazette has only 400 characters"
        ),
    ),
    "a misspelt field": (
        GOOD.replace("force: PROMISES", "farce: PROMISES"),
        (
            "gazette.yaml:27: statements.fees-rise.farce: is not a field of this; "
            "did you mean 'force'?"
        ),
    ),
    "nothing in it": ("dossier: 1\n", "there is nothing in it to record"),
    "a section twice": (
        GOOD + "actors:\n  x: {name: X, kind: PERSON}\n",
        "gazette.yaml:36: actors: stands twice, here and in line 9",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_dossier_is_refused_in_a_sentence_and_changes_nothing(
    program: Program, tmp_path: Path, text: str, sentence: str
) -> None:
    assert sentence in program.refused("record", write(tmp_path, text), code=2)
    assert nothing_on_record(program)


def test_every_fault_of_a_dossier_is_told_at_once(program: Program, tmp_path: Path) -> None:
    text = GOOD.replace("2024-03-01", "2024-02-30").replace("kind: PERSON", "kind: PERSN")
    ran = program.run("record", write(tmp_path, text))
    assert ran.code == 2
    assert "gazette.yaml:15: actors.mayor.kind" in ran.err
    assert "gazette.yaml:28: statements.fees-rise.said.edtf" in ran.err


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.yaml", None, "cannot be read: No such file or directory"),
        ("latin.yaml", b"dossier: 1 # caf\xe9\n", "is not UTF-8: the byte at 16"),
        ("nul.yaml", b"dossier: 1\x00\n", "is not YAML"),
        ("large.yaml", b"#" * 20_000_001, "is larger than the 20,000,000 bytes read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    program: Program, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    told = program.refused("record", str(path), code=2)
    assert sentence in told
    assert name in told


def test_a_file_without_an_end_is_refused(program: Program) -> None:
    told = program.refused("record", "/dev/zero", code=2)
    assert told == "/dev/zero: is larger than the 20,000,000 bytes read"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_count_as_line_ends(
    program: Program, tmp_path: Path, end: str
) -> None:
    text = GOOD.replace(
        "text: The harbour fees rise in April 2024.", "text: |-\n        Two\n        lines."
    )
    program.ok("record", write(tmp_path, text))
    other = tmp_path / "other.yaml"
    other.write_bytes(text.replace("\n", end).encode())
    assert program.ok("record", str(other)).startswith("nothing to record")
    other.write_bytes(text.replace("kind: PERSON", "kind: PERSN").replace("\n", end).encode())
    assert "other.yaml:15: actors.mayor.kind" in program.refused("record", str(other), code=2)


def test_an_id_in_two_files_is_refused(program: Program, tmp_path: Path) -> None:
    files = (write(tmp_path), write(tmp_path, name="copy.yaml"))
    told = program.run("record", *files)
    assert told.code == 2
    assert f"copy.yaml:2: source: source/gazette is recorded by {files[0]} as well" in told.err
    assert nothing_on_record(program)


def test_a_file_that_is_named_twice_is_recorded_once(program: Program, tmp_path: Path) -> None:
    dossier = write(tmp_path)
    link = tmp_path / "link.yaml"
    link.symlink_to(dossier)
    around = str(tmp_path / "data" / ".." / "gazette.yaml")
    program.data.mkdir()
    said = program.ok("record", dossier, dossier, str(link), around)
    assert said == f"recorded {ENTRIES} entries at positions 1 to {ENTRIES}\n"


def test_an_unknown_id_is_told_with_what_is_near(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    more = "dossier: 1\nissues: {berths: {id: issue/berths, name: B, broader: [issue/gazete/harbor]}}\n"
    sentence = program.refused("record", write(tmp_path, more, "more.yaml"), code=2)
    assert sentence.endswith(
        "more.yaml:2: issues.berths.broader.0: issue/gazete/harbor is not on record; "
        "did you mean 'issue/gazette/harbour'?"
    )


def test_a_cycle_is_refused(program: Program, tmp_path: Path) -> None:
    turning = (
        "dossier: 1\nissues:\n  a: {id: issue/a, name: A, broader: [issue/b]}\n"
        "  b: {id: issue/b, name: B, broader: [issue/a]}\n"
    )
    sentence = program.refused("record", write(tmp_path, turning), code=2)
    assert "broader would close a cycle" in sentence
    assert nothing_on_record(program)


def test_the_log_shows_entries_and_one_of_them_whole(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    assert "actor/gazette/mayor" in program.ok("log", "show")
    entry = json.loads(program.ok("log", "show", "3"))
    assert entry["payload"]["name"] == "Ada Marsh"
    assert entry["recordedBy"] == "local"
    after = program.ok("log", "show", "--after", "5", "--first", "2", "--format", "json")
    assert [json.loads(line)["position"] for line in after.splitlines()] == [6, 7]


def test_the_log_proves_itself_and_names_a_changed_byte(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    assert f"{ENTRIES} entries" in program.ok("log", "verify")
    with sqlite3.connect(program.data / "log.sqlite3") as database:
        database.execute("DROP TRIGGER entries_are_not_updated")
        database.execute(
            "UPDATE entries SET payload = CAST(replace(payload, 'Ada', 'Ida') AS BLOB) "
            "WHERE position = 3"
        )
    database.close()
    sentence = program.refused("log", "verify", code=1)
    assert "position 3 does not have the hash of its content" in sentence


def test_recorded_by_is_a_setting(tmp_path: Path) -> None:
    program = Program(tmp_path / "data", {"RECORDED_BY": "a desk"})
    program.ok("record", write(tmp_path))
    assert json.loads(program.ok("log", "show", "1"))["recordedBy"] == "a desk"


def test_the_log_can_lie_elsewhere(tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "entries.db"
    program = Program(tmp_path / "data", {"LOG_URL": f"sqlite:///{place}"})
    program.ok("record", write(tmp_path))
    assert place.is_file()
    assert not program.data.exists()


def test_what_is_refused_makes_no_log(program: Program, tmp_path: Path) -> None:
    text = GOOD.replace("speaker: mayor", "speaker: actor/nobody")
    program.refused("record", write(tmp_path, text), code=2)
    assert not program.data.exists()


@pytest.mark.parametrize("command", [("log", "verify"), ("log", "show"), ("status",), ("up",)])
def test_a_log_that_was_emptied_is_told_and_not_made_anew(
    program: Program, tmp_path: Path, command: tuple[str]
) -> None:
    program.ok("record", write(tmp_path))
    log = program.data / "log.sqlite3"
    log.write_bytes(b"")
    assert f"{log} is empty" in program.refused(*command, code=3)
    assert log.read_bytes() == b""


@pytest.mark.parametrize("command", [("log", "show"), ("status",), ("said",), ("up",)])
def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path, command: tuple[str]) -> None:
    path = tmp_path / "data"
    path.write_text("no folder")
    sentence = Program(path, port=free_port()).refused(*command, code=3)
    assert str(path) in sentence
    assert path.read_text() == "no folder"


@pytest.mark.parametrize("place", ["/sys/onrecord", "/dev/null/onrecord"])
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, place: str) -> None:
    program = Program(Path(place))
    sentence = program.refused("record", write(tmp_path), code=3)
    assert place in sentence
    assert place in program.refused("up", code=3)


def test_a_file_that_is_no_log_is_told_and_left_alone(program: Program, tmp_path: Path) -> None:
    program.data.mkdir()
    path = program.data / "log.sqlite3"
    path.write_text("this is not a database, but a text of more than a hundred characters " * 3)
    before = path.read_bytes()
    assert "file is not a database" in program.refused("record", write(tmp_path), code=3)
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", [("log", "show"), ("log", "verify"), ("status",), ("said",)])
def test_a_command_that_only_reads_makes_no_log(program: Program, command: tuple[str]) -> None:
    sentence = program.refused(*command, code=3)
    assert sentence.startswith(f"there is no log at {program.data / 'log.sqlite3'}")
    assert not program.data.exists()
