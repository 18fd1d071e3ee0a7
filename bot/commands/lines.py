"""Lines from a terminal, a pipe or a file, read without a thread, so that waiting for one can be given up at once."""

import asyncio
import os
from collections.abc import Callable

CHUNK = 64 * 1024


class Lines:
    """The lines that arrive on a file descriptor; `ask` is called before each of them."""

    def __init__(self, descriptor: int, ask: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._ask = ask
        self._read = b""
        self._ended = False

    async def next(self) -> str | None:
        """The next line without its end; None when there will be no more."""
        self._ask()
        while b"\n" not in self._read and not self._ended:
            chunk = await self._chunk()
            self._read += chunk
            self._ended = not chunk
        line, _, self._read = self._read.partition(b"\n")
        if not line and self._ended and not self._read:
            return None
        return line.decode("utf-8", "replace").rstrip("\r")

    async def _chunk(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        try:
            loop.add_reader(self._descriptor, _wake, ready)
        except PermissionError:
            # a regular file is always ready, and no selector takes it
            return os.read(self._descriptor, CHUNK)
        try:
            await ready
        finally:
            loop.remove_reader(self._descriptor)
        return os.read(self._descriptor, CHUNK)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
