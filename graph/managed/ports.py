"""Choosing the two ports on loopback that a server listens on."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from graph.managed.errors import PortInUse
from graph.managed.locking import try_lock

BOLT_PORT, HTTP_PORT = 7687, 7474
_HOST = "127.0.0.1"


@contextmanager
def usual_ports(cache: Path) -> Iterator[bool]:
    """Tell whether the usual ports may be chosen: servers that start at once would both choose them.

    A port that was free when it was chosen is taken only seconds later, when the server listens.
    """
    descriptor = try_lock(cache / "usual-ports.lock")
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def choose_ports(bolt_port: int, http_port: int, *, usual: bool = True) -> tuple[int, int]:
    """Return a free Bolt and a free HTTP port: the one wanted, or for 0 the usual one or any.

    Without ``usual`` 0 is any.

    :raises PortInUse: a port that is wanted cannot be had.
    """
    if bolt_port and bolt_port == http_port:
        raise PortInUse(f"port {bolt_port} is wanted for Bolt and for HTTP: name two for Neo4j")
    wanted = [port for port in (bolt_port, http_port) if port]
    with ExitStack() as held:
        for port in wanted:
            if (reason := _refusal(port, held)) is not None:
                raise PortInUse(f"port {port} on {_HOST} {reason}: name another one for Neo4j")
        return (
            bolt_port or _usual_or_any(BOLT_PORT if usual else 0, wanted, held),
            http_port or _usual_or_any(HTTP_PORT if usual else 0, wanted, held),
        )


def _usual_or_any(usual: int, wanted: list[int], held: ExitStack) -> int:
    if usual and usual not in wanted and _refusal(usual, held) is None:
        return usual
    probe = held.enter_context(socket.socket())
    probe.bind((_HOST, 0))
    port: int = probe.getsockname()[1]
    return port


def _refusal(port: int, held: ExitStack) -> str | None:
    """Hold a port until both are chosen, or say why it cannot be had."""
    probe = held.enter_context(socket.socket())
    # As Neo4j listens: what is left of a server that has just ended is no hindrance.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((_HOST, port))
    except PermissionError:
        return "is not allowed"
    except OSError:
        return "is in use"
    except OverflowError:
        return "does not exist"
    return None
