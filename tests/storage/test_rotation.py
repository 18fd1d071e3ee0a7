"""Encrypting again, on both databases: nothing is lost when it stops anywhere, and the old key is needed no more."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import LargeBinary, Table, insert, select, type_coerce, update

from storage import demo, rotation
from storage.crypto import KeyRing, UnknownKey, new_key
from storage.db import Database
from storage.events import EVENTS
from storage.network import demo_invitations
from storage.people import ADDRESSES, find
from storage.rotation import check_keys, columns, key_troubles, rotate_table, waiting
from storage.simulator import PICTURES
from tests.postgres import Postgres

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
OLD, MIDDLE, NEW = (f"{name}:{new_key().partition(':')[2]}" for name in ("old", "middle", "new"))
Reopen = Callable[..., Database]


@pytest.fixture(params=["sqlite", "postgresql"])
def reopen(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[Reopen]:
    """Opens the same database with other keys."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/wis.db"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.fresh()
    opened: list[Database] = []

    def open_with(*keys: str) -> Database:
        from storage.migrate import upgrade

        database = Database(url, KeyRing.parse(",".join(keys)))
        upgrade(database)
        opened.append(database)
        return database

    yield open_with
    for database in opened:
        database.close()


def fill(database: Database) -> list[str]:
    """The demonstration under the database's keys; its codes."""
    with database.write() as conn:
        demo.load(conn, database.keys, "needs", "1", "it", NOW)
    return codes(database)


def codes(database: Database) -> list[str]:
    with database.read() as conn:
        return sorted(row.code for row in demo_invitations(conn))


def rotate(database: Database) -> rotation.Rotated:
    total = rotation.Rotated()
    for table in columns():
        one = rotate_table(database, table)
        total.changed += one.changed
        total.unreadable += one.unreadable
        total.left += one.left
    return total


def stale(database: Database) -> int:
    with database.read() as conn:
        return sum(waiting(conn, table, database.keys) for table in columns())


def key_ids(database: Database, table: Table, column: str) -> set[str]:
    with database.read() as conn:
        raw = conn.execute(select(type_coerce(table.c[column], LargeBinary)).where(table.c[column].is_not(None)))
        return {database.keys.key_of(bytes(token)) for token in raw.scalars()}


def test_afterwards_the_new_key_and_the_look_up_key_are_enough(reopen: Reopen) -> None:
    before = fill(reopen(MIDDLE, OLD))
    both = reopen(NEW, MIDDLE, OLD)
    assert stale(both) > 0
    done = rotate(both)
    assert done.changed > 0
    assert (done.unreadable, done.left) == (0, 0)
    assert key_ids(both, ADDRESSES, "value") == {"new"}
    after = reopen(NEW, OLD)
    check_keys(after)
    assert codes(after) == before
    with after.read() as conn:
        assert find(conn, "simulator", [after.keys.hash("address", "simulator:telegram:elena")], lock=False)


def test_running_again_changes_nothing(reopen: Reopen) -> None:
    fill(reopen(OLD))
    both = reopen(NEW, OLD)
    rotate(both)
    assert rotate(both) == rotation.Rotated()


