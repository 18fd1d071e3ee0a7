"""W4: kill -9 at random moments while four people answer; what had been acknowledged, and what is asked again."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.bots import AIOGRAM_BOT, OURS, PTB, PTB_STOCK, Bot, Kind, Workshop, right
from bench.figures import table
from bench.guests import END, Guest, Guests
from bench.rounds import progress
from tests.fakes.telegram_api import FakeTelegram

AT_ONCE = 4
FEWER = 5
"""Our bot is killed this many times as often as each of the others."""
GIVE_UP = 3.0
"""Seconds in which an answer must get its next question, after a restart too."""
DELAY = 0.005
"""Seconds, at most, between the reply that sets off a kill and the kill: a turn takes about as long."""
QUIET = 0.3
"""Seconds after a restart in which what is sent again has come."""
KINDS = (OURS, PTB, PTB_STOCK, AIOGRAM_BOT)
READING = """\
Four people fill in the questionnaire; at a random moment the process gets SIGKILL and is started again. "kept"
are the answers a person had seen acknowledged by the next question, looked for on the disk right after the
kill. "stuck" are people whose answer got no reply within 3 seconds of the restart: Telegram had been told to
forget it, or the bot has forgotten her. "again" counts the questions somebody was shown once more, "most" the
most that one person was after one kill. "wrong" are answers missing at the very end of those who were not
stuck.\
"""


@dataclass
class Losses:
    """What the kills of one bot cost."""

    name: str
    kills: int = 0
    acknowledged: int = 0
    kept: int = 0
    stuck: int = 0
    again: int = 0
    most: int = 0
    wrong: int = 0


async def run(workshop: Workshop, kills: int) -> list[Losses]:
    """Kills, and prints."""
    found = []
    with progress() as bar:
        for kind in KINDS:
            times = kills if kind is OURS else max(1, kills // FEWER)
            task = bar.add_task(f"W4: {kind.name}", total=times)
            losses = Losses(kind.name)
            await _kind(workshop, kind, times, losses, partial(bar.advance, task))
            found.append(losses)
    rows = [
        (one.name, str(one.kills), f"{one.kept} of {one.acknowledged}", *map(str, _rest(one))) for one in found
    ]
    table(
        "W4: kill -9 at random moments",
        ("bot", "kills", "kept", "stuck", "again", "most", "wrong"),
        rows,
        READING,
    )
    return found


def _rest(one: Losses) -> tuple[int, ...]:
    return one.stuck, one.again, one.most, one.wrong


async def _kind(workshop: Workshop, kind: Kind, kills: int, losses: Losses, advance: Callable[[], None]) -> None:
    chance = random.Random(20261125)
    fake = FakeTelegram(record=False)
    guests, fresh = Guests(fake, kind.begin), iter(workshop.ids)

    async def work(bot: Bot) -> None:
        for number in range(kills):
            if number:
                await _restart(bot, guests, losses)
            while len(guests.on_the_way()) < AT_ONCE:
                guests.come(next(fresh))
            await _until_killed(bot, guests.on_the_way(), chance)
            losses.kills += 1
            _look(bot, guests.on_the_way(), losses)
            advance()
        await _restart(bot, guests, losses)
        await asyncio.gather(*map(_finish, guests.on_the_way()))
        await asyncio.sleep(QUIET)
        await bot.kill()
        losses.stuck = sum(guest.stuck for guest in guests.all.values())
        kept = bot.answers()
        for chat, guest in guests.all.items():
            if not guest.stuck:
                losses.wrong += END - right(kept.get(chat, {}), guest.phone.expected())

    await workshop.with_bot(kind, fake, work)


async def _restart(bot: Bot, guests: Guests, losses: Losses) -> None:
    """The bot runs again; who had sent an answer has got her next question, or is stuck."""
    before = {chat: guest.repeats for chat, guest in guests.all.items()}
    await bot.start()
    await asyncio.gather(*(guest.go_on(GIVE_UP) for guest in guests.on_the_way() if guest.waits))
    await asyncio.sleep(QUIET)
    again = [guests.all[chat].repeats - count for chat, count in before.items()]
    losses.again += sum(again)
    losses.most = max(losses.most, *again)


async def _until_killed(bot: Bot, guests: list[Guest], chance: random.Random) -> None:
    """They answer until the process is killed: after a random reply, at a random moment of the next turns."""
    replies = chance.randrange(AT_ONCE * END)
    reached = asyncio.Event()

    async def walk(guest: Guest) -> None:
        nonlocal replies
        while guest.reached < END and not guest.stuck:
            await guest.go_on(GIVE_UP)
            replies -= 1
            if replies <= 0:
                reached.set()
        if all(one.reached == END or one.stuck for one in guests):
            reached.set()

    walks = [asyncio.create_task(walk(guest)) for guest in guests]
    await reached.wait()
    await asyncio.sleep(chance.uniform(0, DELAY))
    await bot.kill()
    for one in walks:
        one.cancel()
    await asyncio.gather(*walks, return_exceptions=True)
    # what the process had written to its sockets still arrives
    await asyncio.sleep(0.05)


def _look(bot: Bot, guests: list[Guest], losses: Losses) -> None:
    """What is on the disk of what they had seen acknowledged."""
    kept = bot.answers()
    for guest in guests:
        seen = max(0, guest.reached)
        losses.acknowledged += seen
        losses.kept += right(kept.get(guest.phone.chat, {}), guest.phone.expected(seen))


async def _finish(guest: Guest) -> None:
    while guest.reached < END and not guest.stuck:
        await guest.go_on(GIVE_UP)
