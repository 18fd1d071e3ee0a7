"""W2: the API answers after 50 ms and 64 people answer at once."""

import asyncio
import time

from bench.bots import AIOGRAM_BOT, OURS, OURS_WEBHOOK, PTB, PTB_64, Bot, Kind, Workshop, right
from bench.figures import Rounds, percentile, table
from bench.people import Phone
from bench.questions import TURNS
from bench.rounds import take_turns
from tests.fakes.telegram_api import FakeTelegram

PEOPLE = 64
DIALOGUES = 3
"""Dialogues one after the other on each of the 64 lines, each by another person."""
LATENCY = 0.05
KINDS = (OURS, OURS_WEBHOOK, PTB, PTB_64, AIOGRAM_BOT)
SHORTER = {PTB.name: 1}
"""Who works one update at a time would need minutes: one dialogue must do."""
READING = """\
Every answer of the API takes 50 ms, getUpdates too; each person writes again once she has read the reply. The
wait is from her writing to the reply on her screen: 50 ms of it are the API's, and a bot that polls also waits
for its next getUpdates. The others ask for new updates before they have worked the last ones, which a crash
then loses (W4); ours commits first. "right" is how many answers were on the disk under their question when the
bot was killed at the end; python-telegram-bot replies before it writes, so it may lack the very last ones.\
"""


async def run(workshop: Workshop, rounds: int) -> list[Rounds]:
    """Measures and prints."""

    async def one(kind: Kind, measured: Rounds) -> None:
        fake = FakeTelegram(record=False, latency=LATENCY)
        await workshop.with_bot(kind, fake, lambda bot: _crowd(bot, workshop, measured))

    found = await take_turns("W2", KINDS, rounds, one)
    rows = [
        (
            one.name,
            f"{one.median('rate'):.0f}",
            one.spread("rate"),
            f"{one.median('half'):.0f}",
            f"{one.median('slow'):.0f}",
            f"{one.median('cpu'):.2f}",
            f"{one.total('right')} of {one.total('given')}",
        )
        for one in found
    ]
    columns = ("bot", "turns/s", "rounds", "p50 ms", "p99 ms", "CPU ms/turn", "right")
    table(f"W2: {PEOPLE} people at once, the API answers after 50 ms, {rounds} rounds", columns, rows, READING)
    return found


async def _crowd(bot: Bot, workshop: Workshop, measured: Rounds) -> None:
    dialogues = SHORTER.get(bot.kind.name, DIALOGUES)
    phones = [Phone(bot.fake, chat) for chat in workshop.ids[: PEOPLE * (dialogues + 1)]]
    waits: list[float] = []

    async def line(number: int) -> None:
        for phone in phones[PEOPLE + number :: PEOPLE]:
            await phone.fill(bot.kind.begin, waits.append)

    if dialogues > 1:
        await asyncio.gather(*(phone.fill(bot.kind.begin) for phone in phones[:PEOPLE]))
    cpu, began = bot.cpu(), time.perf_counter()
    await asyncio.gather(*map(line, range(PEOPLE)))
    took, spent = time.perf_counter() - began, bot.cpu() - cpu
    await bot.kill()
    kept = bot.answers()
    measured.add(
        rate=len(waits) / took,
        half=percentile(waits, 0.5) * 1000,
        slow=percentile(waits, 0.99) * 1000,
        cpu=spent * 1000 / len(waits),
        right=sum(right(kept.get(phone.chat, {}), phone.expected()) for phone in phones[PEOPLE:]),
        given=len(waits) * (TURNS - 1) // TURNS,
    )
