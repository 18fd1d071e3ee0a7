"""A local Telegram Bot API over real HTTP that keeps Telegram's rules; run it alone with

    python -m tests.fakes.telegram_api --port 0 --latency 0.05

It prints its address; telegram_control.py tells how to drive it from outside. In a test, use it as a context
manager: `async with FakeTelegram() as fake`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from tests.fakes import telegram_control, telegram_methods
from tests.fakes.telegram_people import User
from tests.fakes.telegram_rules import ApiError, Params, decoded
from tests.fakes.telegram_updates import Updates

TOKEN = "123456:local-secret-of-the-fake"
Fields = dict[str, Any]


@dataclass
class Fault:
    """What the next calls of a method get instead of, or beside, an answer.

    `status` with `description`, `retry_after`, or a raw `body`; `drop` closes the connection: "before" the call
    is worked or "after" it; `delay` seconds pass first; `times` is how often, `skip` how many calls go well before.
    """

    status: int = 200
    description: str = "Scripted fault"
    retry_after: int = 0
    migrate_to: int = 0
    body: bytes | None = None
    drop: str = ""
    delay: float = 0
    times: int = 1
    skip: int = 0


@dataclass
class FakeTelegram:
    """The server.

    `latency` is how many seconds each answer takes, `poll_latency` those of getUpdates if they differ;
    `per_second` the flood limit of the sending methods in a sliding second (0 for none); `on_message(chat,
    message)` is called for all a bot sends or edits; `refuse(method, params)` may give an error for any call;
    `record` keeps every call in `calls`.
    """

    token: str = TOKEN
    latency: float = 0
    poll_latency: float | None = None
    per_second: int = 0
    record: bool = True
    port: int = 0
    host: str = "127.0.0.1"
    username: str = "wis_fiction_bot"
    redeliver_after: float = 0.05
    on_message: Callable[[int, Fields], None] | None = None
    refuse: Callable[[str, Params], ApiError | None] | None = None
    calls: list[tuple[str, Params]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    users: dict[int, User] = field(default_factory=dict)
    groups: dict[int, list[Fields]] = field(default_factory=dict)
    keyboards: dict[int, list[list[Fields]]] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Fields]] = field(default_factory=dict)
    abouts: dict[tuple[str, str], str] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    max_upload: int = 50 * 1024 * 1024

    def __post_init__(self) -> None:
        self.updates = Updates(self)
        self._faults: dict[str, deque[Fault]] = {}
        self._messages = 0
        self._callback = 0
        self._sent: deque[float] = deque()
        self._runner: web.ServerRunner | None = None

    # life

    async def __aenter__(self) -> FakeTelegram:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        server = web.Server(self._handle, request_factory=self._request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    # for tests

    def user(self, id: int = 1001, name: str = "Anna", language: str = "it") -> User:
        """The person with this id; she exists from the first mention."""
        if id not in self.users:
            self.users[id] = User(self, id, name, language)
        return self.users[id]

    def fail(self, method: str, **fault: Any) -> Fault:
        """Scripts a fault for a method; faults of one method are used up in order."""
        scripted = Fault(**fault)
        self._faults.setdefault(method.lower(), deque()).append(scripted)
        return scripted

    def called(self, method: str) -> list[Params]:
        return [params for name, params in self.calls if name == method.lower()]

    def age_callbacks(self) -> None:
        """Every tap so far is too old to be answered."""
        for tap in self.callbacks:
            self.callbacks[tap] = "old"

    def push(self, queue: int, update: Fields) -> int:
        return self.updates.push(queue, update)

    def keep_file(self, data: bytes, path: str) -> str:
        ref = f"file{len(self.files) + 1}"
        self.files[ref] = (path, data)
        return ref

    def new_callback(self) -> str:
        self._callback += 1
        self.callbacks[str(self._callback)] = "open"
        return str(self._callback)

    def next_message(self) -> int:
        self._messages += 1
        return self._messages

    def seconds(self) -> int:
        return int(time.time())

    def me(self) -> Fields:
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "WIS",
            "username": self.username,
        }

    # the wire

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=2 * self.max_upload)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/control/"):
            return await telegram_control.answer(self, request)
        if path.startswith("/file/bot"):
            return self._file(path.removeprefix("/file/bot"))
        if not path.startswith("/bot"):
            return web.Response(status=404)
        token, _, method = path.removeprefix("/bot").partition("/")
        method = method.lower()
        self.counts[method] += 1
        fault = self._fault(method)
        try:
            params = await _params(request, self.max_upload)
            if self.record:
                self.calls.append((method, params))
            latency = self.latency
            if method == "getupdates" and self.poll_latency is not None:
                latency = self.poll_latency
            if latency:
                await asyncio.sleep(latency)
            if fault is not None:
                if fault.delay:
                    await asyncio.sleep(fault.delay)
                if fault.drop == "before":
                    return _hang_up(request)
                if fault.body is not None:
                    return web.Response(status=fault.status, body=fault.body)
                if fault.retry_after or fault.migrate_to or fault.status >= 300:
                    raise _scripted(fault)
            if token != self.token:
                raise ApiError(401 if ":" in token else 404, "Unauthorized" if ":" in token else "Not Found")
            self._flood(method)
            error = self.refuse(method, params) if self.refuse is not None else None
            if error is not None:
                raise error
            result = await telegram_methods.answer(self, method, params)
            if fault is not None and fault.drop == "after":
                return _hang_up(request)
        except ApiError as error:
            return _refusal(error)
        body = json.dumps({"ok": True, "result": result}).encode()
        return web.Response(body=body, content_type="application/json")

    def _fault(self, method: str) -> Fault | None:
        waiting = self._faults.get(method)
        if not waiting:
            return None
        fault = waiting[0]
        if fault.skip:
            fault.skip -= 1
            return None
        fault.times -= 1
        if fault.times <= 0:
            waiting.popleft()
        return fault

    def _flood(self, method: str) -> None:
        if not self.per_second or not method.startswith("send"):
            return
        now = time.monotonic()
        while self._sent and now - self._sent[0] > 1:
            self._sent.popleft()
        if len(self._sent) >= self.per_second:
            raise ApiError(429, "Too Many Requests: retry after 1", retry_after=1)
        self._sent.append(now)

    def _file(self, path: str) -> web.Response:
        token, _, wanted = path.partition("/")
        if token != self.token:
            return web.Response(status=404)
        for name, data in self.files.values():
            if name == unquote(wanted):
                return web.Response(body=data)
        return web.Response(status=404)


async def _params(request: web.BaseRequest, max_upload: int) -> Params:
    params: Params = dict(request.query)
    kind = request.content_type
    if kind == "multipart/form-data":
        async for part in await request.multipart():
            if getattr(part, "filename", None):
                data = bytes(await part.read())  # type: ignore[union-attr]
                if len(data) > max_upload:
                    raise ApiError(413, "Request Entity Too Large")
                params[str(part.name)] = (part.filename, data)  # type: ignore[union-attr]
            else:
                params[str(part.name)] = await part.text()  # type: ignore[union-attr]
        return decoded(params)
    body = await request.read() if request.can_read_body else b""
    if kind == "application/json" and body:
        try:
            params.update(json.loads(body))
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse JSON") from None
    elif body:
        params.update(parse_qsl(body.decode(), keep_blank_values=True))
    return decoded(params)


def _scripted(fault: Fault) -> ApiError:
    if fault.retry_after:
        return ApiError(429, f"Too Many Requests: retry after {fault.retry_after}", retry_after=fault.retry_after)
    if fault.migrate_to:
        moved = "Bad Request: group chat was upgraded to a supergroup chat"
        return ApiError(400, moved, migrate_to_chat_id=fault.migrate_to)
    return ApiError(fault.status, fault.description)


def _refusal(error: ApiError) -> web.Response:
    body: Fields = {"ok": False, "error_code": error.status, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.Response(status=error.status, body=json.dumps(body).encode(), content_type="application/json")


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _serve(options: argparse.Namespace) -> None:
    fake = FakeTelegram(
        token=options.token,
        latency=options.latency,
        poll_latency=options.poll_latency,
        per_second=options.per_second,
        port=options.port,
        record=options.record,
    )
    async with fake:
        print(fake.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A local Telegram Bot API")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each answer takes")
    parser.add_argument("--poll-latency", type=float, help="of getUpdates, if it differs")
    parser.add_argument("--per-second", type=int, default=0, help="flood limit of sending, 0 for none")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--record", action="store_true", help="keep every call for GET /control/calls")
    try:
        asyncio.run(_serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
