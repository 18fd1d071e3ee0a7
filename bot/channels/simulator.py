"""The simulator: a channel whose phones are on a web page, over the same engine and database as the others."""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.channels.contract import Health, Inbox, Unready
from bot.channels.dialogue import write
from bot.channels.simulator_acts import Acts
from bot.channels.simulator_body import BadRequest, flag_of, number_of, read_json, read_upload, text_of
from bot.channels.simulator_book import Changes, PhoneBook
from bot.channels.simulator_dialogue import dialogue
from bot.channels.simulator_guard import Handler, guarded
from bot.channels.simulator_phones import (
    CHANNEL,
    ClockControl,
    Look,
    Phone,
    SimulatorConfig,
    SimulatorStore,
    StoredFile,
)
from bot.channels.simulator_sender import SimulatorSender
from bot.channels.simulator_stream import Stream
from bot.channels.simulator_ticks import Ticks
from conversations.events import Json
from scheduler.sending import Refused

PAGE = Path(__file__).parent / "page"
YEAR = 366 * 86400
# Pictures and sounds are shown in the chat; anything else a stranger may have sent is only ever downloaded.
SHOWN = ("image/png", "image/jpeg", "image/webp", "image/gif", "audio/wav", "audio/ogg", "audio/mpeg")
Body = Mapping[str, Json]


