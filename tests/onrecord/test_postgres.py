"""The program with its log in PostgreSQL: the same commands, and no password in what they say."""

import json
import signal
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import pytest

from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.importing.archive import archive
from tests.onrecord.running import Program, Service, tailing
from tests.ports import free_port
from tests.postgres import PostgresServer

pytestmark = pytest.mark.engine

STATEMENTS = "{ statements { totalCount } }"
ENTRIES = 8
"""How many the dossier has."""


def at(program: Program, place: str) -> Program:
    """Return the program with its log in PostgreSQL."""
    return replace(program, settings={**program.settings, "LOG_URL": place})


def public(place: str) -> str:
    """Return an address as it may be shown."""
    parts = urlsplit(place)
    return f"postgresql://{parts.username}@{parts.hostname}:{parts.port}{parts.path}"


def password(place: str) -> str:
    return unquote(urlsplit(place).password or "")


def tells_no_password(told: str, place: str) -> None:
    assert password(place) not in told
    assert quote(password(place)) not in told


def test_dossiers_are_recorded_shown_and_proven(
    program: Program, place: str, tmp_path: Path
) -> None:
    there = at(program, place)
    there.ok("record", "--dry-run", write(tmp_path))
    assert "there is no log at " in there.refused("log", "show", code=3)
    there.ok("record", write(tmp_path))
    assert json.loads(there.ok("log", "show", "1"))["position"] == 1
    assert "the log is as it was written" in there.ok("log", "verify")
    assert not program.data.exists()


def test_records_of_others_are_brought_in_and_nothing_the_second_time(
    program: Program, place: str, tmp_path: Path
) -> None:
    there, file = at(program, place), str(archive(tmp_path))
    assert "recorded 2 rows as " in there.ok("import", "factopolis", file)
    assert there.ok("import", "factopolis", file).startswith("recorded 0 rows as 0 entries")
    there.ok("log", "verify")


def test_the_password_can_be_set_apart_from_the_address(
    program: Program, place: str, tmp_path: Path
) -> None:
    parts = urlsplit(place)
    bare = urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}"))
    there = at(program, bare)
    apart = replace(there, settings={**there.settings, "LOG_PASSWORD": password(place)})
    apart.ok("record", write(tmp_path))
    assert "password" in there.refused("log", "verify", code=3)
    apart.ok("log", "verify")


def test_status_says_where_the_log_is_without_the_password(
    program: Program, place: str, tmp_path: Path
) -> None:
    there = at(program, place)
    there.ok("record", write(tmp_path))
    ran = there.run("status")
    assert public(place) in ran.out
    tells_no_password(ran.out + ran.err, place)


@pytest.mark.parametrize("command", [("log", "verify"), ("status",), ("up",), ("record",)])
def test_a_server_that_is_not_there_is_told_in_one_sentence(
    program: Program,
    own_postgres: PostgresServer,
    place: str,
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    own_postgres.stop()
    file = [write(tmp_path)] if command == ("record",) else []
    sentence = at(program, place).refused(*command, *file, code=3)
    assert sentence.startswith(f"the log {public(place)} cannot be used: ")
    assert "refused" in sentence
    tells_no_password(sentence, place)


def test_what_another_program_records_is_seen_at_once_and_after_a_restart(
    with_neo4j: Program, own_postgres: PostgresServer, place: str, tmp_path: Path
) -> None:
    there = at(with_neo4j, place)
    other = Program(tmp_path / "other", {"LOG_URL": place}, free_port())
    with there.serving("--no-seeds") as service:
        assert service.ask(STATEMENTS)["statements"]["totalCount"] == 0
        other.ok("record", write(tmp_path))
        seen(service, 2)
        own_postgres.kill()
        own_postgres.start()
        another = GOOD.replace("gazette", "herald").replace("Gazette", "Herald")
        other.ok("record", write(tmp_path, another, "herald.yaml"))
        seen(service, 4)


def test_tail_waits_for_a_server_that_went_away_and_goes_on(
    program: Program, own_postgres: PostgresServer, place: str, tmp_path: Path
) -> None:
    there = at(program, place)
    there.ok("record", write(tmp_path))
    with tailing(there, "--follow", "--after", "0", "--format", "json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        positions = iter(json.loads(line)["position"] for line in process.stdout)
        recorded = [next(positions) for _ in range(ENTRIES)]
        own_postgres.kill()
        told = process.stderr.readline()
        assert told.startswith(f"the log {public(place)} cannot be used: ")
        assert told.endswith("; trying again\n")
        tells_no_password(told, place)
        own_postgres.start()
        another = GOOD.replace("gazette", "herald").replace("Gazette", "Herald")
        there.ok("record", write(tmp_path, another, "herald.yaml"))
        recorded += [next(positions) for _ in range(ENTRIES)]
        assert recorded == list(range(1, 2 * ENTRIES + 1))
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def seen(service: Service, statements: int) -> None:
    deadline = time.monotonic() + 20
    while service.ask(STATEMENTS)["statements"]["totalCount"] != statements:
        assert time.monotonic() < deadline
        time.sleep(0.05)
