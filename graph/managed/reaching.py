"""Where a server is, and whether somebody listens there."""

import socket
from dataclasses import dataclass, field

_CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a running server."""

    uri: str
    username: str
    password: str = field(repr=False)
    browser_url: str


def answers(uri: str) -> bool:
    """Tell whether somebody listens at a Bolt address."""
    host, _, port = uri.rpartition("//")[2].rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
