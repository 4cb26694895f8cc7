"""A program that imports people, each with the same text: ``importer.py FOLDER FILE TEXT COUNT``.

It writes them to the file, then prints what it is at and, if it is refused, why.
"""

import sys
from pathlib import Path

from graph.managed import Kind, ManagedServerError, NodeTable, import_store
from tests.conftest import CACHE


def people(path: Path, text: str, count: int) -> NodeTable:
    """Write people to a file; if the text spans lines, so do the rows. Nothing is noted of them."""
    columns = {"name": Kind.TEXT, "age": Kind.INTEGER, "note": Kind.TEXT}
    with NodeTable(path, "Person", columns) as table:
        for number in range(count):
            table.write(f"p{number}", {"name": text, "age": number})
    return table


def say(what: str, done: int = 0, total: int = 0) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def main() -> None:
    folder, file, text, count = sys.argv[1:]
    nodes = {"Person": people(Path(file), text, int(count))}
    try:
        import_store(Path(folder), cache=CACHE, nodes=nodes, relationships={}, on_progress=say)
    except ManagedServerError as error:
        say(str(error))


if __name__ == "__main__":
    main()
