"""The wire to Telegram: a python-telegram-bot transport on aiohttp, because httpx costs ten times the CPU with many
requests in flight."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

import aiohttp
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

Sessions = Callable[[], aiohttp.ClientSession]
"""Gives the session to use; it belongs to whoever made it and is not closed here."""

_READ, _WRITE, _CONNECT, _POOL, _UPLOAD = 10.0, 10.0, 5.0, 5.0, 30.0
_CHUNK = 64 * 1024
_JSON = {"Content-Type": "application/json"}


class Answered(TelegramError):
    """Telegram (or a proxy before it) answered, and not with a success."""

    def __init__(self, status: int, description: str, retry_after: float = 0, migrate_to: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.retry_after = retry_after
        self.migrate_to = migrate_to


class NotSent(TelegramError):
    """The request surely never left: no name, no connection, no free place in the pool."""


class NoAnswer(TelegramError):
    """The request may have left, and no readable answer came."""


class TooLarge(TelegramError):
    """The file is larger than the reader wants."""


class TelegramRequest(BaseRequest):
    """One way to the Bot API. Every failure is raised as one of the four errors above, without the address, which
    holds the token."""

    __slots__ = ("_own", "_sessions", "_urls")

    def __init__(self, sessions: Sessions | None = None) -> None:
        self._sessions = sessions
        self._own: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}

    @property
    def read_timeout(self) -> float:
        """How long to wait for a piece of the answer, in seconds."""
        return _READ

    async def initialize(self) -> None:
        """Nothing is opened before the first request."""

    async def shutdown(self) -> None:
        """A session opened here is closed when this returns."""
        if self._own is not None:
            await self._own.close()
            self._own = None

    def _session(self) -> aiohttp.ClientSession:
        if self._sessions is not None:
            return self._sessions()
        if self._own is None:
            # Telegram keeps idle connections longer than 15 s, so that a request never meets one just closed.
            connector = aiohttp.TCPConnector(limit=256, keepalive_timeout=15)
            self._own = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._own

    def _url(self, url: str) -> URL:
        known = self._urls.get(url)
        if known is None:
            known = self._urls[url] = URL(url, encoded=True)
        return known

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Returns status and body of a success. Raises Answered, NotSent or NoAnswer."""
        body: Any = None
        uploads = request_data is not None and request_data.contains_files
        if request_data is not None:
            body = _form(request_data) if uploads else json.dumps(request_data.parameters).encode()
        connect, pool = _seconds(connect_timeout, _CONNECT), _seconds(pool_timeout, _POOL)
        read, write = _seconds(read_timeout, _READ), _seconds(write_timeout, _UPLOAD if uploads else _WRITE)
        timeout = aiohttp.ClientTimeout(
            total=connect + pool + read + write, connect=connect + pool, sock_connect=connect, sock_read=read
        )
        return await self._exchange(method, url, body, _JSON if body is not None and not uploads else None, timeout)

    async def ask(self, url: str, data: Mapping[str, Any], read_timeout: float = _READ) -> Any:
        """The `result` of a call without files, as it came; the library's own way there costs as much as the wire.

        Raises Answered, NotSent or NoAnswer.
        """
        body = json.dumps(data).encode()
        _, payload = await self._exchange("POST", url, body, _JSON, _patience(read_timeout))
        return self.parse_json_payload(payload)["result"]

    async def _exchange(
        self, method: str, url: str, body: Any, headers: Mapping[str, str] | None, timeout: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        try:
            async with self._session().request(
                method, self._url(url), data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                payload = await answer.read()
        except Exception as error:
            raise _failure(error) from None
        if not 200 <= answer.status <= 299:
            raise _answered(answer.status, payload, answer.headers.get("Retry-After", ""))
        return answer.status, payload

    async def download(self, url: str, limit: int) -> bytes:
        """The bytes behind `url`, at most `limit`. Raises TooLarge, Answered, NotSent or NoAnswer."""
        timeout = aiohttp.ClientTimeout(total=120, connect=_CONNECT + _POOL, sock_read=_READ)
        pieces: list[bytes] = []
        size = 0
        try:
            async with self._session().get(
                URL(url, encoded=True), timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise _answered(answer.status, await answer.content.read(_CHUNK), "")
                async for piece in answer.content.iter_chunked(_CHUNK):
                    size += len(piece)
                    if size > limit:
                        raise TooLarge(f"more than {limit} bytes")
                    pieces.append(piece)
        except TelegramError:
            raise
        except Exception as error:
            raise _failure(error) from None
        return b"".join(pieces)

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer as a dictionary with a result. Raises NoAnswer for anything else, and logs nothing of it."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            raise NoAnswer("the answer is not JSON") from None
        if not isinstance(answer, dict) or "result" not in answer:
            raise NoAnswer("the answer has no result")
        return answer


@lru_cache(maxsize=16)
def _patience(read: float) -> aiohttp.ClientTimeout:
    """One limit for the whole call: its answer is short, so a limit for each piece of it would add nothing."""
    return aiohttp.ClientTimeout(total=_CONNECT + _POOL + read, connect=_CONNECT + _POOL, sock_connect=_CONNECT)


def _seconds(value: Any, usual: float) -> float:
    return float(value) if isinstance(value, int | float) else usual


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, text in request_data.json_parameters.items():
        form.add_field(name, text)
    for name, (filename, data, mime) in request_data.multipart_data.items():
        # From a buffer aiohttp sends piece by piece, so that a large file does not hold up everybody else.
        content = BytesIO(data) if isinstance(data, bytes) else data
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


def _failure(error: Exception) -> TelegramError:
    cause = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return NotSent(f"no connection ({cause})")
    return NoAnswer(f"no answer ({cause})")


def _answered(status: int, payload: bytes, retry_header: str) -> Answered:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    parameters = answer.get("parameters")
    if not isinstance(parameters, dict):
        parameters = {}
    description = answer.get("description")
    after, moved = parameters.get("retry_after"), parameters.get("migrate_to_chat_id")
    if not isinstance(after, int | float):
        after = int(retry_header) if retry_header.isdecimal() else 0
    return Answered(
        status,
        description if isinstance(description, str) else f"HTTP {status}",
        max(0.0, float(after)),
        moved if isinstance(moved, int) else 0,
    )
