"""``status`` where no Neo4j answers: it says so, in bounded time."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.onrecord.dossiers import write
from tests.onrecord.running import Program

BOUND_SECONDS = 30.0
"""Far more than it takes to start the program and to lose patience."""


@pytest.fixture
def silent() -> Iterator[str]:
    """Return the address of a Neo4j that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"


def test_a_neo4j_that_never_answers_is_told_of_in_bounded_time(
    program: Program, silent: str, tmp_path: Path
) -> None:
    program.ok("record", write(tmp_path))
    of_silent = replace(program, settings={"NEO4J_URI": silent, "NEO4J_PASSWORD": "swordfish"})
    began = time.monotonic()
    ran = of_silent.run("status", "--format", "json")
    assert time.monotonic() - began < BOUND_SECONDS
    assert ran.code == 3
    told = json.loads(ran.out)
    assert told["log"]["position"] == 8
    assert told["graph"]["trouble"] == f"Neo4j at {silent} did not answer within 5 s"
    assert (told["graph"]["position"], told["graph"]["lag"]) == (None, None)
