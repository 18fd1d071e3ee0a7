"""The wis command as a person has it: a folder, an environment, and what a command printed and returned."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from bot.__main__ import app
from bot.settings import Settings
from storage.crypto import KeyRing, new_key
from storage.db import Database

SETTINGS = {name.upper() for name in Settings.model_fields}
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


@dataclass
class Wis:
    """The command line in `folder`, where the data are kept too."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env = {"DATA_DIR": str(self.folder / "data"), "HTTP_PORT": "0", "NO_COLOR": "1"} | self.env

    def __call__(self, *arguments: str, **env: str) -> Told:
        """The command ran in this process; an error nobody expected is raised."""
        result = CliRunner().invoke(app, list(arguments), env=self.env | env, prog_name="wis")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Told(result.exit_code, result.stdout, result.stderr)

    def start(self, *arguments: str, **env: str) -> "Running":
        """The command runs in a process of its own."""
        clean = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=clean | self.env | env | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process)

    def database(self, keys: KeyRing | None = None, url: str = "") -> Database:
        """The database the commands use, opened beside them."""
        ring = keys or KeyRing.parse((self.folder / "data" / "demo.key").read_text().strip())
        return Database(url or f"sqlite:///{self.folder / 'data' / 'wis.db'}", ring)


class Running:
    """A command in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self.complaints: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(stream, kept), daemon=True)
            for stream, kept in ((process.stdout, self.lines), (process.stderr, self.complaints))
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _read(self, stream: "object", kept: list[str]) -> None:
        for line in stream:  # type: ignore[attr-defined]
            kept.append(line.rstrip("\n"))

    def says(self, wanted: str) -> str:
        """The first line that holds this text, as soon as it is there."""
        return wait_for(lambda: next((line for line in self.lines if wanted in line), ""), self._dead)

    def writes(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def hangs_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def gets(self, what: signal.Signals) -> None:
        self.process.send_signal(what)

    def ends(self, within: float = PATIENCE) -> Told:
        """What it printed and its exit code; raises TimeoutExpired after `within` seconds."""
        code = self.process.wait(within)
        for reader in self._readers:
            reader.join()
        return Told(code, "\n".join(self.lines), "\n".join(self.complaints))

    def _dead(self) -> str:
        if self.process.poll() is None:
            return ""
        return f"it ended with {self.process.returncode}:\n" + "\n".join([*self.lines, *self.complaints])


def wait_for(found: Callable[[], str], dead: Callable[[], str] = lambda: "") -> str:
    """What `found` gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while not (answer := found()):
        if (why := dead()) and not (answer := found()):
            raise AssertionError(why)
        if answer:
            break
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return answer


def ring(*names: str) -> str:
    """Keys with these ids for WIS_SECRET_KEYS."""
    return ",".join(f"{name}:{new_key().partition(':')[2]}" for name in names)
