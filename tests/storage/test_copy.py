"""A database copied to the other kind and back: everything is there, readable, in order, or nothing is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from conversations.events import Json
from storage import demo, notes, outbox, seeds
from storage.content import content_folder
from storage.copy import CopyError, compare, copy
from storage.crypto import KeyRing, new_key
from storage.db import Database
from storage.migrate import upgrade
from storage.network import INVITATIONS, LINK_CODES
from storage.news.issues import ISSUES
from storage.notes import NOTES
from storage.outbox import OUTBOX
from storage.schema import METADATA
from storage.timers import TIMERS
from tests.postgres import Postgres
from tests.storage import lives
from tests.storage.dump import rows

AT = datetime(2026, 11, 26, 8, 30, 15, 123456, tzinfo=UTC)
Make = Callable[[str], Database]


@pytest.fixture
def make(tmp_path: Path, keys: KeyRing, migrated: bytes, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes a migrated, empty database of the kind that is named."""
    made: list[Database] = []

    def one(kind: str) -> Database:
        if kind == "sqlite":
            file = tmp_path / f"copy{len(made)}.db"
            file.write_bytes(migrated)
            made.append(Database(f"sqlite:///{file}", keys))
        else:
            server: Postgres = request.getfixturevalue("postgres")
            made.append(Database(server.fresh(), keys))
        return made[-1]

    yield one
    for database in made:
        database.close()
        if database.kind == "postgresql":
            request.getfixturevalue("postgres").release(database.engine.url.render_as_string(hide_password=False))


