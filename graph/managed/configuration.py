"""The server's configuration: loopback only, small, silent."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from graph.managed.classes import ClassArchive, Making

HEAP = "768m"
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def configuration_text(bolt_port: int, http_port: int, settings: Mapping[str, str]) -> str:
    """Return the text of a ``neo4j.conf``; ``settings`` are the caller's and win over ours.

    :raises ValueError: a setting is not one line, or its name is none.
    """
    lines = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt_port}",
        # Without an advertised address Neo4j Browser is told the usual port.
        "server.bolt.advertised_address": f"127.0.0.1:{bolt_port}",
        "server.http.listen_address": f"127.0.0.1:{http_port}",
        "server.http.advertised_address": f"127.0.0.1:{http_port}",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": "128m",
        "db.tx_log.preallocate": "false",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        # Stopping would sit out twice five seconds of quiet after the stores are closed.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        **settings,
    }
    return "".join(_line(name, value) for name, value in lines.items())


def write_configuration(home: Path, text: str) -> None:
    """Write ``conf/neo4j.conf`` of a home."""
    conf = home / "conf"
    conf.mkdir(exist_ok=True)
    (conf / "neo4j.conf").write_text(text, "ascii")


def java_environment() -> dict[str, str]:
    """Return the environment for Java, which reads paths by its locale: in C only ASCII ones."""
    return {**os.environ, "LC_ALL": "C.UTF-8"} if sys.platform == "linux" else dict(os.environ)


def java_command(
    java: Path, jars: Path, main_class: str, *arguments: str, making: Making | None = None
) -> list[str]:
    """Return the command that runs a class of the server; ``making`` has it keep its classes."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    return [
        str(java),
        f"-Xmx{HEAP}",
        "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        *(making or ClassArchive(java, jars)).options(),
        *opened,
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        "-cp",
        f"{jars}/*",
        main_class,
        *arguments,
    ]


def _line(name: str, value: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a setting of Neo4j")
    if _CONTROL.search(value) or value != value.strip():
        raise ValueError(f"the setting {name} is not one line without space around it")
    return f"{name}={_escaped(value)}\n"


def _escaped(value: str) -> str:
    r"""Write a value so that Neo4j, which reads Latin-1 and resolves ``\`` escapes, reads it back.

    What is not ASCII becomes ``\uXXXX``, in UTF-16 as Java counts characters.
    """
    escaped = value.replace("\\", "\\\\")
    return "".join(one if one.isascii() else _utf16_escapes(one) for one in escaped)


def _utf16_escapes(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
