"""From an acknowledged append to its answer, at a hundred appends a second.

A whole service runs as its users run it. Each actor is recorded by a mutation that does not wait
for the graph; from its acknowledgement on, somebody asks for the actor by a question that waits for
its position. A minute of the same before that does not count, in which Java compiles what is asked
often. Arguments: how many seconds, 60 if not given; how many appends a second.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from tests.onrecord.running import Program
from tests.ports import free_port

SECONDS, APPENDS_A_SECOND = 60, 100
MOST_MILLISECONDS = 250
WARM_SECONDS = 60

RECORD = """mutation ($name: String!, $id: ID!) {
    record(entries: [{ actor: { id: $id, name: $name, kind: PERSON } }], waitForGraph: false) {
        ... on Recorded { position } ... on Problem { message } } }"""
ASK = "query ($id: ID!) { actor(id: $id) { name } }"


async def asked(client: httpx.AsyncClient, query: str, position: int = 0, **given: object) -> Any:
    """Return the data of an answer, once the graph has a position, however long that takes."""
    while True:
        response = await client.post(
            "/graphql",
            json={"query": query, "variables": given},
            headers={"Onrecord-Min-Position": str(position)},
        )
        answer = response.json()
        if "errors" not in answer:
            return answer["data"]
        assert answer["errors"][0]["extensions"]["code"] == "GRAPH_BEHIND", answer


class Clients:
    """As many clients as are at work at a time, each with one connection.

    With each request a client looks through all of its connections, several times: with many of
    them that would be most of what is measured.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._tls = httpx.create_ssl_context()  # not used, and made once: that takes a while
        self._free: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client."""
        client = self._free.pop() if self._free else self._made()
        try:
            yield client
        finally:
            self._free.append(client)

    def _made(self) -> httpx.AsyncClient:
        limits = httpx.Limits(keepalive_expiry=2)  # before the server gives up a connection
        return httpx.AsyncClient(base_url=self._url, timeout=60, limits=limits, verify=self._tls)

    async def aclose(self) -> None:
        """Close all that were lent and given back."""
        for client in self._free:
            await client.aclose()


async def latency(clients: Clients, number: int) -> float:
    """Record an actor; return the seconds from its acknowledgement to the answer that has it."""
    identifier, name = f"actor/person-{number}", f"Person {number}"
    async with clients.one() as client:
        recorded = (await asked(client, RECORD, id=identifier, name=name))["record"]
        acknowledged = time.perf_counter()
        found = await asked(client, ASK, recorded["position"], id=identifier)
    assert found["actor"] == {"name": name}
    return time.perf_counter() - acknowledged


async def latencies(url: str, seconds: int, rate: int, first: int = 0) -> list[float]:
    """Record at a steady rate, whether or not earlier ones have been answered."""
    begun, tasks = time.perf_counter(), []
    async with aclosing(Clients(url)) as clients:
        for number in range(seconds * rate):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(latency(clients, first + number)))
        return await asyncio.gather(*tasks)


def main() -> None:
    """Measure, after some seconds in which everything gets warm."""
    seconds, rate = [*map(int, sys.argv[1:]), *(SECONDS, APPENDS_A_SECOND)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder, "data"), port=free_port())
        with program.serving("--no-seeds"):
            url = f"http://127.0.0.1:{program.port}"
            asyncio.run(latencies(url, WARM_SECONDS, rate))
            taken = asyncio.run(latencies(url, seconds, rate, first=WARM_SECONDS * rate))
    milliseconds = sorted(1000 * one for one in taken)
    cuts = quantiles(milliseconds, n=100)
    missed = "" if cuts[98] < MOST_MILLISECONDS else " MISSED"
    print(
        f"append to answer at {rate}/s: {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, "
        f"at most {milliseconds[-1]:.0f} ms, p99 under {MOST_MILLISECONDS}{missed}"
    )


if __name__ == "__main__":
    main()
