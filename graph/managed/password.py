"""The password of a managed server: chosen once, kept in a file, told to nobody on the way."""

import secrets
import subprocess
from pathlib import Path

from graph.managed.configuration import (
    configuration_text,
    java_command,
    java_environment,
    write_configuration,
)
from graph.managed.errors import StartFailed
from graph.managed.folder import Folder, write_private
from graph.managed.lock import TOOL_CLASS
from graph.managed.ports import BOLT_PORT, HTTP_PORT

USERNAME = "neo4j"
_BYTES = 24
_TIMEOUT_SECONDS = 120.0


def read_password(folder: Folder) -> str:
    """Return the password of a folder.

    :raises StartFailed: the file holds no text.
    """
    try:
        return folder.password.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise StartFailed(
            f"the password file {folder.password} is no text: {_remedy(folder)}"
        ) from None


def ensure_password(folder: Folder, java: Path, jars: Path) -> None:
    """Choose a password before Neo4j starts for the first time; once chosen it stays.

    :raises StartFailed: the file is missing though the server has one, or Neo4j takes none.
    """
    data = folder.home / "data"
    started = (data / "databases" / "system").exists()
    told = started or (data / "dbms" / "auth.ini").exists()  # kept there until the first start
    if folder.password.exists():
        if not told:  # the server's own files were removed, to begin with an empty graph
            _tell_neo4j(folder, read_password(folder), java, jars)
        return
    if started:
        raise StartFailed(f"the password file {folder.password} is missing: {_remedy(folder)}")
    password = secrets.token_hex(_BYTES)  # never like an option, as a leading - would be
    _tell_neo4j(folder, password, java, jars)
    new = folder.password.with_suffix(".new")
    write_private(new, password)
    new.replace(folder.password)


def refused(folder: Folder) -> str:
    """Return the sentence for a password that Neo4j does not take."""
    return (
        f"Neo4j refuses the password in {folder.password}: the file was changed, or the password "
        f"in Neo4j: {_remedy(folder)}"
    )


def _remedy(folder: Folder) -> str:
    return f"put the old one back, or remove {folder.path} to begin with an empty graph"


def _tell_neo4j(folder: Folder, password: str, java: Path, jars: Path) -> None:
    """Set the first password; an argument file keeps it from the process list."""
    home = folder.home
    write_configuration(home, configuration_text(BOLT_PORT, HTTP_PORT, {}))
    arguments = folder.path / "first-password"
    write_private(arguments, f"dbms\nset-initial-password\n{password}\n")
    try:
        done = subprocess.run(  # noqa: S603 -- the program's own command
            java_command(java, jars, TOOL_CLASS, f"@{arguments}"),
            env={
                **java_environment(),
                "NEO4J_HOME": str(home),
                "NEO4J_CONF": str(home / "conf"),
            },
            cwd=home,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise StartFailed(
            f"Neo4j's first password could not be set within {_TIMEOUT_SECONDS:.0f} s"
        ) from None
    finally:
        arguments.unlink()
    if done.returncode != 0:
        output = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        reason = output[0] if output else f"exit code {done.returncode}"
        raise StartFailed(f"Neo4j's first password could not be set: {reason}")
