"""A door before a real PostgreSQL: it watches for a commit, and then does what networks do."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from urllib.parse import urlsplit, urlunsplit

_COMMIT = b"COMMIT\0"


class Cut(Enum):
    """What becomes of the connection when a commit passes."""

    UNSENT = auto()
    """The server never gets it, and sees the connection end."""
    HALF_SENT = auto()
    """The server gets a part of it, and sees the connection end."""
    UNANSWERED = auto()
    """The server gets it and commits; its answer never arrives."""
    HELD = auto()
    """The server gets a part of it, and does not learn that the connection ended."""


class Door:
    """Passes bytes on between its port and a server's; each connection has two threads."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        assert at.hostname is not None
        assert at.port is not None
        self._target = (at.hostname, at.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        user = at.netloc.rpartition("@")[0]
        self.url = urlunsplit(at._replace(netloc=f"{user}@127.0.0.1:{port}"))
        self._sockets: list[socket.socket] = []
        self._held: socket.socket | None = None
        self._cut: Cut | None = None
        self._then_shut = False
        self._open = True
        self.cut = threading.Event()
        self._start(self._accept)

    def cut_at_commit(self, how: Cut, *, then_shut: bool = False) -> None:
        """Cut the next connection that commits; ``then_shut`` lets none in afterwards."""
        self._cut, self._then_shut = how, then_shut
        self.cut.clear()

    def shut(self) -> None:
        """Break every connection, and let none in until it is opened again."""
        self._open = False
        for one in self._sockets:
            _end(one)
        self._sockets.clear()

    def open(self) -> None:
        """Let connections in again."""
        self._open = True

    def release(self) -> None:
        """Let the server learn that a connection ended."""
        assert self._held is not None
        _end(self._held)

    def close(self) -> None:
        """Shut it for good."""
        _end(self._listener)
        self.shut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._open:
                    far = socket.create_connection(self._target)
                    self._sockets += [near, far]
                    self._start(self._forth, near, far)
                    self._start(_pass, far, near)
                else:
                    _end(near)

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        """Pass on what the log sends."""
        with suppress(OSError):
            while data := near.recv(1 << 16):
                if self._cut is not None and _COMMIT in data:
                    how, self._cut = self._cut, None
                    self._open = not self._then_shut
                    self._do(how, data, near, far)
                    self.cut.set()
                    return
                far.sendall(data)
        _end(near)
        _end(far)

    def _do(self, how: Cut, data: bytes, near: socket.socket, far: socket.socket) -> None:
        match how:
            case Cut.UNSENT:
                _end(far)
            case Cut.HALF_SENT:
                far.sendall(data[: data.index(_COMMIT)])
                _end(far)
            case Cut.HELD:
                far.sendall(data[: data.index(_COMMIT)])
                self._held = far
            case Cut.UNANSWERED:
                _end(near)
                far.sendall(data)
                return
        _end(near)

    def _start(self, target: Callable[..., None], *sockets: socket.socket) -> None:
        threading.Thread(target=target, args=sockets, daemon=True).start()


def _pass(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            with suppress(OSError):
                target.sendall(data)
    _end(target)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def door_before(url: str) -> Iterator[Door]:
    """Open a door before a server, and shut it at the end."""
    door = Door(url)
    try:
        yield door
    finally:
        door.close()
