"""The command line in a fresh folder, without any setting of this machine, and logging put back afterwards."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.commands.command_line import SETTINGS, Wis


@pytest.fixture
def wis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wis]:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield Wis(tmp_path)
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)
