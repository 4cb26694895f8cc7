"""The whole service and its Neo4j killed at random points, while it is asked and told things.

Each append records three issues, so that a whole number of appends shows in every answer: three
for each append up to the position that the answer was read at.
"""

import asyncio
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from eventlog.sqlite import SqliteLog
from graph.managed import running
from graph.reader import GraphReader
from graph.verify import compare
from tests.graph.loading import open_graph
from tests.onrecord.running import COMMAND, Program, Service, servers_of
from tests.ports import free_port

ISSUES_OF_AN_APPEND = 3
TRY_AGAIN = ("NOT_READY", "GRAPH_UNAVAILABLE", "GRAPH_MOVING", "GRAPH_BEHIND", "TIMEOUT")
"""The codes of errors that pass."""
PATIENCE_SECONDS = 180.0
LONGEST_SECONDS = 3.0
"""How long it takes at most to the kill."""
MOST_NEO4J_KILLS = 4
"""How often a service's Neo4j is killed at most: after some more the service gives it up."""

ASK = """{
    newest: issues(orderBy: [{recorded: DESC}], first: 50) { totalCount nodes { id } }
}"""
RECORD = """mutation ($entries: [EntryInput!]!, $key: String!) {
    record(entries: $entries, idempotencyKey: $key, waitForGraph: false) {
        __typename ... on Recorded { position } ... on Problem { message }
    }
}"""


class Fall(Enum):
    """What is killed."""

    SERVICE = "service"
    NEO4J = "its Neo4j"


@dataclass
class Survived:
    """What became of it."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, int] = field(default_factory=dict)
    """The position that each append was acknowledged at, by its key."""
    answers: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Asking:
    """Asks a service in a thread of its own, and records something now and then, until stopped."""

    def __init__(self, port: int, seed: int) -> None:
        self.survived = Survived()
        self._url = f"http://127.0.0.1:{port}/graphql"
        self._chance = random.Random(seed)  # noqa: S311  # no secret
        self._stopped = threading.Event()
        self._appends = 0
        self._highest = 0
        self._recording = threading.Lock()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Record nothing as long as the block lasts."""
        with self._recording:
            yield

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(timeout=60) as client:
            while not self._stopped.wait(0.02):
                with suppress(httpx.TransportError):  # the service itself is gone
                    if self._chance.random() < 0.5 and self._recording.acquire(blocking=False):
                        try:
                            self._record(client)
                        finally:
                            self._recording.release()
                    else:
                        self._ask(client)

    def _record(self, client: httpx.Client) -> None:
        """Record three issues; what was not acknowledged is asked for again with the same key."""
        key = f"append-{self._appends}"
        entries = [
            {"issue": {"id": f"issue/{key}-{n}", "name": f"{key} {n}"}}
            for n in range(ISSUES_OF_AN_APPEND)
        ]
        told = self._post(client, RECORD, {"entries": entries, "key": key})
        recorded = (told.get("data") or {}).get("record")
        if recorded is None:
            return
        if recorded["__typename"] != "Recorded":
            self.survived.wrong.append(f"{key} was refused: {recorded}")
            return
        self.survived.acknowledged[key] = recorded["position"]
        self._appends += 1

    def _ask(self, client: httpx.Client) -> None:
        told = self._post(client, ASK, {})
        newest = (told.get("data") or {}).get("newest")
        if newest is None:
            return
        self.survived.answers += 1
        position = told["extensions"]["onrecord"]["graphPosition"]
        shown = [one["id"] for one in newest["nodes"]]
        wanted = [
            f"issue/append-{n // ISSUES_OF_AN_APPEND}-{n % ISSUES_OF_AN_APPEND}"
            for n in reversed(range(max(position - 50, 0), position))
        ]
        if shown != wanted or newest["totalCount"] != position or position < self._highest:
            self.survived.wrong.append(
                f"position {position} after {self._highest}: {newest['totalCount']} issues, "
                f"the newest {shown[:5]}"
            )
        self._highest = max(self._highest, position)

    def _post(self, client: httpx.Client, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Return what was answered; an error other than one that passes is kept as wrong."""
        response = client.post(self._url, json={"query": query, "variables": variables})
        if response.status_code != 200:
            self.survived.wrong.append(f"status {response.status_code}: {response.text}")
            return {}
        told: dict[str, Any] = response.json()
        for error in told.get("errors", []):
            code = error["extensions"]["code"]
            self.survived.codes[code] += 1
            if code not in TRY_AGAIN:
                self.survived.wrong.append(f"{error['message']} ({code})")
        return told


class Served:
    """A program with a data folder of its own, run as a service and killed again and again."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._program = Program(folder / "data", port=free_port())
        self._told = folder / "told"
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311  # no secret
        self._service: Service | None = None
        self._kills_of_neo4j = 0

    def run(self, falls: Iterable[Fall]) -> Survived:
        """Kill what is to be killed, and hold log and graph against each other each time."""
        with Asking(self._program.port, self._seed) as asking:
            try:
                self._start()
                self._hold_graph(asking)
                for fall in falls:
                    time.sleep(self._chance.uniform(0, LONGEST_SECONDS))
                    asking.survived.kills[self._kill(fall).value] += 1
                    self._hold_graph(asking)
            finally:
                self._end()
        self._hold_log(asking.survived)
        return asking.survived

    def _start(self) -> None:
        with self._told.open("a") as told:
            process = subprocess.Popen(
                [*COMMAND, "up", "--no-seeds"],
                env=self._program.environment(),
                stdout=subprocess.DEVNULL,
                stderr=told,
                text=True,
            )
        self._service = Service(process, self._program.port)

    def _kill(self, fall: Fall) -> Fall:
        """Kill something, and return what it was."""
        assert self._service is not None
        if fall is Fall.NEO4J and self._kills_of_neo4j < MOST_NEO4J_KILLS:
            (java,) = servers_of(self._program)
            java.kill()
            self._kills_of_neo4j += 1
            return Fall.NEO4J
        self._service.kill()
        self._kills_of_neo4j = 0
        self._start()
        return Fall.SERVICE

    def _hold_graph(self, asking: Asking) -> None:
        """Prove that all comes back by itself, and that the graph is what the log says."""
        assert self._service is not None
        answers = asking.survived.answers + 1  # one may have been on its way
        deadline = time.monotonic() + PATIENCE_SECONDS
        while asking.survived.answers <= answers:
            ended = self._service.process.poll()
            assert ended is None, f"up ended with {ended}: {self._told.read_text()[-2_000:]}"
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.05)
        with asking.resting():
            asyncio.run(self._compare())

    async def _compare(self) -> None:
        at = running(self._program.data / "neo4j")
        assert at is not None
        graph = open_graph(at)
        with closing(SqliteLog(self._program.data / "log.sqlite3")) as log:
            head = log.head().position
            assert await GraphReader(graph).wait_for(head, PATIENCE_SECONDS)
            comparison = await compare(log, graph)
        await graph.close()
        assert comparison.last == head
        assert comparison.differences() == []

    def _hold_log(self, survived: Survived) -> None:
        """Prove that each append that was acknowledged is in the log, where it was said to be."""
        with closing(SqliteLog(self._program.data / "log.sqlite3")) as log:
            log.verify()
            keys = {one.position: one.header.idempotency_key for one in log.entries()}
        assert survived.acknowledged
        for key, position in survived.acknowledged.items():
            assert keys[position] == key, f"{key} was acknowledged at {position}"

    def _end(self) -> None:
        if self._service is not None:
            self._service.kill()
        psutil.wait_procs(servers_of(self._program), timeout=60)
