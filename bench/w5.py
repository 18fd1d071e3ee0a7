"""W5: a newsletter to 300 people at Telegram's limit of 30 a second, some blocked, some answers 500; and a reply."""

import asyncio
from dataclasses import replace

from bench.bots import AIOGRAM_NEWS, OURS, PTB_NEWS, Bot, Kind, Workshop
from bench.figures import Rounds, percentile, table
from bench.letters import PER_SECOND, Crowd, going_out
from bench.rounds import take_turns

RECIPIENTS = 300
KINDS = (OURS, PTB_NEWS, AIOGRAM_NEWS)
READING = """\
The local Telegram allows 30 letters in any sliding second, replies included, and answers 429 beyond; of 300 people 6
have blocked the bot (403) and 3 get a 500 at the first try. "seconds" is from the first letter to the last. "lost"
are people who could have had it and did not, all rounds together; "429" how often the bot ran into the limit in a
round. Meanwhile one person writes, 1.5 seconds after each reply; "reply" is how long hers took. Goals for ours: 10.5
seconds, nobody lost, nobody twice, at most 3 x 429, a reply within a second (p99).\
"""


async def run(workshop: Workshop, rounds: int) -> list[Rounds]:
    """Measures and prints."""

    async def one(kind: Kind, measured: Rounds) -> None:
        chats = range(workshop.ids.start + 1, workshop.ids.start + 1 + RECIPIENTS)
        blocked, ill = frozenset(chats[20::50]), frozenset(chats[45::100])
        crowd = Crowd(chats, workshop.ids.start, blocked, ill)
        fake = crowd.fake()

        async def send(bot: Bot) -> None:
            await crowd.warm(fake)
            async with going_out(bot, crowd):
                await crowd.reached(1)
                cpu = bot.cpu()
                chatting = asyncio.create_task(crowd.chat(fake))
                await crowd.finished()
                chatting.cancel()
                spent = bot.cpu() - cpu
            measured.add(
                took=crowd.took(), lost=crowd.lost(), twice=crowd.twice(), cpu=spent * 1000 / RECIPIENTS,
                refused=crowd.refused_for_speed(fake), slow=percentile(crowd.waits, 0.99) * 1000,
                half=percentile(crowd.waits, 0.5) * 1000,
            )

        known = kind if kind is OURS else replace(kind, options=(str(chats.start), str(len(chats))))
        await workshop.with_bot(known, fake, send)

    found = await take_turns("W5", KINDS, rounds, one)
    rows = [
        (
            one.name,
            f"{one.median('took'):.2f}",
            f"{min(one.figures['took']):.2f}-{max(one.figures['took']):.2f}",
            str(one.total("lost")),
            str(one.total("twice")),
            f"{one.median('refused'):.0f}",
            f"{one.median('half'):.0f}",
            f"{max(one.figures['slow']):.0f}",
            f"{one.median('cpu'):.1f}",
        )
        for one in found
    ]
    columns = ("bot", "seconds", "rounds", "lost", "twice", "429", "reply p50 ms", "p99 ms", "CPU ms/letter")
    title = f"W5: {RECIPIENTS} letters, {PER_SECOND} a second allowed, {rounds} rounds"
    table(title, columns, rows, READING)
    return found
