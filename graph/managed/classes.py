"""What Java makes of Neo4j's classes, kept beside its jars: with it a server starts nearly twice as fast.

Java reads and checks some 15,000 classes at each start. It can keep them in a file as they are in
memory, a class data archive (JEP 350). The first server that is stopped in order leaves one. Nothing
depends on it: Java passes over an archive that is damaged, or that another Java or other jars
have made, and so do we where none can be written.
"""

import hashlib
import secrets
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_QUIET = "-Xlog:cds*=off"  # what is passed over, and what cannot be kept, is nobody's concern
_DUMP_SECONDS = 60.0
_STALE_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class ClassArchive:
    """The archive of one Java and one folder of jars."""

    java: Path
    jars: Path

    @property
    def path(self) -> Path:
        """Return the file, which is there as soon as it is whole."""
        return self.jars / f"classes-{self._key}.jsa"

    def options(self) -> list[str]:
        """Return what Java is told to use it, if it is there."""
        return [f"-XX:SharedArchiveFile={self.path}", _QUIET] if self.path.is_file() else []

    def begin(self) -> "Making | None":
        """Return how a server makes it; None if it is there, or cannot be made here."""
        if self.path.is_file():
            return None
        for left in self.jars.glob("*.jsa.*"):  # by servers that were killed at it
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    left.unlink()
        base = self.jars / f"java-{self._key}.jsa"
        if not base.is_file() and not self._dump(base):
            return None
        return Making(base, self._new(self.path), self.path)

    @property
    def _key(self) -> str:
        """Return what tells this Java from others: which program it is, and when it was installed."""
        program = self.java.resolve()
        found = program.stat()
        told = f"{program}\0{found.st_size}\0{found.st_mtime_ns}"
        return hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()[:16]

    def _dump(self, base: Path) -> bool:
        """Have Java keep its own classes, on which the archive of others stands; tell if it did."""
        new = self._new(base)
        try:
            subprocess.run(  # noqa: S603 -- the Java that runs the server
                [self.java, "-XX:+UseG1GC", "-Xshare:dump", f"-XX:SharedArchiveFile={new}", _QUIET],
                capture_output=True,
                check=True,
                stdin=subprocess.DEVNULL,
                timeout=_DUMP_SECONDS,
            )
            new.replace(base)
        except (OSError, subprocess.SubprocessError):
            with suppress(OSError):
                new.unlink()
            return False
        return True

    @staticmethod
    def _new(path: Path) -> Path:
        return path.with_name(f"{path.name}.{secrets.token_hex(4)}")


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
