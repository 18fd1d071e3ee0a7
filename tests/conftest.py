"""Fixtures that all tests share: keys, content, both databases, and the published questionnaire."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.content import Content, content_folder, read_content
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.migrate import upgrade
from storage.workbooks import Report, check_workbook
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def secret() -> str:
    """The key ring as it is written in the settings."""
    return new_key()


@pytest.fixture(scope="session")
def keys(secret: str) -> KeyRing:
    return KeyRing.parse(secret)


@pytest.fixture(scope="session")
def content() -> Content:
    return read_content(content_folder(), "it", ZoneInfo("Europe/Rome"))


@pytest.fixture(scope="session")
def needs() -> Report:
    """The needs questionnaire, checked and translated once."""
    return check_workbook((content_folder() / "forms" / "needs.xlsx").read_bytes())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Iterator[Postgres]:
    # not in pytest's own folder: another run closes that to the user PostgreSQL runs as
    with tempfile.TemporaryDirectory(prefix="wis-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "data", keys)
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
    else:
        yield request.getfixturevalue("postgres_database")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> bytes:
    """A migrated, empty SQLite file: made once, then copied."""
    file = tmp_path_factory.mktemp("sqlite") / "wis.db"
    database = Database(f"sqlite:///{file}", keys)
    upgrade(database)
    with database.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file.read_bytes()


@pytest.fixture
def sqlite(tmp_path: Path, keys: KeyRing, migrated: bytes) -> Iterator[Database]:
    """A migrated, empty SQLite database."""
    file = tmp_path / "wis.db"
    file.write_bytes(migrated)
    opened = Database(f"sqlite:///{file}", keys)
    yield opened
    opened.close()


@pytest.fixture
def postgres_database(postgres: Postgres, keys: KeyRing) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database."""
    url = postgres.fresh()
    opened = Database(url, keys)
    yield opened
    opened.close()
    postgres.release(url)


@pytest.fixture
def another(database: Database) -> Iterator[Callable[[], Database]]:
    """Opens the same database once more, as another process would."""
    made: list[Database] = []

    def open_again() -> Database:
        made.append(Database(database.engine.url.render_as_string(hide_password=False), database.keys))
        return made[-1]

    yield open_again
    for one in made:
        one.close()
