"""The real program, killed for real: what was acknowledged is kept, what was not comes again, nothing is lost."""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import tickets
from storage.crypto import KeyRing
from storage.db import Database
from storage.events import EVENTS
from storage.outbox import OUTBOX
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.fakes.telegram_people import User

KILLS = 6
PEOPLE = 8
WORDS = 9


@pytest.fixture
def settings(tmp_path: Path, secret: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path / "data"),
        "WIS_SECRET_KEYS": secret,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "HTTP_PORT": "0",
    }


@contextmanager
def opened(settings: dict[str, str], keys: KeyRing) -> Iterator[Database]:
    """The program's database, looked at from outside."""
    database = Database(f"sqlite:///{settings['DATA_DIR']}/wis.db", keys)
    yield database
    database.close()


@asynccontextmanager
async def running(
    settings: dict[str, str], fake: FakeTelegram, folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`wis run`, which has asked Telegram for updates; killed at the end if it still lives."""
    asked = fake.counts["getupdates"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder,
        env={**settings, "TELEGRAM_API_BASE_URL": fake.url, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(40):
            while fake.counts["getupdates"] == asked:
                assert process.returncode is None, (await errors).decode()
                await asyncio.sleep(0.01)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        assert b"Traceback" not in await errors


async def dictates(user: User, words: list[str]) -> None:
    """She writes to the association word by word, each when the one before was answered."""
    for word in ("ciao", "persona", *words):
        before = user.heard
        user.says(word)
        await user.hears(before, timeout=60)


async def test_killed_at_random_moments_it_keeps_every_word_once_and_asks_at_most_what_was_in_flight_again(
    settings: dict[str, str], keys: KeyRing, tmp_path: Path
) -> None:
    chance = random.Random(20261125)
    async with FakeTelegram(record=False, latency=0.005) as fake:
        people = {fake.user(1001 + n, f"P{n}"): [f"parola-{n}-{m}" for m in range(WORDS)] for n in range(PEOPLE)}
        talks = [asyncio.create_task(dictates(user, words)) for user, words in people.items()]
        for moment in sorted(chance.sample(range(2, PEOPLE * WORDS * 2 // 3), KILLS)):
            async with running(settings, fake, tmp_path) as process:
                while sum(user.heard for user in people) < moment:
                    await asyncio.sleep(0.002)
                await asyncio.sleep(chance.uniform(0.0, 0.01))
                process.send_signal(signal.SIGKILL)
                await process.wait()
            confirmed = {str(number) for number in fake.updates.confirmed}
            with opened(settings, keys) as database, database.read() as conn:
                noted = {name.rpartition(":")[2] for name in conn.execute(select(EVENTS.c.provider_id)).scalars()}
            assert confirmed <= noted, "Telegram was told of an update that is not kept"
        assert not all(talk.done() for talk in talks), "the kills came too late to prove anything"
        async with running(settings, fake, tmp_path) as process:
            await asyncio.gather(*talks)
            for user, words in people.items():
                # a reply that came twice let her write ahead: she waits for the answer to her last word
                while words[-1] not in user.text():
                    await user.hears(user.heard, timeout=30)
                before = user.heard
                user.taps("Invia")
                await user.hears(before, timeout=30)
            await fake.updates.settled()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
        acts = PEOPLE * (WORDS + 3)
        with opened(settings, keys) as database, database.read() as conn:
            threads = [ticket.id for ticket in tickets.open_tickets(conn, 100)]
            said = [note.text for notes in tickets.notes_of(conn, threads).values() for note in notes]
            told = {text.split("\n")[0]: text for text in said}
            for words in people.values():
                assert told[words[0]] == "\n".join(words)
            events = conn.execute(select(EVENTS.c.status)).scalars().all()
            assert Counter(events) == {"done": acts}
            statuses = set(conn.execute(select(OUTBOX.c.status)).scalars())
            assert statuses == {"sent"}
        repeated = sum(user.heard for user in people) - acts
        assert 0 <= repeated <= KILLS * PEOPLE, "each reader had one message in flight at a kill"
        for user in people:
            texts = [str(message.get("text")) for message in user.messages()]
            echoes = [text for text in texts if "parola-" in text]
            assert echoes == sorted(echoes, key=len), "what is said again is said right after"


async def test_sigterm_sends_what_is_in_hand_and_ends_in_ten_seconds(
    settings: dict[str, str], keys: KeyRing, tmp_path: Path
) -> None:
    async with FakeTelegram() as fake:
        async with running(settings, fake, tmp_path) as process:
            user = fake.user(1001)
            fake.fail("sendMessage", delay=0.5)
            user.says("ciao")
            async with asyncio.timeout(10):
                while not fake.called("sendMessage"):
                    await asyncio.sleep(0.01)
            user.says("chi siete?")
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
            assert time.monotonic() - began < 10
        assert user.heard >= 1
        with opened(settings, keys) as database, database.read() as conn:
            rows = conn.execute(select(OUTBOX.c.status, OUTBOX.c.claimed_by)).all()
            assert rows[0].status == "sent"
            worked = conn.execute(select(EVENTS.c.id)).all()
        assert len(worked) >= 1
        async with running(settings, fake, tmp_path):
            await fake.updates.settled(20)
            await user.hears(1, timeout=20)
        assert user.heard == 2, "the second question was answered once, before or after the restart"


async def test_a_second_process_on_the_same_sqlite_file_is_refused_with_words(
    settings: dict[str, str], keys: KeyRing, tmp_path: Path
) -> None:
    async with FakeTelegram() as fake, running(settings, fake, tmp_path) as first:
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=tmp_path,
            env={**settings, "TELEGRAM_API_BASE_URL": fake.url, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(second.communicate(), 30)
        assert second.returncode == 1 and b"Another process" in said and b"Traceback" not in said
        assert first.returncode is None
        user = fake.user(1001)
        user.says("ciao")
        await user.hears(0, timeout=20)
