"""Two processes of the real program on one PostgreSQL, behind a proxy that gives each of them every other request.

The same person's messages alternate between the processes: their order is kept and each is answered once; one is
killed, the other goes on with everything.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.assembly import whatsapp_config
from bot.channels.whatsapp_sync import apply
from bot.channels.whatsapp_templates import read_templates
from bot.settings import Settings
from storage import tickets
from storage.content import content_folder
from storage.crypto import KeyRing
from storage.db import Database
from storage.events import EVENTS
from storage.outbox import NODES, OUTBOX
from tests.fakes.proxy import Proxy
from tests.fakes.telegram_api import TOKEN, FakeTelegram
from tests.fakes.telegram_people import User
from tests.fakes.twilio_api import FakeTwilio
from tests.journeys.program import free_port
from tests.postgres import Postgres

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]
TEMPLATES = (content_folder() / "templates.toml").read_text("utf-8")
PEOPLE = 4
WORDS = 6
LETTERS = WORDS + 4
"""One for each thing she says, and one that shows what she can do now."""


@pytest.fixture
def bare(postgres: Postgres, keys: KeyRing) -> Iterator[Database]:
    """A database that nobody has migrated yet."""
    database = Database(postgres.bare(), keys)
    yield database
    database.close()


class Cluster:
    """The providers, the proxy, and as many processes as are started, each by its address."""

    def __init__(self, database: Database, secret: str, folder: Path, proxy: Proxy) -> None:
        self.database, self.folder, self.proxy = database, folder, proxy
        self.telegram = FakeTelegram(record=False, latency=0.005)
        self.twilio = FakeTwilio(public_url=proxy.url)
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self._env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "WIS_SECRET_KEYS": secret,
            "PUBLIC_BASE_URL": proxy.url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": "a-word-for-the-webhooks-of-a-test",
        }

    async def __aenter__(self) -> "Cluster":
        self._stack = AsyncExitStack()
        await self._stack.enter_async_context(self.telegram)
        await self._stack.enter_async_context(self.twilio)
        self._stack.push_async_callback(self._end)
        self.twilio.deliver_to = self.proxy.url
        self._env |= {
            "TELEGRAM_API_BASE_URL": self.telegram.url,
            "TWILIO_API_BASE_URL": self.twilio.url,
            "TWILIO_CONTENT_BASE_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": self.twilio.account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio.auth_token,
            "TWILIO_WHATSAPP_FROM": self.twilio.sender,
        }
        settings = {name.lower(): value for name, value in self._env.items() if name.lower() in Settings.model_fields}
        await apply(whatsapp_config(Settings.load(None, **settings)), read_templates(TEMPLATES))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def start(self, count: int) -> list[str]:
        """So many processes more serve, begun at the same moment; their addresses."""
        nodes = []
        for _ in range(count):
            port = free_port()
            node = f"http://127.0.0.1:{port}"
            env = {**self._env, "HTTP_PORT": str(port), "DATA_DIR": str(self.folder / f"data-{port}")}
            with (self.folder / f"{port}.log").open("wb") as log:
                self.processes[node] = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "run", cwd=self.folder, env=env, stdout=log, stderr=log
                )
            nodes.append(node)
        await asyncio.gather(*(self._healthy(node) for node in nodes))
        self.proxy.nodes += nodes
        return nodes

    async def ends(self, node: str, by: signal.Signals) -> int:
        """The process is gone; what it returned."""
        self.processes[node].send_signal(by)
        return await asyncio.wait_for(self.processes[node].wait(), 15)

    def log(self, node: str) -> str:
        return (self.folder / f"{node.rpartition(':')[2]}.log").read_text("utf-8", "replace")

    async def _healthy(self, node: str) -> None:
        async with aiohttp.ClientSession() as http, asyncio.timeout(60):
            while True:
                assert self.processes[node].returncode is None, self.log(node)
                try:
                    async with http.get(f"{node}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def _end(self) -> None:
        for process in self.processes.values():
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def cluster(bare: Database, secret: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with Proxy() as proxy, Cluster(bare, secret, tmp_path, proxy) as cluster:
        yield cluster


async def dictates(user: User, words: list[str]) -> None:
    """She writes to the association word by word, each when the one before was answered, and sends it."""
    for word in ("ciao", "persona", *words):
        before = user.heard
        user.says(word)
        await user.hears(before, timeout=60)
    while words[-1] not in user.text():
        await user.hears(user.heard, timeout=60)
    before = user.heard
    user.taps("Invia")
    await user.hears(before, timeout=60)


async def dictates_on_whatsapp(cluster: Cluster, number: str, words: list[str]) -> None:
    """The same on WhatsApp, where the provider gives up after a failed delivery: she writes it again."""
    user = cluster.twilio.user(number)
    for word in ("ciao", "persona", *words):
        before = len(user.messages)
        while await user.says(word) >= 500:
            await asyncio.sleep(0.05)
        await user.hears(before, timeout=60)
    before = len(user.messages)
    await user.taps("Invia")
    await user.hears(before, timeout=60)


def told(cluster: Cluster) -> dict[str, str]:
    """What the association has been told, by its first line."""
    with cluster.database.read() as conn:
        threads = [ticket.id for ticket in tickets.open_tickets(conn, 100)]
        said = [note.text for notes in tickets.notes_of(conn, threads).values() for note in notes]
    return {text.split("\n")[0]: text for text in said}


def dictations(count: int, words: int) -> list[list[str]]:
    return [[f"parola-{n}-{m}" for m in range(words)] for n in range(count)]


def outbox_statuses(cluster: Cluster) -> Counter[str]:
    with cluster.database.read() as conn:
        return Counter(conn.execute(select(OUTBOX.c.status)).scalars())


async def all_sent(cluster: Cluster) -> None:
    """Nothing waits any more, at the providers or here."""
    await cluster.telegram.updates.settled()
    async with asyncio.timeout(60):
        while outbox_statuses(cluster).keys() & {"todo", "sending"}:
            await asyncio.sleep(0.05)
    await cluster.twilio.settled()


async def test_two_processes_share_every_conversation_in_order_and_answer_each_message_once(cluster: Cluster) -> None:
    first, second = await cluster.start(2)
    texts = dictations(PEOPLE + 1, WORDS)
    people = [cluster.telegram.user(2001 + n, f"P{n}") for n in range(PEOPLE)]
    await asyncio.gather(
        *(dictates(user, words) for user, words in zip(people, texts, strict=False)),
        dictates_on_whatsapp(cluster, "+447700900120", texts[-1]),
    )
    await all_sent(cluster)
    shares = Counter(node for node, _ in cluster.proxy.passed)
    assert min(shares[first], shares[second]) > (WORDS + 3) * PEOPLE // 3, f"one did most of the work: {shares}"
    said = told(cluster)
    for words in texts:
        assert said[words[0]] == "\n".join(words)
    acts = (PEOPLE + 1) * (WORDS + 3)
    with cluster.database.read() as conn:
        assert Counter(conn.execute(select(EVENTS.c.status)).scalars()) == {"done": acts}
        assert len(set(conn.execute(select(NODES.c.id)).scalars())) == 2
    assert [len(user.messages()) for user in people] == [LETTERS] * PEOPLE, "each message was answered once"
    assert len(cluster.twilio.user("+447700900120").messages) == LETTERS
    assert cluster.twilio.violations == []
    assert await cluster.ends(first, signal.SIGTERM) == 0
    assert await cluster.ends(second, signal.SIGTERM) == 0
    for node in (first, second):
        assert "Traceback" not in cluster.log(node)
    with cluster.database.read() as conn:
        assert conn.execute(select(NODES.c.id)).all() == [], "who ends in order says good-bye"


async def test_one_process_is_killed_and_the_other_goes_on_with_everything(cluster: Cluster) -> None:
    first, second = await cluster.start(2)
    texts = dictations(PEOPLE, WORDS)
    people = [cluster.telegram.user(2001 + n, f"P{n}") for n in range(PEOPLE)]
    talks = [asyncio.create_task(dictates(user, words)) for user, words in zip(people, texts, strict=True)]
    while sum(user.heard for user in people) < PEOPLE * WORDS // 2:
        await asyncio.sleep(0.002)
    await cluster.ends(first, signal.SIGKILL)
    assert not all(talk.done() for talk in talks), "the kill came too late to prove anything"
    await asyncio.gather(*talks)
    await all_sent(cluster)
    said = told(cluster)
    for words in texts:
        assert said[words[0]] == "\n".join(words), "no word is lost, none comes twice, all are in order"
    with cluster.database.read() as conn:
        assert Counter(conn.execute(select(EVENTS.c.status)).scalars()) == {"done": PEOPLE * (WORDS + 3)}
    repeated = sum(len(user.messages()) for user in people) - PEOPLE * LETTERS
    assert 0 <= repeated <= PEOPLE, "each reader had at most one letter in flight at the kill"
    assert await cluster.ends(second, signal.SIGTERM) == 0
    assert "Traceback" not in cluster.log(second)
