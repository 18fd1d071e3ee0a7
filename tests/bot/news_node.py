"""One sending process for the tests of the newsletter's crashes: our delivery, runs and durable engine on a real
database and Telegram's local API, without everything that only answers people; run as

    python -m tests.bot.news_node DATABASE KEYS TELEGRAM LOST_AFTER

It looks for work ten times a second, and says its name once it does.
"""

import asyncio
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_sender import TelegramSender
from conversations.phrases import Catalog
from scheduler import delivery as timing
from scheduler.broadcast import RULES, WORK, Broadcast
from scheduler.delivery import Delivery
from scheduler.durable import Durable, beside
from scheduler.render import Renderer
from storage import outbox, schema
from storage.crypto import KeyRing
from storage.db import Database
from storage.lanes import Lanes
from tests.fakes.telegram_api import TOKEN
from tests.readers import digest

ZONE = ZoneInfo("Europe/Rome")


async def serve(url: str, secret: str, telegram: str, lost_after: float) -> None:
    assert schema.METADATA  # every table is known, as in the program
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    timing.BEAT_EVERY = lost_after / 10  # type: ignore[misc]
    database = Database(url, KeyRing.parse(secret))
    lanes = Lanes(database)
    bot = TelegramBot(TOKEN, telegram)
    node = f"node-{datetime.now(UTC).timestamp():.6f}"
    if database.kind == "sqlite":
        await lanes.run(lambda conn: outbox.leave(conn, outbox.other_nodes(conn, node)))
    await lanes.run(partial(outbox.beat, node=node, at=datetime.now(UTC)))
    senders = {"telegram": TelegramSender(bot, lambda key, language: key)}
    delivery = Delivery(
        lanes, senders, Renderer(Catalog({}, "it", ZONE), {}), partial(datetime.now, UTC), node
    )
    rules = replace(RULES["telegram"], lost_after=lost_after, beat_every=lost_after / 10, linger=1.0)
    broadcast = Broadcast(delivery, digest, ZONE, {"telegram": rules})
    durable = Durable(beside(url), node, {WORK: broadcast.run})
    running = asyncio.create_task(delivery.run())
    looking = asyncio.create_task(look(broadcast, durable))
    print(node, flush=True)
    await stop.wait()
    looking.cancel()
    await asyncio.gather(delivery.close(4.0), broadcast.close(4.0))
    await durable.close(2.0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await bot.disconnect()
    await lanes.close()
    database.close()


async def look(broadcast: Broadcast, durable: Durable) -> None:
    while True:
        try:
            await broadcast.begin(durable)
        except Exception as error:
            print("not now:", type(error).__name__, error, flush=True)
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
