"""The players without a provider: people on the simulator's page, and the one in the terminal."""

import itertools
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp

from bot.channels.dialogue import Act, Hears
from bot.channels.simulator_dialogue import dialogue
from bot.channels.simulator_looks import labels_by_token
from bot.channels.simulator_store import TableStore
from tests.journeys.players import OGG, PDF, PNG, chosen, mark_gone, place_of
from tests.journeys.program import Program
from tests.journeys.transcript import matches

HEADERS = {"X-WIS-Simulator": "1"}


class SimulatorPlayer:
    """People on the simulator's page, by the requests the page makes. A name in `whatsapp` has that look."""

    def __init__(self, program: Program, whatsapp: frozenset[str] = frozenset()) -> None:
        self._program = program
        self._whatsapp = whatsapp
        self._store = TableStore(program.app.lanes)
        self._addresses: dict[str, str] = {}
        self._seen: dict[str, int] = defaultdict(int)
        self._keys = itertools.count(1)

    async def say(self, who: str, text: str) -> None:
        await self._post("say", who, {"text": text})

    async def tap(self, who: str, label: str) -> None:
        address = await self._address(who)
        for stored in reversed(await self._store.entries(address, 0)):
            labels = labels_by_token(stored.entry)
            if any(matches(label, one) for one in labels.values()):
                found = chosen(label, labels.values())
                token = next(token for token, one in labels.items() if one == found)
                await self._post("tap", who, {"message": stored.number, "token": token})
                return
        raise AssertionError(f"no button {label!r} on the phone of {who}")

    async def do(self, who: str, act: Act, detail: str) -> None:
        match act:
            case "link":
                await self._post("join", who, {"code": detail})
            case "photo" | "document" | "voice":
                await self._upload(who, act, detail)
            case "location":
                latitude, longitude = place_of(detail)
                await self._post("location", who, {"latitude": latitude, "longitude": longitude})
            case "contact":
                await self._post("contact", who, {"number": detail})
            case "block" | "unblock":
                await self._post("block", who, {"blocked": act == "block"})

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        entries = await self._store.entries(await self._address(who), 0)
        heard = [line for line in dialogue(who, entries) if isinstance(line, Hears)]
        if len(heard) <= self._seen[who]:
            return None
        self._seen[who] += 1
        return heard[self._seen[who] - 1]

    async def _address(self, who: str) -> str:
        if who not in self._addresses:
            look = "whatsapp" if who in self._whatsapp else "telegram"
            url = f"{self._program.url}/simulator/phone"
            body = {"name": who.partition(" ")[0], "look": look, "language": "it"}
            async with self._program.http.post(url, json=body, headers=HEADERS) as answer:
                assert answer.status == 200, await answer.text()
                self._addresses[who] = (await answer.json())["phone"]
        return self._addresses[who]

    async def _post(self, act: str, who: str, fields: dict[str, Any]) -> None:
        body = {"phone": await self._address(who), "key": f"k{next(self._keys)}", **fields}
        url = f"{self._program.url}/simulator/{act}"
        async with self._program.http.post(url, json=body, headers=HEADERS) as answer:
            assert answer.status == 200, await answer.text()
        await self._program.settled()

    async def _upload(self, who: str, media: str, name: str) -> None:
        mime, data = {"photo": ("image/png", PNG), "voice": ("audio/ogg", OGG)}.get(media, ("application/pdf", PDF))
        form = aiohttp.FormData()
        for key, value in (("phone", await self._address(who)), ("key", f"k{next(self._keys)}"), ("media", media)):
            form.add_field(key, value)
        form.add_field("file", data, filename=name or "prova", content_type=mime)
        url = f"{self._program.url}/simulator/file"
        async with self._program.http.post(url, data=form, headers=HEADERS) as answer:
            assert answer.status == 200, await answer.text()
        await self._program.settled()


class TerminalPlayer:
    """The one person in the terminal: what she types, with the numbers that the screen offers."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._seen = 0
        self._typed = 0

    async def say(self, who: str, text: str) -> None:
        await self._type(text.replace("\n", " "))

    async def tap(self, who: str, label: str) -> None:
        screen = self._program.screen.getvalue()[self._typed :]
        choices = re.findall(r"^ +(\d+)  (.+?)(?:  .*)?$", screen, flags=re.MULTILINE)
        ways = re.findall(r"(/\d+) (.+?)(?=   /\d|\s*$)", screen, flags=re.MULTILINE)
        labels = {mark_gone(shown): typed for typed, shown in (*choices, *ways)}
        await self._type(labels[chosen(label, labels)])

    async def do(self, who: str, act: Act, detail: str) -> None:
        files = {"photo": ("foto.png", PNG), "voice": ("voce.ogg", OGG), "document": ("prova.pdf", PDF)}
        match act:
            case "link":
                await self._type(f"/start {detail}")
            case "photo" | "document" | "voice":
                name, data = files[act]
                path = self._folder / (detail or name)
                path.write_bytes(data)
                await self._type(f"/file {path}")
            case "location":
                await self._type(f"/luogo {detail}")
            case "contact" | "block" | "unblock":
                raise AssertionError("nobody can do this in a terminal")

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        heard = [line for line in self._program.terminal.lines if isinstance(line, Hears)]
        if len(heard) <= self._seen:
            return None
        self._seen += 1
        line = heard[self._seen - 1]
        return Hears(who, line.text, line.rows, line.file)

    async def _type(self, line: str) -> None:
        self._typed = len(self._program.screen.getvalue())
        await self._program.typed.type(line)
        await self._program.settled()
