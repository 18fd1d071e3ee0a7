"""A local Twilio (messages, Content, media, webhooks) over real HTTP that keeps Twilio's rules; run it alone with

    python -m tests.fakes.twilio_api --port 0 --deliver-to http://127.0.0.1:8080

It prints its address; twilio_control.py tells how to drive it from outside. In a test, use it as a context
manager: `async with FakeTwilio() as fake`, set `fake.deliver_to` to our server, then
`await fake.user("+447700900123").says("ciao")`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import ClientSession, ClientTimeout, web

from tests.fakes import twilio_content, twilio_control, twilio_lists
from tests.fakes.twilio_faults import Fault, Faults
from tests.fakes.twilio_people import User, signature
from tests.fakes.twilio_rules import ApiError, Content, Sent, fill, variables

WINDOW = timedelta(hours=24)
Work = Callable[["FakeTwilio", web.Request], Awaitable[dict[str, Any]]]


@dataclass
class FakeTwilio:
    """The server. `public_url` is what webhooks are signed for, `deliver_to` where they really go.

    `statuses` are reported of each message by themselves; `closed_window` says how 63016 is told: "callback" as
    Twilio does, or "api"; `per_second` is the API limit (429 with code 20429), 0 for none; `shared_key` signs
    webhooks instead of the auth token; `auto_approve` lets Meta approve at once; `delivers` False lets webhooks
    get lost, as when our server is down; `redirect` is where a file is said to lie, empty for where it does.
    """

    account_sid: str = "AC00000000000000000000000000000001"
    auth_token: str = "token-of-the-local-twilio"
    sender: str = "whatsapp:+12025550100"
    public_url: str = "https://wis.example"
    deliver_to: str = ""
    port: int = 0
    latency: float = 0
    per_second: int = 0
    statuses: tuple[str, ...] = ("queued", "sent", "delivered")
    closed_window: str = "callback"
    shared_key: tuple[str, str] | None = None
    auto_approve: bool = True
    delivers: bool = True
    redirect: str = ""
    unknown: set[str] = field(default_factory=set)
    users: dict[str, User] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    inbound: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    _in_order: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    violations: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.url = ""
        self.shift = timedelta()
        self._faults = Faults()
        self._undelivered: deque[int] = deque()
        self._times: deque[float] = deque()
        self._sids = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> FakeTwilio:
        app = web.Application(client_max_size=1 << 20)
        account = f"/2010-04-01/Accounts/{self.account_sid}"
        for method, path, where, work in (
            ("POST", f"{account}/Messages.json", "send", FakeTwilio._take),
            ("GET", f"{account}/Messages.json", "list", twilio_lists.messages),
            ("GET", account + "/Messages/{sid}/Media.json", "list", twilio_lists.attachments),
            ("GET", account + "/Messages/{sid}/Media/{media}", "media", twilio_lists.attachment),
            ("POST", "/v1/Content", "content", twilio_content.create),
            ("GET", "/v1/Content", "content", twilio_content.listed),
            ("GET", "/v1/ContentAndApprovals", "content", twilio_content.listed),
            ("POST", "/v1/Content/{sid}/ApprovalRequests/whatsapp", "content", twilio_content.approve),
        ):
            app.router.add_route(method, path, partial(self._answered, where, work))
        app.router.add_get("/cdn/{media}", self._cdn)
        app.router.add_route("*", "/control/{verb}", partial(twilio_control.answer, self))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = ClientSession(timeout=ClientTimeout(total=15))
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()
        await self._runner.cleanup()

    # Driving it

    def user(self, number: str, name: str = "", bsuid: str = "") -> User:
        """The person with this number, or with only a BSUID if the number is empty."""
        key = f"whatsapp:{number or bsuid}"
        if key not in self.users:
            self.users[key] = User(self, number, name, bsuid)
        return self.users[key]

    def advance(self, **delta: float) -> None:
        """So much time passes at Twilio: `advance(hours=25)`."""
        self.shift += timedelta(**delta)

    def now(self) -> datetime:
        """The time at Twilio."""
        return datetime.now(UTC) + self.shift

    def fail(self, code: int = 0, **fault: Any) -> None:
        """The next request goes wrong as described by Fault."""
        self._faults.add(Fault(code=code, **fault))

    def undeliver(self, code: int, times: int = 1) -> None:
        """The next messages are accepted, then reported as undelivered."""
        self._undelivered.extend([code] * times)

    def approve_all(self, status: str = "approved", **more: str) -> None:
        """Meta decides on every template."""
        for content in self.contents.values():
            if content.approval:
                content.approval |= {"status": status} | more

    async def settled(self) -> None:
        """Every callback that was due has been delivered."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def report(self, message: Sent, status: str, code: int = 0) -> int:
        """A status callback for the message, whatever was reported before; our server's HTTP status."""
        message.status, message.code = status, code or message.code
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self.account_sid,
            "From": message.from_,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        } | ({"ErrorCode": str(code)} if code else {})
        return await self.deliver(message.callback.removeprefix(self.public_url), form)

    async def deliver(self, path: str, form: dict[str, str], **headers: str) -> int:
        """A signed webhook to our server; its HTTP status, 0 if it cannot be reached (tried twice)."""
        head = self.signed(path, list(form.items())) | headers
        for _ in range(2):
            try:
                async with self._session.post(self.deliver_to + path, data=form, headers=head) as answer:
                    self.answers.append(answer.status)
                    return answer.status
            except OSError:
                continue
        return 0

    def signed(self, path: str, fields: list[tuple[str, str]]) -> dict[str, str]:
        """The headers that prove a webhook."""
        url = self.public_url + path
        if self.shared_key is None:
            return {"X-Twilio-Signature": signature(self.auth_token, url, fields)}
        key, secret = self.shared_key
        return {
            "X-Twilio-Signature": signature(secret, url, fields, sha256=True),
            "X-Twilio-Webhooks-Signature-Settings": f"key={key},algorithm=HMAC_SHA256",
        }

    def new_sid(self, prefix: str) -> str:
        """A SID nothing else has."""
        self._sids += 1
        return f"{prefix}{self._sids:032x}"

    def keep_media(self, data: bytes, mime: str) -> str:
        """The address under which Twilio keeps a file a person sent."""
        sid = self.new_sid("ME")
        self.media[sid] = (data, mime)
        message = self.new_sid("MM")
        return f"{self.url}/2010-04-01/Accounts/{self.account_sid}/Messages/{message}/Media/{sid}"

    def keep_inbound(self, form: dict[str, str]) -> None:
        """Twilio's list holds the message, whether its webhook arrives or not."""
        self.inbound.append((self.now(), form))

    # Messages

    async def _take(self, request: web.Request) -> dict[str, Any]:
        form = parse_qsl(await request.text(), keep_blank_values=True)
        asked = dict(form)
        to, text = asked.get("To", ""), asked.get("Body", "")
        if not to.startswith("whatsapp:") or to in self.unknown:
            raise ApiError(21211, f"The 'To' number {to} is not a valid phone number.")
        if asked.get("From") != self.sender:
            raise ApiError(63007, "Twilio could not find a Channel with the specified From address")
        if len(text) > 1600:
            raise ApiError(21617, "The concatenated message body exceeds the 1600 character limit")
        message = Sent(
            self.new_sid("SM"), to, self.sender, self.now(), text, callback=asked.get("StatusCallback", "")
        )
        content = None
        if asked.get("ContentSid"):
            content = self.contents.get(asked["ContentSid"])
            if content is None:
                raise ApiError(21655, "The ContentSid Parameter is invalid")
            fill(message, content, variables(asked.get("ContentVariables", "")))
        elif not text and not asked.get("MediaUrl"):
            raise ApiError(21619, "A text message body or media urls must be specified.")
        message.media_url = asked.get("MediaUrl", "")
        code = self._undelivered.popleft() if self._undelivered else 0
        if not self._may_write(to, content):
            if self.closed_window == "api":
                raise ApiError(63016, "Outside the allowed window")
            code = 63016
        self.sent.append(message)
        self._later(self._deliver_message(message, code))
        return twilio_lists.outgoing(self, message)

    def _may_write(self, to: str, content: Content | None) -> bool:
        user = self.users.get(to)
        opened = user is not None and user.wrote is not None and self.now() - user.wrote < WINDOW
        return opened or (content is not None and content.approved)

    async def _deliver_message(self, message: Sent, code: int) -> None:
        # a phone gets its messages in order, however long a file takes
        async with self._in_order[message.to]:
            if message.media_url and not code:
                code = 0 if await self._fetch(message) else 63019
            if not code:
                await self.user(message.to.removeprefix("whatsapp:")).gets(message)
        if message.callback:
            for status in self.statuses if not code else ("queued", "undelivered"):
                await self.report(message, status, code if status == "undelivered" else 0)

    async def _fetch(self, message: Sent) -> bool:
        async with self._session.get(message.media_url.replace(self.public_url, self.deliver_to)) as answer:
            message.media, message.media_type = await answer.read(), answer.content_type
            return answer.status == 200

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        data, mime = self.media[request.match_info["media"]]
        return web.Response(body=data, content_type=mime.partition(";")[0])

    # Answering

    async def _answered(self, where: str, work: Work, request: web.Request) -> web.StreamResponse:
        """The answer to an authorised request, with the faults that are due."""
        self.counts[where] += 1
        await request.read()
        proof = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {proof}":
            return self._error(ApiError(20003, "Authenticate", 401))
        if self.latency:
            await asyncio.sleep(self.latency)
        if self._too_fast():
            return self._error(ApiError(20429, "Too Many Requests", 429), "1")
        fault = self._faults.next(where)
        try:
            if fault is None:
                return web.json_response(await work(self, request), status=201 if request.method == "POST" else 200)
            if fault.accepts:
                await work(self, request)
            return await self._broken(request, fault)
        except ApiError as error:
            self.violations.append(f"{error.code}: {error.message}")
            return self._error(error)

    async def _broken(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop and request.transport is not None:
            request.transport.close()
        if fault.body is not None:
            return web.Response(text=fault.body, status=fault.status, content_type="text/html")
        if not fault.code:
            return web.Response(status=fault.status)
        return self._error(ApiError(fault.code, "Scripted fault", fault.status), fault.retry_after)

    def _too_fast(self) -> bool:
        if not self.per_second:
            return False
        now = asyncio.get_running_loop().time()
        while self._times and now - self._times[0] > 1:
            self._times.popleft()
        if len(self._times) >= self.per_second:
            return True
        self._times.append(now)
        return False

    def _error(self, error: ApiError, retry_after: str = "") -> web.Response:
        body = {"code": error.code, "message": error.message, "status": error.status, "more_info": ""}
        head = {"Retry-After": retry_after} if retry_after else {}
        return web.json_response(body, status=error.status, headers=head)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _serve(port: int, deliver_to: str, public_url: str) -> None:
    async with FakeTwilio(port=port, deliver_to=deliver_to, public_url=public_url) as fake:
        print(json.dumps({"url": fake.url, "account_sid": fake.account_sid}), flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--deliver-to", default="")
    parser.add_argument("--public-url", default="https://wis.example")
    told = parser.parse_args()
    asyncio.run(_serve(told.port, told.deliver_to, told.public_url))


if __name__ == "__main__":
    main()