class Simulator:
    """The simulator as one of the channels."""

    name = CHANNEL

    def __init__(self, config: SimulatorConfig, inbox: Inbox, store: SimulatorStore, clock: ClockControl) -> None:
        self.health = Health()
        self._config = config
        self._store = store
        self._clock = clock
        self._changes = Changes()
        self._book = PhoneBook(config, store)
        self._acts = Acts(config, inbox, store, clock, self._book, self._changes)
        self._ticks = Ticks(inbox, store, self._book, self._changes)
        self._stream = Stream(store, self._changes, self._ticks, self._state)
        self._sender = SimulatorSender(config, store, clock, self._book, self._changes)

    def sender(self) -> SimulatorSender:
        return self._sender

    def routes(self) -> Sequence[web.RouteDef]:
        posts: dict[str, Callable[[Phone, str, Body], Awaitable[None]]] = {
            "say": self._say,
            "join": self._join,
            "tap": self._tap,
            "location": self._location,
            "contact": self._contact,
            "block": self._block,
            "read": self._read,
        }
        return [
            web.get("/", self._guard(self._page)),
            web.get("/simulator/page/{name}", self._guard(self._page)),
            web.get("/simulator/events", self._guard(self._stream.feed)),
            web.get("/simulator/state", self._guard(self._show_state)),
            web.get("/simulator/transcript", self._guard(self._transcript)),
            web.get("/simulator/file/{id}", self._guard(self._file)),
            *(web.post(f"/simulator/{name}", self._guard(self._act(act))) for name, act in posts.items()),
            web.post("/simulator/file", self._guard(self._upload)),
            web.post("/simulator/phone", self._guard(self._phone)),
            web.post("/simulator/clock", self._guard(self._move_clock)),
        ]

    async def run(self) -> None:
        """Waits: the page comes by the routes. Open pages are left when it is cancelled, so that a web server
        which waits for its requests to end does not wait for them."""
        self.health.state = "ok"
        try:
            await asyncio.Event().wait()
        finally:
            await self._stream.close()

    async def fetch(self, ref: str, limit: int) -> bytes:
        """The bytes of a file sent from a phone. Raises Refused when it is larger or not there."""
        file = await self._store.file(ref)
        if file is None or len(file.data) > limit:
            raise Refused("no such file" if file is None else f"larger than {limit} bytes", "file")
        return file.data

    async def close(self) -> None:
        """Every open page has been left and no new one is fed."""
        await self._stream.close()

    def _guard(self, handler: Handler) -> Handler:
        async def answered(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except BadRequest as error:
                return web.json_response({"error": error.code}, status=error.status)
            except Unready:
                return web.json_response({"error": "unready"}, status=503)

        return guarded(answered, self._config.public)

    def _act(self, act: Callable[[Phone, str, Body], Awaitable[None]]) -> Handler:
        async def posted(request: web.Request) -> web.StreamResponse:
            body = await read_json(request)
            await act(await self._known(text_of(body, "phone")), text_of(body, "key", 64), body)
            return web.json_response({"ok": True})

        return posted

    async def _known(self, address: str) -> Phone:
        phone = await self._book.find(address)
        if phone is None:
            raise BadRequest("unknown_phone", 404)
        return phone

    async def _page(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info.get("name", "index.html")
        files = {path.name: path for path in PAGE.iterdir() if path.suffix in (".html", ".css", ".js", ".svg")}
        if name not in files:
            raise web.HTTPNotFound
        content_type, _ = mimetypes.guess_type(name)
        text = await asyncio.to_thread(files[name].read_text, "utf-8")
        return web.Response(text=text, content_type=content_type or "text/plain", charset="utf-8")

    async def _state(self) -> dict[str, Json]:
        phones = (await self._book.all()).values()
        # A phone that changes its look keeps its place on the page.
        places = list(dict.fromkeys(phone.id for phone in phones))
        shown: list[Json] = [
            {**phone.as_json(), "address": phone.address, "number": phone.number}
            for phone in sorted(phones, key=lambda phone: places.index(phone.id))
            if not phone.hidden
        ]
        here = {phone.id for phone in phones if not phone.hidden}
        away: list[Json] = [
            {"address": phone.address, "name": phone.name}
            for phone in {phone.id: phone for phone in phones}.values()
            if phone.id not in here
        ]
        offset = round((self._clock.now() - datetime.now(UTC)).total_seconds())
        return {"phones": shown, "away": away, "clock_offset": offset, "time_zone": self._config.time_zone}

    async def _show_state(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(await self._state())

    async def _transcript(self, request: web.Request) -> web.StreamResponse:
        phone = await self._known(request.query.get("phone", ""))
        lines = dialogue(phone.name, await self._store.entries(phone.address, 0))
        return web.Response(text=write(lines), content_type="text/markdown", charset="utf-8")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = await self._store.file(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        shown = file.mime in SHOWN
        headers = {"Content-Security-Policy": "sandbox", "Content-Type": "application/octet-stream"}
        if shown:
            headers["Content-Type"] = file.mime
        else:
            ascii_name = "".join(char if char.isascii() and char not in '"\\' else "_" for char in file.name)
            headers["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
        return web.Response(body=file.data, headers=headers)

    async def _say(self, phone: Phone, key: str, body: Body) -> None:
        await self._acts.say(phone, key, text_of(body, "text", 65536))

    async def _join(self, phone: Phone, key: str, body: Body) -> None:
        await self._acts.join(phone, key, text_of(body, "code", 64))

    async def _tap(self, phone: Phone, key: str, body: Body) -> None:
        number = int(number_of(body, "message", 0, 2**53))
        await self._acts.tap(phone, key, number, text_of(body, "token", 256))

    async def _location(self, phone: Phone, key: str, body: Body) -> None:
        latitude, longitude = number_of(body, "latitude", -90, 90), number_of(body, "longitude", -180, 180)
        await self._acts.locate(phone, key, latitude, longitude)

    async def _contact(self, phone: Phone, key: str, body: Body) -> None:
        await self._acts.share_contact(phone, key, text_of(body, "number", 32))

    async def _block(self, phone: Phone, key: str, body: Body) -> None:
        await self._acts.block(phone, key, flag_of(body, "blocked"))

    async def _read(self, phone: Phone, key: str, body: Body) -> None:
        await self._ticks.read(phone.address, int(number_of(body, "up_to", 0, 2**53)))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        upload = await read_upload(request)
        fields = upload.fields
        phone = await self._known(fields.get("phone", ""))
        file = StoredFile(upload.name, upload.mime, upload.data)
        key, media, caption = (fields.get(name, "") for name in ("key", "media", "caption"))
        await self._acts.send(phone, key[:64], media, file, caption)
        return web.json_response({"ok": True})

    async def _phone(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        look, language = text_of(body, "look"), text_of(body, "language", 8)
        if not text_of(body, "phone"):
            name = "".join(char for char in text_of(body, "name", 40) if char.isprintable() and char not in "*:")
            added = await self._book.add(name.strip() or "Ospite", _look(look), language or "it")
            if added is None:
                raise BadRequest("many_phones", 409)
            self._changes.ring()
            return web.json_response({"phone": added.address})
        phone = await self._known(text_of(body, "phone"))
        if language:
            phone = replace(phone, language=language)
        shown = phone
        if look and _look(look) != phone.look:
            await self._store.keep(replace(phone, hidden=True))
            shown = await self._known(f"{_look(look)}:{phone.id}")
        await self._store.keep(replace(shown, language=phone.language, hidden=flag_of(body, "hidden")))
        self._changes.ring()
        return web.json_response({"phone": shown.address})

    async def _move_clock(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        if flag_of(body, "reset"):
            await self._clock.reset()
        else:
            seconds = int(number_of(body, "seconds", 1, YEAR))
            now = self._clock.now().isoformat()
            for address in {stored.address for stored in await self._store.entries("", 0)}:
                await self._store.append(address, {"kind": "wait", "seconds": seconds, "at": now})
            await self._clock.advance(seconds)
        self._changes.ring()
        return web.json_response({"now": self._clock.now().isoformat()})


def _look(look: str) -> Look:
    if look == "telegram":
        return "telegram"
    if look == "whatsapp":
        return "whatsapp"
    raise BadRequest("bad_look")
