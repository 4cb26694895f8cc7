"""A program that imports the nodes of one file: ``importer.py FOLDER FILE``.

It prints what it is at and, if it is refused, why.
"""

import sys
from pathlib import Path

from graph.managed import ManagedServerError, import_store
from tests.conftest import CACHE


def say(what: str, done: int = 0, total: int = 0) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    folder, file = map(Path, sys.argv[1:])
    try:
        import_store(folder, cache=CACHE, nodes={"Person": file}, relationships={}, on_progress=say)
    except ManagedServerError as error:
        say(str(error))
