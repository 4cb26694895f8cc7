"""Numbered scripts that make the tables of a log, and bring those of an older program up to date."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from eventlog.errors import WrongFormat
from eventlog.log import FORMAT

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """A script that leads from one number to the next; one that was released is never changed."""

    number: int
    name: str
    script: bytes

    @property
    def checksum(self) -> str:
        """Return what the script is known by once it was applied."""
        return hashlib.sha256(self.script).hexdigest()


def migrations_of(package: str) -> list[Migration]:
    """Return the scripts of a store's package, in order."""
    folder = files(package) / "migrations"
    found = ((_FILE.fullmatch(file.name), file) for file in folder.iterdir())
    return sorted(
        (Migration(int(name[1]), name[2], file.read_bytes()) for name, file in found if name),
        key=lambda one: one.number,
    )


def checked_id(meta: Mapping[str, str], where: str, anew: str) -> str:
    """Return the id of a log by what its tables say of it; ``anew`` is where else to record.

    :raises WrongFormat: it is of another format.
    """
    if meta.get("format") != FORMAT or "log_id" not in meta:
        raise WrongFormat(
            f"{where} has the log format {meta.get('format')}, this program {FORMAT}: "
            f"use the program that wrote it, or record the dossiers again into {anew}"
        )
    return meta["log_id"]
