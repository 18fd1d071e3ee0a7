"""Driving the local Twilio from another process.

POST /control/do       {"user": "+447700900123", "do": "says", "with": ["ciao"]}: any deed of twilio_people.User
GET  /control/screen   ?user=%2B447700900123: the text, the buttons and the rows she sees, and how many messages
GET  /control/hears    ?user=...&more_than=3: as soon as she has got more than that
POST /control/set      {"deliver_to": "http://127.0.0.1:8080"}: any field of FakeTwilio
POST /control/fail     {"code": 20429, "status": 429}: see twilio_api.Fault
POST /control/advance  {"hours": 25}
GET  /control/sent     all messages the bot sent; GET /control/counts how often each part was called
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.twilio_api import FakeTwilio


async def answer(fake: FakeTwilio, request: web.Request) -> web.Response:
    """What the driver asked for, as JSON."""
    body: dict[str, Any] = json.loads(await request.read()) if request.can_read_body else {}
    result: Any = None
    match request.match_info["verb"]:
        case "do":
            result = await getattr(fake.user(body["user"]), body["do"])(*body.get("with", []))
        case "screen":
            result = fake.user(request.query["user"]).screen()
        case "hears":
            user = fake.user(request.query["user"])
            await user.hears(int(request.query["more_than"]), timeout=60)
            result = user.screen()
        case "set":
            for name, value in body.items():
                setattr(fake, name, value)
        case "fail":
            fake.fail(**body)
        case "advance":
            fake.advance(**body)
        case "sent":
            result = [asdict(message) for message in fake.sent]
        case "counts":
            result = fake.counts
        case _:
            return web.Response(status=404)
    return web.Response(body=json.dumps(result, default=repr).encode(), content_type="application/json")
