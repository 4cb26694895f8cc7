"""The service as the compose file starts it, only without containers around it.

Its environment is that of the image and of the compose file, its command and its health check
those of the image; host names, ports and the data folder alone are this machine's.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from graph.connection import Graph
from graph.managed import Connection
from tests.deploy.files import (
    LOG_PASSWORD,
    PASSWORD,
    environment_of,
    health_check,
    image,
    service,
)
from tests.ports import free_port
from tests.postgres import drop_place, new_place

READY_SECONDS = 60.0
STOP_SECONDS = 8.0

RECORD = """mutation { record(entries: [{ actor: {
    id: "actor/mary-holt", name: "Mary Holt", kind: PERSON } }]) {
    __typename ... on Recorded { position } } }"""
ASK = '{ actor(id: "actor/mary-holt") { name kind recorded { recordedBy } } }'


@pytest.fixture
def place(postgres_server: str) -> Iterator[str]:
    """Return where a log can be made in PostgreSQL."""
    made = new_place(postgres_server)
    yield made
    drop_place(made)


def _environment(neo4j: Connection, log: str, port: int, data: Path) -> dict[str, str]:
    """Return the container's environment, with this machine's places in it."""
    at = urlsplit(log)
    passwords = {PASSWORD: neo4j.password, LOG_PASSWORD: unquote(at.password or "")}
    set_by_compose = environment_of(service("onrecord", passwords))
    address = at._replace(netloc=f"{at.username}@{at.hostname}:{at.port}")
    there, here = urlsplit(set_by_compose["ONRECORD_NEO4J_URI"]), urlsplit(neo4j.uri)
    return {
        **image().last("ENV").pairs(),
        **set_by_compose,
        "ONRECORD_NEO4J_URI": there._replace(netloc=here.netloc).geturl(),
        "ONRECORD_LOG_URL": address.geturl(),
        "ONRECORD_PORT": str(port),
        "ONRECORD_DATA": str(data),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": "/nowhere",  # the container's file system is read-only
    }


@asynccontextmanager
async def _started(
    environment: Mapping[str, str], printed: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [*image().last("ENTRYPOINT").words(), *image().last("CMD").words()]
    with printed.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            cwd=printed.parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _is_healthy(environment: Mapping[str, str]) -> bool:
    check = await asyncio.create_subprocess_exec(
        *health_check(), env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    return await check.wait() == 0


async def _wait_until_healthy(
    environment: Mapping[str, str], process: asyncio.subprocess.Process, printed: Path
) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not await _is_healthy(environment):
        assert process.returncode is None, _text(printed)
        assert time.monotonic() < deadline, _text(printed)
        await asyncio.sleep(0.5)


def _text(printed: Path) -> str:
    return printed.read_text("utf-8")


async def _end(process: asyncio.subprocess.Process, number: signal.Signals) -> int:
    process.send_signal(number)
    return await asyncio.wait_for(process.wait(), STOP_SECONDS)


async def _asked(port: int, query: str) -> dict[str, object]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        answer = await client.post(f"http://localhost:{port}/graphql", json={"query": query})
    body = answer.json()
    assert "errors" not in body, body
    data: dict[str, object] = body["data"]
    return data


@pytest.mark.engine
async def test_it_serves_beside_a_neo4j_that_is_not_its_own_and_is_the_same_after_a_restart(
    neo4j_server: Connection, graph: Graph, place: str, tmp_path: Path
) -> None:
    port, printed = free_port(), tmp_path / "printed.txt"
    environment = _environment(neo4j_server, place, port, tmp_path / "data")
    known = {"actor": {"name": "Mary Holt", "kind": "PERSON", "recorded": {"recordedBy": "local"}}}

    async with _started(environment, printed) as process:
        await _wait_until_healthy(environment, process, printed)
        recorded = (await _asked(port, RECORD))["record"]
        assert isinstance(recorded, dict)
        assert recorded["__typename"] == "Recorded"
        assert await _asked(port, ASK) == known
        assert await _end(process, signal.SIGTERM) == 0
    assert not await _is_healthy(environment)
    for password in (neo4j_server.password, environment[LOG_PASSWORD]):
        assert password not in _text(printed)
    async with graph.session() as session:  # Neo4j was left running, with what was projected
        found = await session.run("MATCH (a:Actor {name: 'Mary Holt'}) RETURN count(a)")
        assert (await found.single(strict=True)).value() == 1

    async with _started(environment, printed) as process:
        await _wait_until_healthy(environment, process, printed)
        assert await _asked(port, ASK) == known
        assert await _end(process, signal.Signals[image().last("STOPSIGNAL").text]) == 0
    assert sorted(os.listdir(tmp_path)) == ["data", "printed.txt"]


async def _last_word(environment: Mapping[str, str], printed: Path) -> str:
    """Return what is told last by a service that ends so that it is started again."""
    async with _started(environment, printed) as process:
        assert await asyncio.wait_for(process.wait(), READY_SECONDS) == 3
    return _text(printed).splitlines()[-1]


@pytest.mark.engine
async def test_without_neo4j_it_says_so_and_ends_so_that_it_is_started_again(
    place: str, tmp_path: Path
) -> None:
    nobody = Connection(f"bolt://127.0.0.1:{free_port()}", "neo4j", "a long password", "")
    environment = _environment(nobody, place, free_port(), tmp_path / "data")
    last = await _last_word(environment, tmp_path / "printed.txt")
    assert last == f"onrecord: Neo4j at {nobody.uri} does not answer"


async def test_without_postgresql_it_says_so_and_ends_so_that_it_is_started_again(
    tmp_path: Path,
) -> None:
    nobody = Connection(f"bolt://127.0.0.1:{free_port()}", "neo4j", "a long password", "")
    log = f"postgresql://onrecord:swordfish@127.0.0.1:{free_port()}/onrecord"
    environment = _environment(nobody, log, free_port(), tmp_path / "data")
    last = await _last_word(environment, tmp_path / "printed.txt")
    assert last.startswith(f"onrecord: the log {log.replace(':swordfish', '')} cannot be used: ")
