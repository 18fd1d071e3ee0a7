"""wis keys: a new key, and changing over to it, also under a kill."""

import signal
import time

import pytest
from sqlalchemy import LargeBinary, func, insert, select, type_coerce

from storage import demo
from storage.crypto import KeyRing
from storage.db import Database
from storage.events import EVENTS
from storage.migrate import upgrade
from storage.rotation import check_keys
from tests.bot.commands.command_line import Wis, ring
from tests.postgres import Postgres
from tests.storage.test_rotation import NOW, codes, key_ids, stale

OLD, MIDDLE, NEW = ring("old"), ring("middle"), ring("new")
MANY = 6000


def test_a_new_key_is_one_the_settings_take(wis: Wis) -> None:
    one, other = wis("keys", "new").out.strip(), wis("keys", "new").out.strip()
    assert one != other
    assert KeyRing.parse(f"{one},{other}").ids == (one.partition(":")[0], other.partition(":")[0])


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, wis: Wis) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{wis.folder / 'data' / 'wis.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.fresh()


def filled(wis: Wis, url: str, keys: str) -> list[str]:
    database = wis.database(KeyRing.parse(keys), url)
    upgrade(database)
    with database.write() as conn:
        demo.load(conn, database.keys, "needs", "1", "it", NOW)
    found = codes(database)
    database.close()
    return found


def test_rotation_ends_with_the_new_key_and_the_look_up_key(wis: Wis, url: str) -> None:
    before = filled(wis, url, f"{MIDDLE},{OLD}")
    env = {"DATABASE_URL": url}
    told = wis("keys", "rotate", WIS_SECRET_KEYS=f"{NEW},{MIDDLE},{OLD}", **env)
    assert told.code == 0, told.all
    assert "all are under the key new now" in told.out
    assert "only for old backups: middle" in told.out
    assert "Leave old at the end" in told.out
    for secret in (OLD, MIDDLE, NEW):
        assert secret.partition(":")[2] not in told.all
    again = wis("keys", "rotate", WIS_SECRET_KEYS=f"{NEW},{OLD}", **env)
    assert again.code == 0
    assert again.out.startswith("0 values")
    database = wis.database(KeyRing.parse(f"{NEW},{OLD}"), url)
    assert codes(database) == before
    database.close()


def test_a_key_that_left_too_early_is_asked_for(wis: Wis, url: str) -> None:
    filled(wis, url, f"{MIDDLE},{OLD}")
    told = wis("keys", "rotate", WIS_SECRET_KEYS=f"{NEW},{OLD}", DATABASE_URL=url)
    assert told.code == 1
    assert "cannot be read" in told.err
    assert wis("keys", "rotate", WIS_SECRET_KEYS=f"{NEW},{MIDDLE},{OLD}", DATABASE_URL=url).code == 0


def test_a_kill_in_the_middle_loses_nothing(wis: Wis, url: str) -> None:
    before = filled(wis, url, OLD)
    database = wis.database(KeyRing.parse(OLD), url)
    body = {"text": "x" * 2000}
    rows = [
        {"channel": "test", "provider_id": str(n), "kind": "Said", "status": "dead", "received_at": NOW, "body": body}
        for n in range(MANY)
    ]
    with database.write() as conn:
        conn.execute(insert(EVENTS), [row | {"error": "", "attempts": 1} for row in rows])
    database.close()
    keys = f"{NEW},{OLD}"
    both = wis.database(KeyRing.parse(keys), url)
    with wis.start("keys", "rotate", WIS_SECRET_KEYS=keys, DATABASE_URL=url) as rotating:
        while not _rotated(both):
            assert rotating.process.poll() is None
            time.sleep(0.001)
        rotating.gets(signal.SIGKILL)
        rotating.ends()
    assert 0 < _rotated(both) < MANY, "killed in the middle"
    check_keys(both)
    with both.read() as conn:
        found = conn.execute(select(EVENTS.c.body)).scalars().all()
    assert [one["text"] for one in found] == [body["text"]] * MANY
    assert wis("keys", "rotate", WIS_SECRET_KEYS=keys, DATABASE_URL=url).code == 0
    assert stale(both) == 0
    assert key_ids(both, EVENTS, "body") == {"new"}
    assert codes(both) == before
    both.close()


def _rotated(database: Database) -> int:
    head = bytes([3]) + b"new"
    raw = func.substr(type_coerce(EVENTS.c.body, LargeBinary), 1, len(head), type_=LargeBinary)
    with database.read() as conn:
        return int(conn.execute(select(func.count()).select_from(EVENTS).where(raw == head)).scalar_one())
