"""A program that fetches the jars of a lock: ``fetcher.py LOCK CACHE URL``."""

import sys
from pathlib import Path

from graph.managed import lock
from graph.managed.jars import ensure_jars

if __name__ == "__main__":
    lock._FILE = Path(sys.argv[1])
    ensure_jars(Path(sys.argv[2]), lambda what, done, total: None, {"loopback": sys.argv[3]})
