"""wis demo: the codes, beginning again, and going without."""

import sqlite3

from sqlalchemy import text

from tests.bot.commands.command_line import Wis, ring


def count(wis: Wis, table: str) -> int:
    with sqlite3.connect(wis.folder / "data" / "wis.db") as conn:
        found = int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    conn.close()
    return found


def test_without_a_demonstration_it_says_how_to_get_one(wis: Wis) -> None:
    told = wis("demo", "codes")
    assert told.code == 0
    assert "wis run" in told.out


def test_reset_makes_fresh_codes_and_leaves_nothing_of_the_old_ones(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    before = {line.split()[0] for line in wis("demo", "codes").out.splitlines()}
    tables = {table: count(wis, table) for table in ("enterprise", "person", "invitation", "wave")}
    assert tables["enterprise"] == 4
    assert wis("demo", "reset", "--yes").code == 0
    after = {line.split()[0] for line in wis("demo", "codes").out.splitlines()}
    assert len(after) == len(before) == 3
    assert not before & after
    assert {table: count(wis, table) for table in tables} == tables


def test_remove_leaves_nothing_but_what_is_real(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    key = wis("enterprise", "add", "Bottega Vera").out.strip()
    told = wis("demo", "remove", "--yes")
    assert told.code == 0
    assert wis("enterprise", "list").out.startswith(key)
    assert count(wis, "enterprise") == 1
    assert count(wis, "person") == count(wis, "invitation") == count(wis, "wave") == 0


def test_reset_beside_real_enterprises_only_removes_and_says_so(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    assert wis("enterprise", "add", "Bottega Vera").code == 0
    told = wis("demo", "reset", "--yes")
    assert told.code == 1
    assert "not loaded again" in told.err
    assert count(wis, "enterprise") == 1
    assert wis("demo", "codes").out.strip().startswith("No code is free")


def test_nothing_is_done_without_a_yes(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    for command in ("reset", "remove"):
        told = wis("demo", command)
        assert told.code == 1
        assert "--yes" in told.err
    assert count(wis, "enterprise") == 4


def test_no_demonstration_beside_a_real_channel(wis: Wis) -> None:
    told = wis(
        "demo", "reset", "--yes", TELEGRAM_BOT_TOKEN="123:local-secret-of-the-fake", WIS_SECRET_KEYS=ring("k1")
    )
    assert told.code == 1
    assert "real channel" in told.err
    assert not (wis.folder / "data").exists()


def test_the_codes_are_not_readable_in_the_file(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    code = wis("demo", "codes").out.split()[0].encode()
    for file in (wis.folder / "data").glob("wis.db*"):
        assert code not in file.read_bytes()
    database = wis.database()
    with database.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM invitation WHERE code IS NOT NULL")).scalar_one() > 0
    database.close()
