"""The bots under measure: each a process of its own that asks the same ten questions of the same local Telegram."""

import asyncio
import contextlib
import json
import os
import pickle
import shutil
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import network
from bench.peers.disk import Disk
from bench.questions import QUESTIONS
from tests.fakes.telegram_api import FakeTelegram

ROOT = Path(__file__).resolve().parents[1]
AIOGRAM = ROOT / ".venv-bench" / "bin" / "python"
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to run one of the three bots."""

    name: str
    framework: str
    options: tuple[str, ...] = ()
    earlier: int = 0

    @property
    def begin(self) -> str:
        """The words that begin the questionnaire."""
        return "/questionario" if self.framework == "ours" else "/start"


OURS = Kind("WIS Bot", "ours")
OURS_LARGE = Kind("WIS Bot, 10,000 people", "ours", earlier=10_000)
OURS_WEBHOOK = Kind("WIS Bot, webhook", "ours", ("webhook",))
PTB = Kind("python-telegram-bot", "ptb")
PTB_64 = Kind("python-telegram-bot, 64 at once", "ptb", ("--at-once", "64"))
PTB_STOCK = Kind("python-telegram-bot, stock persistence", "ptb", ("--default",))
AIOGRAM_BOT = Kind("aiogram", "aiogram")
PTB_NEWS = Kind("python-telegram-bot, AIORateLimiter", "ptb_news")
AIOGRAM_NEWS = Kind("aiogram, waits when told", "aiogram_news")
AIOGRAM_IN_ORDER = Kind("aiogram, isolated per person", "aiogram", ("--in-order",))


@dataclass
class Bot:
    """A bot with its folder; started and killed as often as wanted."""

    kind: Kind
    fake: FakeTelegram
    folder: Path
    key: str = ""
    port: int = 0
    process: asyncio.subprocess.Process | None = None
    _log: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """The process runs and has asked for updates (or set its webhook). Raises RuntimeError if it ends first."""
        polls, hooks = self.fake.counts["getupdates"], self.fake.counts["setwebhook"]
        log = (self.folder / "log.txt").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            *self._command(), cwd=self.folder, env=self._environment(), stdout=log, stderr=log
        )
        log.close()
        while self.fake.counts["getupdates"] == polls and self.fake.counts["setwebhook"] == hooks:
            if self.process.returncode is not None:
                raise RuntimeError(f"{self.kind.name} ended:\n{(self.folder / 'log.txt').read_text()[-2000:]}")
            await asyncio.sleep(0.01)

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """The process is gone."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        await self.process.wait()

    def cpu(self) -> float:
        """Seconds of CPU the process has used, all threads."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def rss(self) -> float:
        """Resident memory in MB."""
        line = next(line for line in self._proc("status").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def answers(self) -> dict[int, dict[str, str]]:
        """The answers on the disk by Telegram id, in the order they were kept; only while the process is gone."""
        match self.kind.framework:
            case "ours":
                return {chat: found.answers for chat, found in network.kept(self.folder, self.key).items()}
            case _ if "--default" in self.kind.options:
                path = self.folder / "state.pickle"
                return pickle.loads(path.read_bytes()).get("user_data", {}) if path.exists() else {}
            case _:
                disk = Disk(str(self.folder / "state.db"))
                found = {k: json.loads(v) for k, v in disk.everything().items() if k.startswith("user/")}
                disk.close()
                return {int(key[5:]): value for key, value in found.items()}

    def _proc(self, name: str) -> str:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/{name}").read_text()

    def _command(self) -> list[str]:
        where = [self.fake.url, self.fake.token, str(self.folder)]
        match self.kind.framework:
            case "ours":
                return [sys.executable, "-m", "bot", "run"]
            case "ptb_news" | "aiogram_news":
                peer = f"bench.peers.{self.kind.framework}"
                return [str(AIOGRAM), "-m", peer, self.fake.url, self.fake.token, *self.kind.options]
            case "ptb":
                return [sys.executable, "-m", "bench.peers.ptb_bot", *where, *self.kind.options]
            case _:
                return [str(AIOGRAM), "-m", "bench.peers.aiogram_bot", *where, *self.kind.options]

    def _environment(self) -> dict[str, str]:
        plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        plain |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        if self.kind.framework != "ours":
            return plain
        ours = {
            "DATA_DIR": str(self.folder),
            "WIS_SECRET_KEYS": self.key,
            "HTTP_PORT": str(self.port),
            "TELEGRAM_BOT_TOKEN": self.fake.token,
            "TELEGRAM_API_BASE_URL": self.fake.url,
            "SIMULATOR": "off",
            "LOG_LEVEL": "WARNING",
        }
        if "webhook" in self.kind.options:
            ours |= {
                "TELEGRAM_MODE": "webhook",
                "TELEGRAM_WEBHOOK_SECRET": "a-word-of-the-local-fake",
                "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            }
        return plain | ours


class Workshop:
    """Where the bots run: a folder on the disk to be measured, and our databases, made once and copied."""

    def __init__(self, folder: Path, ids: range) -> None:
        """`ids` are the Telegram ids of those who may answer."""
        self.folder = folder
        self.ids = ids
        self._made: dict[int, tuple[Path, str]] = {}
        self._count = 0

    async def with_bot(self, kind: Kind, fake: FakeTelegram, work: Callable[[Bot], Awaitable[None]]) -> None:
        """Does `work` with a fresh bot of this kind that waits for updates; afterwards nothing of it is left."""
        bot = self._bot(kind, fake)
        try:
            async with fake:
                await bot.start()
                await work(bot)
        except (TimeoutError, AssertionError) as error:
            said = (bot.folder / "log.txt").read_text()[-2000:]
            raise RuntimeError(f"{kind.name} did not answer as it should: {error}\n{said}") from error
        finally:
            if bot.process is not None and bot.process.returncode is None:
                await bot.kill()
            shutil.rmtree(bot.folder)

    def _bot(self, kind: Kind, fake: FakeTelegram) -> Bot:
        self._count += 1
        folder = self.folder / f"{self._count}-{kind.framework}"
        folder.mkdir(parents=True)
        if kind.framework != "ours":
            return Bot(kind, fake, folder)
        source, key = self._database(kind.earlier)
        shutil.copy(source / "wis.db", folder / "wis.db")
        return Bot(kind, fake, folder, key, _free_port())

    def _database(self, earlier: int) -> tuple[Path, str]:
        if earlier not in self._made:
            folder = self.folder / f"people-{earlier}"
            folder.mkdir(parents=True)
            self._made[earlier] = (folder, network.prepare(folder, self.ids, earlier))
        return self._made[earlier]


def right(answers: dict[str, str], expected: dict[str, str]) -> int:
    """How many of the expected answers are kept under their question."""
    return sum(answers.get(name) == value for name, value in expected.items())


def names(count: int) -> list[str]:
    """The names of the first questions."""
    return [question.name for question in QUESTIONS[:count]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
