"""Running the program as its users do: as a command of its own, with settings in the environment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from graph.managed import Connection
from tests.conftest import CACHE

COMMAND = (sys.executable, "-m", "onrecord")
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Program:
    """The program with a data folder; ``settings`` are further ones, without ``ONRECORD_``."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = 8000

    def environment(self) -> dict[str, str]:
        """Return the environment of its commands: nothing of this process's own settings."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")
        }
        given = {
            "DATA": str(self.data),
            "CACHE": str(CACHE),
            "PORT": str(self.port),
            **self.settings,
        }
        return inherited | {f"ONRECORD_{name}": value for name, value in given.items()}

    def run(self, *arguments: str, stdin: str = "") -> Ran:
        """Run a command to its end."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment(),
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str) -> str:
        """Run a command that has to succeed, and return what it printed."""
        ran = self.run(*arguments)
        assert ran.code == 0, ran.err
        return ran.out

    def refused(self, *arguments: str, code: int) -> str:
        """Run a command that has to fail with one sentence, and return the sentence."""
        ran = self.run(*arguments)
        assert ran.code == code, (ran.code, ran.err)
        assert "Traceback" not in ran.err
        (sentence,) = (line for line in ran.err.splitlines() if line.startswith("onrecord: "))
        return sentence.removeprefix("onrecord: ")

    @contextmanager
    def serving(self, *arguments: str) -> Iterator["Service"]:
        """Run ``up`` until the end of the block, once it is ready."""
        process = subprocess.Popen(
            [*COMMAND, "up", *arguments],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        service = Service(process, self.port)
        try:
            service.wait_until_ready()
            yield service
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=PATIENCE_SECONDS)
            except ValueError:  # what it printed was read already
                process.wait(PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class Service:
    """A running ``up``."""

    process: "subprocess.Popen[str]"
    port: int

    def wait_until_ready(self) -> None:
        """Wait until the service says that it can answer."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.get("/health/ready")[0] != 200:
            if self.process.poll() is not None:
                raise AssertionError(f"up ended: {self.process.communicate()}")
            assert time.monotonic() < deadline, "up did not get ready"
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body; 0 while nothing listens."""
        try:
            answer = httpx.get(self._url(path), timeout=10)
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.text

    def ask(self, query: str, **variables: object) -> Any:
        """Return the data of an answer that has no errors."""
        asked = {"query": query, "variables": variables}
        told = httpx.post(self._url("/graphql"), json=asked, timeout=60).json()
        assert "errors" not in told, told["errors"]
        return told["data"]

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def settings_of(server: Connection) -> dict[str, str]:
    """Return the settings that name a running Neo4j."""
    return {
        "NEO4J_URI": server.uri,
        "NEO4J_USERNAME": server.username,
        "NEO4J_PASSWORD": server.password,
    }


def servers_of(program: Program) -> list[psutil.Process]:
    """Return the Neo4j servers of a data folder."""
    home = str(program.data.resolve() / "neo4j")
    return [
        one
        for one in psutil.process_iter(["cmdline"])
        if any(f"--home-dir={home}" in part for part in one.info["cmdline"] or ())
    ]


@contextmanager
def tailing(program: Program, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run ``log tail`` as long as the block does."""
    process = subprocess.Popen(
        [*COMMAND, "log", "tail", *arguments],
        env=program.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
