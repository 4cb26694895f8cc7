"""A really full disk: a small file system of its own, seen by one process and its children alone."""

import shlex
from collections.abc import Sequence
from pathlib import Path


def within(folder: Path, mebibytes: float, command: Sequence[str], first: str = ":") -> list[str]:
    """Return a command that runs another one where a folder is a disk of this size.

    ``first`` is a line of shell that prepares the disk. A namespace of its own, for users too,
    lets whoever runs it mount; the disk is gone when the command ends.
    """
    size = int(mebibytes * 2**20)
    at = shlex.quote(str(folder))
    script = (
        f"mount -t tmpfs -o size={size} tmpfs {at} && cd {at} && {first} && {shlex.join(command)}"
    )
    return ["unshare", "--map-root-user", "--user", "--mount", "bash", "-c", script]
