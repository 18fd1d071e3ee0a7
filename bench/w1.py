"""W1: 100 people fill in the questionnaire one after the other, one turn at a time, everything on the disk."""

import time

from bench.bots import AIOGRAM_BOT, OURS, OURS_LARGE, PTB, Bot, Kind, Workshop
from bench.figures import Rounds, table, times
from bench.people import Phone
from bench.questions import TURNS
from bench.rounds import take_turns
from tests.fakes.telegram_api import FakeTelegram

PEOPLE = 100
WARMING = 5
KINDS = (OURS, PTB, AIOGRAM_BOT, OURS_LARGE)
READING = """\
One person at a time, so a turn takes as long as its slowest part, which is often the disk. Our bot and aiogram
have the answer on the disk before they reply, python-telegram-bot right after. CPU is what a turn costs the
bot's process; it depends less than the wall on the disk and on who else uses the machine. The last line shows
whether a large database makes turns slower.\
"""


async def run(workshop: Workshop, rounds: int) -> list[Rounds]:
    """Measures and prints."""

    async def one(kind: Kind, measured: Rounds) -> None:
        await workshop.with_bot(kind, FakeTelegram(record=False), lambda bot: _fill(bot, workshop, measured))

    found = await take_turns("W1", KINDS, rounds, one)
    aiogram = found[KINDS.index(AIOGRAM_BOT)]
    rows = [
        (
            one.name,
            f"{one.median('rate'):.0f}",
            one.spread("rate"),
            f"{one.median('cpu'):.2f}",
            times(one.median("rate"), aiogram.median("rate")),
            times(one.median("cpu"), aiogram.median("cpu")),
            f"{one.median('rss'):.0f}",
        )
        for one in found
    ]
    columns = ("W1", "turns/s", "rounds", "CPU ms/turn", "beside aiogram", "its CPU", "RSS MB")
    table(f"W1: {PEOPLE} people x {TURNS} turns, one at a time, {rounds} rounds", columns, rows, READING)
    return found


async def _fill(bot: Bot, workshop: Workshop, measured: Rounds) -> None:
    phones = [Phone(bot.fake, chat) for chat in workshop.ids[: PEOPLE + WARMING]]
    for phone in phones[:WARMING]:
        await phone.fill(bot.kind.begin)
    cpu, began = bot.cpu(), time.perf_counter()
    for phone in phones[WARMING:]:
        await phone.fill(bot.kind.begin)
    took, turns = time.perf_counter() - began, PEOPLE * TURNS
    measured.add(rate=turns / took, cpu=(bot.cpu() - cpu) * 1000 / turns, rss=bot.rss())
