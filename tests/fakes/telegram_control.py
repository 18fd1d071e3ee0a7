"""Driving the local Telegram from another process.

POST /control/do      {"user": 1001, "do": "says", "with": ["ciao"]}: any deed of telegram_people.User
GET  /control/screen  ?user=1001: the text and the buttons she sees, and how many messages she has heard
GET  /control/hears   ?user=1001&more_than=3: as soon as she has heard more than that
POST /control/fail    {"method": "sendMessage", "status": 429, "retry_after": 2}: see telegram_api.Fault
GET  /control/counts  how often each method was called
GET  /control/calls   all calls (with --record)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.telegram_api import FakeTelegram


async def answer(fake: FakeTelegram, request: web.BaseRequest) -> web.Response:
    """What the driver asked for, as JSON."""
    body: dict[str, Any] = json.loads(await request.read()) if request.can_read_body else {}
    result: Any = None
    match request.path.removeprefix("/control/"):
        case "do":
            result = getattr(fake.user(int(body["user"])), str(body["do"]))(*body.get("with", []))
        case "screen":
            result = _screen(fake, int(request.query["user"]))
        case "hears":
            await fake.user(int(request.query["user"])).hears(int(request.query["more_than"]), timeout=60)
            result = _screen(fake, int(request.query["user"]))
        case "fail":
            fake.fail(body.pop("method"), **body)
        case "counts":
            result = fake.counts
        case "calls":
            result = fake.calls
        case _:
            return web.Response(status=404)
    return web.Response(body=json.dumps(result, default=repr).encode(), content_type="application/json")


def _screen(fake: FakeTelegram, id: int) -> dict[str, Any]:
    user = fake.user(id)
    shown = bool(user.messages())
    return {
        "text": user.text() if shown else "",
        "buttons": user.buttons() if shown else [],
        "messages": len(user.messages()),
        "heard": user.heard,
    }
