"""Fixtures that all tests share: keys, content, and both databases."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.content import Content, content_folder, read_content
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.migrate import upgrade
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.parse(new_key())


@pytest.fixture(scope="session")
def content() -> Content:
    return read_content(content_folder(), "it", ZoneInfo("Europe/Rome"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"), keys)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, keys: KeyRing) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'wis.db'}", keys)
        upgrade(opened)
    else:
        opened = Database(request.getfixturevalue("postgres").fresh(), keys)
    yield opened
    opened.close()