@pytest.fixture
def full(database: Database, keys: KeyRing) -> Database:
    """The demonstration, two people with a row in every table of theirs, and what is hard to copy."""
    with database.write() as conn:
        version = seeds.needs_form(conn, content_folder(), AT)
        seeds.answers(conn, content_folder(), AT)
        demo.load(conn, keys, seeds.NEEDS, version, "it", AT)
        lives.live(conn, keys, "rosa", "+447700900123", AT)
        lives.live(conn, keys, "lina", "+447700900124", AT)
        for table in (INVITATIONS, LINK_CODES):
            # the lives are told by plain words where the program keeps hashes
            for (code,) in conn.execute(select(table.c.code_hash).where(table.c.code_hash.not_like("%:%"))).all():
                mine = update(table).where(table.c.code_hash == code)
                conn.execute(mine.values(code_hash=keys.hash("code", code)))
        odd = "è già\u2028 qui 😀 \\u0000"
        hard: tuple[Json, ...] = (odd, {"b": [1, 2.5, None], "a": {}}, [], 0, 3600.0, False, "")
        for value in hard:
            notes.write_note(conn, f"note {value!r}"[:40], value)
        conn.execute(insert(NOTES).values(name="a JSON null", value=None))
        key = conn.execute(select(ISSUES.c.id).limit(1)).scalar_one()
        # sorts before the one it corrects
        row = {"kind": "erratum", "title": {"it": "Errata"}, "state": "draft", "revision": 1, "created_at": AT}
        conn.execute(insert(ISSUES).values(id="!", number="2026-11-e", corrects=key, created_by="x", **row))
    return database


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_full_of_rows_is_the_same_on_the_other_side(full: Database, kind: str, make: Make) -> None:
    target = make(kind)
    told: dict[str, int] = {}
    copied = copy(full, target, AT, told.__setitem__)
    assert rows(target) == rows(full), "read through the keys, every row is the same"
    assert {name: one.rows for name, one in copied.items() if one.rows} == told
    assert sum(1 for one in copied.values() if one.rows) > 30, "too few tables had a row to prove anything"
    assert compare(full, target) == copied


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_of_the_copy_is_the_first_again(full: Database, kind: str, make: Make) -> None:
    middle, last = make("postgresql" if kind == "sqlite" else "sqlite"), make(kind)
    assert copy(full, middle, AT) == copy(middle, last, AT)
    assert compare(full, last)
    with last.read() as conn:
        stored = conn.execute(text("SELECT CAST(value AS text) FROM note WHERE name = 'a JSON null'")).scalar_one()
    assert stored == "null"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_numbers_go_on_where_they_were_and_none_is_given_twice(full: Database, kind: str, make: Make) -> None:
    with full.write() as conn:
        last = conn.execute(select(OUTBOX.c.id).order_by(OUTBOX.c.id.desc()).limit(1)).scalar_one()
        conn.execute(OUTBOX.delete().where(OUTBOX.c.id == last))
    target = make(kind)
    copy(full, target, AT)
    with target.write() as conn:
        for table, before, other in ((OUTBOX, last, {}), (TIMERS, 0, {"subject": "new"})):
            row = {**conn.execute(select(table).limit(1)).one()._mapping, **other}
            del row["id"]
            new = conn.execute(insert(table).values(**row)).inserted_primary_key
            assert new is not None and new[0] > before, "a provider's late report would be taken for this letter"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_that_comes_out_otherwise_is_reported_and_undone(full: Database, kind: str, make: Make) -> None:
    target = make(kind)
    spoil = "UPDATE note SET value = '\"other\"' WHERE name = new.name"
    with target.write() as conn:
        if kind == "sqlite":
            conn.execute(text(f"CREATE TRIGGER spoilt AFTER INSERT ON note BEGIN {spoil}; END"))
        else:
            body = f"BEGIN {spoil}; RETURN NULL; END"
            conn.execute(text(f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
            conn.execute(text("CREATE TRIGGER spoilt AFTER INSERT ON note FOR EACH ROW EXECUTE FUNCTION spoil()"))
    with pytest.raises(CopyError, match=r"not the same in: note\."):
        copy(full, target, AT)
    assert not any(rows(target).values())
    with target.write() as conn:
        conn.execute(text("DROP TRIGGER spoilt" + ("" if kind == "sqlite" else " ON note")))
    assert copy(full, target, AT), "begun again it is made"


def test_one_changed_byte_and_one_row_too_few_are_found_later_too(full: Database, make: Make) -> None:
    target = make("sqlite")
    copy(full, target, AT)
    with target.write() as conn:
        conn.execute(text("UPDATE person SET state = CAST(state || X'00' AS BLOB) WHERE id = 'id-of-rosa'"))
        conn.execute(text("DELETE FROM timer WHERE id = (SELECT max(id) FROM timer)"))
    with pytest.raises(CopyError, match=r"not the same in: .*person.*timer \(\d+ rows and \d+\)"):
        compare(full, target)


def test_a_copy_broken_off_leaves_nothing(full: Database, make: Make) -> None:
    target = make("sqlite")

    def stop(table: str, rows: int) -> None:
        if table == "request" or table == "outbox":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(full, target, AT, stop)
    assert not any(rows(target).values())
    assert copy(full, target, AT)


def test_what_does_not_fit_the_other_kind_is_told_and_nothing_stays(sqlite: Database, make: Make) -> None:
    with sqlite.write() as conn:
        conn.execute(text("INSERT INTO note (name, value) VALUES (:name, '1')"), {"name": "x" * 500})
    target = make("postgresql")
    with pytest.raises(CopyError, match="value too long"):
        copy(sqlite, target, AT)
    assert not any(rows(target).values())


def test_a_target_that_holds_anything_is_refused(full: Database, make: Make) -> None:
    target = make("sqlite")
    with target.write() as conn:
        notes.write_note(conn, "mine", 1)
    with pytest.raises(CopyError, match=r"not empty: note\."):
        copy(full, target, AT)
    with target.read() as conn:
        assert notes.read_note(conn, "mine") == 1


def test_a_running_bot_and_the_same_database_are_refused(full: Database, make: Make) -> None:
    with pytest.raises(CopyError, match="same database"):
        copy(full, full, AT)
    with full.write() as conn:
        outbox.beat(conn, "node", AT - timedelta(seconds=5))
    with pytest.raises(CopyError, match="running"):
        copy(full, make("sqlite"), AT)
    assert copy(full, make("sqlite"), AT + timedelta(seconds=30))


def test_keys_that_do_not_read_the_source_are_found_before_anything_is_written(
    full: Database, make: Make, keys: KeyRing
) -> None:
    target = make("sqlite")
    other = KeyRing.parse(new_key())
    wrong = Database(full.engine.url.render_as_string(hide_password=False), other)
    try:
        with pytest.raises(CopyError, match="WIS_SECRET_KEYS"):
            copy(wrong, target, AT)
    finally:
        wrong.close()
    assert not any(rows(target).values())


def test_another_schema_is_refused(full: Database, tmp_path: Path, keys: KeyRing) -> None:
    bare = Database(f"sqlite:///{tmp_path / 'bare.db'}", keys)
    try:
        with pytest.raises(CopyError, match=r"database to copy to has the schema None, this program needs \d{4}"):
            copy(full, bare, AT)
        upgrade(bare)
        assert copy(full, bare, AT)
    finally:
        bare.close()


def test_every_table_and_every_kind_of_column_can_be_copied(make: Make) -> None:
    one, other = make("sqlite"), make("postgresql")
    assert set(copy(one, other, AT)) == {table.name for table in METADATA.sorted_tables}
