"""The server's configuration: loopback only, small, silent."""

from collections.abc import Mapping
from pathlib import Path

HEAP = "768m"
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


def write_configuration(
    home: Path, bolt_port: int, http_port: int, settings: Mapping[str, str]
) -> None:
    """Write ``conf/neo4j.conf`` of a home; ``settings`` are lines of the caller's."""
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
        **settings,
    }
    conf = home / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    (conf / "neo4j.conf").write_text(text, "utf-8")


def java_command(java: Path, jars: Path, main_class: str, *arguments: str) -> list[str]:
    """Return the command that runs a class of the server."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    return [
        str(java),
        f"-Xmx{HEAP}",
        "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        *opened,
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        "-cp",
        f"{jars}/*",
        main_class,
        *arguments,
    ]
