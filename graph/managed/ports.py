"""Choosing the two ports on loopback that a server listens on."""

import socket
from contextlib import ExitStack

from graph.managed.errors import PortInUse

BOLT_PORT, HTTP_PORT = 7687, 7474
_HOST = "127.0.0.1"


def choose_ports(bolt_port: int, http_port: int) -> tuple[int, int]:
    """Return a free Bolt and a free HTTP port: the one wanted, or for 0 the usual one or any.

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
            bolt_port or _usual_or_any(BOLT_PORT, wanted, held),
            http_port or _usual_or_any(HTTP_PORT, wanted, held),
        )


def _usual_or_any(usual: int, wanted: list[int], held: ExitStack) -> int:
    if usual not in wanted and _refusal(usual, held) is None:
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
