"""Who takes part in a story of vouchers: people who have joined, an open call, codes that only the program knows,
and the accountant at the command line of the machine."""

import asyncio
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from bot.channels.dialogue import Act, Hears
from storage import demo_call, people, profiles
from storage.crypto import KeyRing
from storage.outbox import OUTBOX
from tests.bot.commands.command_line import Wis
from tests.journeys.cast import Cast
from tests.journeys.program import KEY, Program
from tests.journeys.transcript import Player

SHOWN = r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{3}\b"
CODE = re.compile(rf"(?:(?<=Codice: )|(?<=il codice )){SHOWN}")
BATCH = re.compile(r"WIS-\d{8}-\d{6}")
PIN = re.compile(r"(?<=PIN: )\d{4}")
MENU, ENTRY = "**Menu**", re.compile(r"^\d+\. .*\n?", flags=re.MULTILINE)
SIGNED = re.compile(r"\d+\.\d+\.[\w-]{43}")
"""The address of a file on WhatsApp."""
HERS = re.compile(r"(?<=le 4 cifre )\d{4}")
SPOKEN, PRINTED, FIGURES, OWN, SQUARE = "…-…-…", "WIS-…", "····", "••••", "PV-…"
"""In what people say and scan: the code of the voucher as one reads it aloud, the file for the bank, the four figures
of a charge, those of an owner without her phone, and the square picture, as the program gave them last."""
IBAN = "IT60X0542811101000000123456"
"""The account number that is printed in examples: it belongs to nobody."""
ROLES = {
    "Giulia": ("worker", ""),
    "Karim": ("worker", ""),
    "Elena": ("welfare_manager", "Elena Rossi"),
    "Marta": ("coordinator", "Marta Bianchi"),
    "Anna": ("coordinator", "Anna Verdi"),
    "Paolo": ("partner", "Baby Park Inventato"),
    "Ugo": ("accountant", "Ugo Conti"),
}


class VoucherCast(Cast):
    """A cast that knows the codes the program gave, and tells them to whoever is to type them. What a step makes
    due at once, as an offer to who waits, is heard with it. Of the menu only what stands above its entries is heard:
    these are not of this story."""

    def __init__(self, program: Program, players: Mapping[str, Player]) -> None:
        super().__init__(players)
        self.known = {SPOKEN: "", PRINTED: "", FIGURES: "", OWN: ""}
        self._program = program

    async def say(self, who: str, text: str) -> None:
        for sign, meant in self.known.items():
            text = text.replace(sign, meant)
        await super().say(who, text)
        await self._program.wait(0)

    async def tap(self, who: str, label: str) -> None:
        await super().tap(who, label)
        await self._program.wait(0)

    async def do(self, who: str, act: Act, detail: str) -> None:
        await super().do(who, act, detail.replace(SQUARE, await self._square()) if SQUARE in detail else detail)
        await self._program.wait(0)

    async def _square(self) -> str:
        """What the picture that was sent last holds, without the address of the chat around it."""
        rows = await self._program.rows(select(OUTBOX.c.body).order_by(OUTBOX.c.id))
        return str(re.findall(r"PV-[\w-]{22}", " ".join(str(row.body) for row in rows))[-1])

    async def hear(self, who: str) -> Hears | None:
        heard = await super().hear(who)
        if heard is None:
            return None
        text, file = heard.text, SIGNED.sub("…", heard.file)
        for sign, pattern in ((SPOKEN, CODE), (PRINTED, BATCH), (FIGURES, PIN), (OWN, HERS)):
            if found := pattern.search(text):
                self.known[sign] = aloud(found[0]) if sign == SPOKEN else found[0]
                text = pattern.sub(sign, text)
        if text.startswith(MENU):
            return replace(heard, text=ENTRY.sub("", text).rstrip(), rows=(), file=file)
        return replace(heard, text=text, file=file)


class CommandLine:
    """The accountant at the machine of the bot: what she types runs as a command of its own, beside the program."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        data = str(program.app.settings.data_dir)
        self._wis = Wis(folder, {"DATA_DIR": data, "WIS_SECRET_KEYS": KEY, "PAYMENTS_IBAN": IBAN})
        self._printed: list[str] = []

    async def say(self, who: str, text: str) -> None:
        first, *arguments = shlex.split(text)
        assert first == "wis"
        with self._wis.start(*arguments) as running:
            told = await asyncio.to_thread(running.ends)
        assert told.code == 0, told.all
        self._printed += ["\n".join(line.rstrip() for line in told.all.splitlines())]

    async def tap(self, who: str, label: str) -> None:
        raise AssertionError("there are no buttons at the command line")

    async def do(self, who: str, act: Act, detail: str) -> None:
        raise AssertionError("nobody can do this at the command line")

    async def wait(self, seconds: int) -> None:
        await self._program.wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        return Hears(who, self._printed.pop(0)) if self._printed else None


def aloud(code: str) -> str:
    """The code as a partner types what is read to him: small letters, and the letter o for a zero."""
    return code.lower().replace("0", "o")


async def joined(program: Program, players: Mapping[str, Player]) -> None:
    """Everybody has joined, with the name and the account that her role needs; nothing of it is heard any more."""
    for place, (who, player) in enumerate(players.items()):
        role, name = ROLES[who]
        code = await program.invite(f"WIS-VCHR-000{place}", role, days=40)
        before = await program.app.lanes.run(partial(_holders, role=role))
        await player.do(who, "link", code)
        await player.tap(who, "Italiano")
        await player.tap(who, "Accetto")
        for _ in range(2 if role == "worker" else 1):
            await player.tap(who, "No, grazie")
        while await player.hear(who) is not None:
            pass
        (key,) = set(await program.app.lanes.run(partial(_holders, role=role))) - set(before)
        if name:
            iban = IBAN if role == "partner" else ""
            await program.app.lanes.run(partial(_named, key=key, name=name, iban=iban, at=program.app.clock.now()))


async def call_opened(program: Program) -> None:
    """The demonstration's call is open, by the two coordinators who have joined."""
    keys: KeyRing = program.app.database.keys
    at = program.app.clock.now()
    first, second = await program.app.lanes.run(partial(_holders, role="coordinator"))
    await program.app.lanes.run(partial(demo_call.open_call, keys=keys, first=first, second=second, at=at))


def _holders(conn: Connection, role: str) -> list[str]:
    return people.holders(conn, role)


def _named(conn: Connection, key: str, name: str, iban: str, at: datetime) -> None:
    profiles.keep(conn, key, at, name=name, iban=iban)
