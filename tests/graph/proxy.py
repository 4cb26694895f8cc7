"""A door before a real Neo4j: shut, connections break; held, nobody answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Door:
    """Passes bytes on between its port and a server's, while it is open."""

    def __init__(self, uri: str) -> None:
        address = urlsplit(uri)
        assert address.hostname is not None
        assert address.port is not None
        self._target = (address.hostname, address.port)
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._port = 0
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def uri(self) -> str:
        """The address of the server as seen through the door."""
        return f"bolt://127.0.0.1:{self._port}"

    async def open(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def hold(self) -> None:
        """Keep connections open, but pass nothing on any more."""
        self._flowing.clear()

    async def shut(self) -> None:
        """Break every connection and listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, there_writer]
        await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def door_before(uri: str) -> AsyncIterator[Door]:
    """Open a door before a server, and shut it at the end."""
    door = Door(uri)
    await door.open()
    try:
        yield door
    finally:
        await door.shut()
