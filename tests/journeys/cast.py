"""A cast: who is on which channel, codes that only the program knows, and dialogues written anew on demand."""

import re
from collections.abc import Mapping
from dataclasses import replace
from os import environ
from pathlib import Path

from bot.channels.dialogue import Act, Does, Hears, Line, Says, Taps, Waits, write
from tests.journeys.transcript import Player, parse, play

DIALOGUES = Path(__file__).parent / "dialogues"
LINK_CODE = re.compile(r"COL-[0-9A-Z]{4}-[0-9A-Z]{4}")
UNKNOWN = "COL-…"
"""In what a person says or opens: the link code that the program gave last."""
CHANGES = (
    (LINK_CODE, UNKNOWN),
    (re.compile(r"\b(?!WIS\b|COL\b)[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}\b(?!-)"), "…"),
    (re.compile(r"(?<=, )\d\d:\d\d|\d{1,2}:\d\d.[AP]M"), "…"),
    (re.compile(r"· [\w ]+$"), "· …"),
)
"""What differs from run to run: link codes, numbers of questions, the time of day, ages."""


class Cast:
    """Plays each person on her own channel; what one person is told is known to all her chats."""

    def __init__(self, players: Mapping[str, Player]) -> None:
        self.players = players
        self.code = ""

    async def say(self, who: str, text: str) -> None:
        await self.players[who].say(who, text.replace(UNKNOWN, self.code))

    async def tap(self, who: str, label: str) -> None:
        await self.players[who].tap(who, label)

    async def do(self, who: str, act: Act, detail: str) -> None:
        await self.players[who].do(who, act, detail.replace(UNKNOWN, self.code))

    async def wait(self, seconds: int) -> None:
        await next(iter(self.players.values())).wait(seconds)

    async def hear(self, who: str) -> Hears | None:
        heard = await self.players[who].hear(who)
        if heard is not None and (found := LINK_CODE.search(heard.text)):
            self.code = found[0]
        return heard


async def golden(name: str, cast: Cast) -> None:
    """The dialogue of this name was played word for word. REWRITE_DIALOGUES=1 plays what the people do, and
    writes anew what the program says: to be read aloud before it is kept."""
    path = DIALOGUES / f"{name}.md"
    source = path.read_text("utf-8")
    if environ.get("REWRITE_DIALOGUES"):
        head = source[: source.index("\n**")].rstrip() + "\n\n"
        path.write_text(head + write(await _recorded(parse(source), cast)), "utf-8")
    else:
        await play(parse(source), cast)


async def _recorded(lines: list[Line], cast: Cast) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        match line:
            case Hears():
                continue
            case Says(who=who, text=text):
                await cast.say(who, text)
            case Taps(who=who, label=label):
                await cast.tap(who, label)
            case Does(who=who, act=act, detail=detail):
                await cast.do(who, act, detail)
            case Waits(seconds=seconds):
                await cast.wait(seconds)
        found.append(line)
        actor = "" if isinstance(line, Waits) else line.who
        for who in sorted(cast.players, key=lambda name: (name != actor, name)):
            while (heard := await cast.hear(who)) is not None:
                found.append(_steady(heard))
    return found


def _steady(heard: Hears) -> Hears:
    rows = tuple(tuple(_masked(label) for label in row) for row in heard.rows)
    text = "\n".join(_masked(line) for line in heard.text.split("\n"))
    # on WhatsApp a file has no name, only an address that nobody can guess
    file = _masked(heard.file) if "." in heard.file else "…" * bool(heard.file)
    return replace(heard, text=text, rows=rows, file=file)


def _masked(text: str) -> str:
    for pattern, instead in CHANGES:
        text = pattern.sub(instead, text)
    return text
