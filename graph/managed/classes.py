"""What Java makes of Neo4j's classes, kept beside its jars, so that a server starts in less time.

Java reads and checks some 15,000 classes at each start. It can keep them in a file as they are in
memory, a class data archive (JEP 350). The first server that is stopped in order leaves one. Nothing
depends on it: Java passes over an archive that is damaged, or that another Java or other jars
have made, and so do we where none can be written.
"""

import hashlib
import os
import secrets
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_QUIET = "-Xlog:cds*=off"  # what is passed over, and what cannot be kept, is nobody's concern
_DUMP_SECONDS = 60.0
_DAY_SECONDS = 86_400.0
_STALE_SECONDS = {"*.jsa.*": _DAY_SECONDS, "*.jsa": 30 * _DAY_SECONDS}
"""How long files are left alone that a killed server began, and those that no server had use of."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a server makes the archive: as it ends it writes ``new``, which then becomes ``path``."""

    base: Path
    new: Path
    path: Path

    def options(self) -> list[str]:
        """Return what Java is told."""
        return [
            f"-XX:SharedArchiveFile={self.base}",
            f"-XX:ArchiveClassesAtExit={self.new}",
            _QUIET,
        ]


class ClassArchive:
    """The archive of one Java and one folder of jars, of which it has the class path."""

    def __init__(self, java: Path, jars: Path) -> None:
        self._java, self._jars = java, jars
        key = _key([java.resolve(), *sorted(jars.glob("*.jar"))])
        self.path = jars / f"classes-{key}.jsa"
        """The file, which is there as soon as it is whole."""
        self._base = jars / f"java-{key}.jsa"

    def options(self) -> list[str]:
        """Return what Java is told to use it, if it is there."""
        return [f"-XX:SharedArchiveFile={self.path}", _QUIET] if self.path.is_file() else []

    def begin(self) -> Making | None:
        """Return how a server makes it; None if it is there, or cannot be made here."""
        for used in (self._base, self.path):
            with suppress(OSError):  # it is not there yet, or somebody else's
                os.utime(used)
        self._clear()
        if self.path.is_file() or not (self._base.is_file() or self._dump()):
            return None
        return Making(self._base, _new(self.path), self.path)

    def _clear(self) -> None:
        """Remove what killed servers left, and the archives of a Java or of jars that are gone."""
        now = time.time()
        for pattern, seconds in _STALE_SECONDS.items():
            for file in self._jars.glob(pattern):
                with suppress(OSError):
                    if now - file.stat().st_mtime > seconds:
                        file.unlink()

    def _dump(self) -> bool:
        """Have Java keep its own classes, on which the archive of others stands; tell if it did."""
        new = _new(self._base)
        try:
            subprocess.run(  # noqa: S603 -- the Java that runs the server
                [
                    self._java,
                    "-XX:+UseG1GC",
                    "-Xshare:dump",
                    f"-XX:SharedArchiveFile={new}",
                    _QUIET,
                ],
                capture_output=True,
                check=True,
                stdin=subprocess.DEVNULL,
                timeout=_DUMP_SECONDS,
            )
            with suppress(FileExistsError):  # another server stands on that one already
                os.link(new, self._base)
        except (OSError, subprocess.SubprocessError):
            return False
        finally:
            with suppress(OSError):
                new.unlink()
        return True


def _key(files: list[Path]) -> str:
    """Return what tells some files from others: where they are, how large, and how old."""
    found = hashlib.sha256()
    for file in files:
        state = file.stat()
        told = f"{file}\0{state.st_size}\0{state.st_mtime_ns}\0"
        found.update(told.encode(errors="surrogateescape"))
    return found.hexdigest()[:16]


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.{secrets.token_hex(4)}")
