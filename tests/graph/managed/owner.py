"""A program that owns, or shares, the server of a folder: ``owner.py FOLDER``.

It prints a line of JSON for what happens and goes on until its standard input ends. Interrupted,
it asks Neo4j something a moment later: a program has to be able to do so before it stops it.
"""

import json
import sys
import time
from pathlib import Path

from graph.managed import ManagedServer
from tests.conftest import CACHE
from tests.graph.managed.asking import ask


def say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    with ManagedServer.start(folder, cache=CACHE) as server:
        say(owned=server.owned, uri=server.connection.uri)
        while True:
            try:
                if not sys.stdin.readline():
                    break
            except KeyboardInterrupt:
                time.sleep(1.5)
                say(answer=ask(server.connection, "RETURN 42"), failure=server.failure())
    say(stopped=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