def test_a_stop_in_the_middle_loses_nothing_and_the_next_run_goes_on(
    reopen: Reopen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    before = fill(reopen(OLD))
    both = reopen(NEW, OLD)
    at_first = stale(both)
    steps = iter(range(3))

    def stop(rows: int) -> None:
        if next(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_table(both, ADDRESSES, stop)
        rotate_table(both, next(table for table in columns() if table.name == "invitation"), stop)
    assert 0 < stale(both) < at_first
    assert codes(both) == before
    check_keys(both)
    assert rotate(both).left == 0
    assert codes(reopen(NEW, OLD)) == before


def test_what_no_key_can_read_is_counted_and_stops_nothing(reopen: Reopen) -> None:
    fill(reopen(OLD))
    both = reopen(NEW, OLD)
    with both.write() as conn:
        one = conn.execute(select(ADDRESSES.c.id).limit(1)).scalar_one()
        foreign = KeyRing.parse(f"lost:{new_key().partition(':')[2]}").encrypt(b"x", "address.value")
        here = update(ADDRESSES).where(ADDRESSES.c.id == one)
        conn.execute(here.values(value=type_coerce(foreign, LargeBinary)))
    done = rotate(both)
    assert done.unreadable == done.left == 1
    assert key_ids(both, ADDRESSES, "value") == {"new", "lost"}


def test_files_in_bytes_and_empty_columns_are_kept(reopen: Reopen) -> None:
    database = reopen(OLD)
    picture = secrets.token_bytes(3000)
    event = {"channel": "x", "kind": "Said", "status": "done", "error": "", "attempts": 0, "received_at": NOW}
    with database.write() as conn:
        conn.execute(insert(PICTURES).values(id="p", name="n", mime="image/png", data=picture))
        conn.execute(insert(EVENTS), [event | {"provider_id": "1", "body": None}])
    both = reopen(NEW, OLD)
    assert rotate(both) == rotation.Rotated(changed=1)
    assert key_ids(both, PICTURES, "data") == {"new"}
    with both.read() as conn:
        assert conn.execute(select(PICTURES.c.data)).scalar_one() == picture
        assert conn.execute(select(EVENTS.c.body)).scalar_one() is None


def test_what_somebody_is_writing_is_not_overwritten(reopen: Reopen) -> None:
    database = reopen(OLD)
    fill(database)
    both = reopen(NEW, OLD)
    with ThreadPoolExecutor(1) as beside:
        with database.write() as conn:
            one = conn.execute(select(ADDRESSES.c.id).limit(1).with_for_update()).scalar_one()
            rotating = beside.submit(rotate_table, both, ADDRESSES)
            if both.kind == "postgresql":
                assert rotating.result().left == 1, "a row in use is left for the next pass"
            conn.execute(update(ADDRESSES).where(ADDRESSES.c.id == one).values(value="written meanwhile"))
        rotating.result()
    rotate_table(both, ADDRESSES)
    assert key_ids(both, ADDRESSES, "value") == {"new"}
    with both.read() as conn:
        kept = conn.execute(select(ADDRESSES.c.value).where(ADDRESSES.c.id == one)).scalar_one()
    assert kept == "written meanwhile"


def test_a_missing_key_is_told_once_with_everything_that_needs_it(reopen: Reopen) -> None:
    fill(reopen(MIDDLE, OLD))
    database = reopen(NEW)
    with pytest.raises(UnknownKey) as raised:
        check_keys(database)
    lines = str(raised.value).splitlines()
    assert len(lines) == 2
    assert any("the look-up of people and codes need the key old" in line for line in lines)
    assert any("address.value" in line and "need the key middle" in line for line in lines)


def test_a_value_in_the_middle_is_found_when_everything_is_looked_at(reopen: Reopen) -> None:
    database = reopen(OLD)
    fill(database)
    with database.read() as conn:
        keys = list(conn.execute(select(ADDRESSES.c.id).order_by(ADDRESSES.c.id)).scalars())
    foreign = KeyRing.parse(f"lost:{new_key().partition(':')[2]}").encrypt(b"x", "address.value")
    with database.write() as conn:
        here = update(ADDRESSES).where(ADDRESSES.c.id == keys[len(keys) // 2])
        conn.execute(here.values(value=type_coerce(foreign, LargeBinary)))
    with database.read() as conn:
        assert key_troubles(conn, database.keys) == []
        assert "lost" in key_troubles(conn, database.keys, whole=True)[0]


def test_a_damaged_value_is_told_without_its_content(reopen: Reopen) -> None:
    database = reopen(OLD)
    fill(database)
    with database.write() as conn:
        damaged = database.keys.encrypt(b"secret words", "address.value")[:-1] + b"!"
        conn.execute(update(ADDRESSES).values(value=type_coerce(damaged, LargeBinary)))
    with pytest.raises(UnknownKey, match=r"address\.value: the stored data are damaged") as raised:
        check_keys(database)
    assert "secret" not in str(raised.value)


def test_an_empty_database_has_no_trouble(reopen: Reopen) -> None:
    database = reopen(NEW)
    check_keys(database)
    assert rotate(database) == rotation.Rotated()
