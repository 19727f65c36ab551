"""An instance for tests: keeps what it was sent, answers what it is told to."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass


def answer(body: bytes = b"[1]", *headers: str, status: str = "200 OK") -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 {status}\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class Received:
    line: str
    headers: dict[str, str]
    body: bytes
    raw_head: bytes


class Backend:
    """One instance on a port of its own."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.reply: bytes | Callable[[Received], bytes] = answer()
        self.delay = 0.0
        self.close_after = False  # end the connection with the answer
        self.broken_off = False  # end it instead of answering
        self.connections = 0
        self.writers: set[asyncio.StreamWriter] = set()
        self.open = self.most_open = 0
        self.port = 0
        self.socket = ""

    async def start(self, port: int = 0) -> "Backend":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def start_near(self, path: str) -> "Backend":
        """On a socket in the file system; nothing listens on its port."""
        self.server = await asyncio.start_unix_server(self._serve, path)
        self.port, self.socket = 1, path
        return self

    async def stop(self) -> None:
        """As a killed process: nothing listens, all connections are cut."""
        self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._turn(reader, writer):
                pass
        self.writers.discard(writer)
        writer.close()

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        received = Received(lines[0], headers, b"", head)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            received.body = await _body(reader, headers)
            self.received.append(received)
            if self.delay:
                await asyncio.sleep(self.delay)
        finally:
            self.open -= 1
        if self.broken_off:
            return False
        writer.write(self.reply if isinstance(self.reply, bytes) else self.reply(received))
        await writer.drain()
        return not self.close_after


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    found = b""
    while size := int((await reader.readline()).strip(), 16):
        found += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return found


class Raw:
    """A caller that says exactly what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)).decode("latin-1")
        lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
        found = re.match(r"HTTP/1\.1 (\d{3}) ", lines[0])
        assert found, lines[0]
        status = int(found[1])
        body = b"" if status in (100, 204, 304) else await asyncio.wait_for(_body(self.reader, headers), 5)
        return status, headers, body

    async def is_closed(self) -> bool:
        """Whether nothing more comes; what still comes is dropped."""
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), 5) is not None
        return True

    def close(self) -> None:
        self.writer.close()


async def caller(port: int) -> Raw:
    return Raw(*await asyncio.open_connection("127.0.0.1", port))
