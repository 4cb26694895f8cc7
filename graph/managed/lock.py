"""The locked jars: which files make up the server, with the SHA-256 of each.

``python -m graph.managed.lock`` resolves the coordinates anew and rewrites the lock.
"""

import hashlib
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

NEO4J_VERSION = "5.26.30"
BROWSER_VERSION = "5.24.0"
COORDINATES = "+".join(
    (
        f"org.neo4j:neo4j:{NEO4J_VERSION}",
        f"org.neo4j.app:neo4j-server:{NEO4J_VERSION}",
        f"org.neo4j.client:neo4j-browser:{BROWSER_VERSION}",
    )
)
MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
TOOL_CLASS = "org.neo4j.cli.AdminTool"
"""What neo4j-admin does, without the second Java that it starts for that."""

_FILE = files("graph.managed") / "neo4j.lock.toml"


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One file of the server."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def filename(self) -> str:
        """Return the name that the file has in the cache, unlike any other's."""
        return f"{self.group}.{self.artifact}-{self.version}{self.classifier and '-'}" + (
            f"{self.classifier}.jar"
        )


def locked_jars() -> list[LockedJar]:
    """Return every file of the server."""
    return [
        LockedJar(*_parts(coordinate), sha256)
        for coordinate, sha256 in tomllib.loads(_text())["jars"].items()
    ]


def lock_digest() -> str:
    """Return what names this lock: a cache that was filled by another one is not trusted."""
    return hashlib.sha256(_text().encode()).hexdigest()


def _text() -> str:
    return _FILE.read_text("utf-8")


def _parts(coordinate: str) -> tuple[str, str, str, str]:
    group, artifact, version, *classifier = coordinate.split(":")
    return group, artifact, version, classifier[0] if classifier else ""


def resolve() -> str:
    """Resolve the coordinates and return the text of a new lock."""
    import jgo  # only maintainers resolve

    lines = ["# Made by python -m graph.managed.lock: group:artifact:version = SHA-256", "[jars]"]
    with tempfile.TemporaryDirectory() as folder:
        jgo.build(COORDINATES, cache_dir=Path(folder))
        found = next(Path(folder).rglob("jgo.lock.toml"))
        for one in tomllib.loads(found.read_text("utf-8"))["dependencies"]:
            parts = [one["groupId"], one["artifactId"], one["version"], one.get("classifier")]
            lines.append(f'"{":".join(filter(None, parts))}" = "{one["sha256"]}"')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(str(_FILE)).write_text(resolve(), "utf-8")
    sys.stdout.write(f"{len(locked_jars())} jars are locked\n")
