"""A Maven repository on loopback, whose answers a test decides."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

Answer = Callable[[str], bytes | None]
"""Given a path without its leading slash, the file there, or None where there is none."""


class Registry:
    """A server of files while its ``with`` block lasts; ``asked`` are the paths of the files."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def repositories(self) -> dict[str, str]:
        """Return the repository as ``ManagedServer.start`` takes it."""
        return {"loopback": f"http://127.0.0.1:{self._server.server_port}"}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.removeprefix("/")
                if path.endswith(".sha1"):
                    self.send_error(404)
                    return
                registry.asked.append(path)
                content = registry.answer(path)
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def repository_path(group: str, artifact: str, version: str, classifier: str = "") -> str:
    """Return where a Maven repository has a jar."""
    name = "-".join(filter(None, (artifact, version, classifier)))
    return f"{group.replace('.', '/')}/{artifact}/{version}/{name}.jar"
