"""wis doctor without a network: settings, content, keys, database, what waits."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.commands import doctor as command
from storage import outbox
from storage.content import content_folder
from storage.crypto import KeyRing
from storage.events import EVENTS
from tests.bot.commands.command_line import Told, Wis, ring
from tests.postgres import Postgres

NOW = datetime.now(UTC)


def lines(told: Told, verdict: str) -> list[str]:
    return [line for line in told.out.splitlines() if line.startswith(f"{verdict} ")]


def finds(told: Told, verdict: str, about: str, *words: str) -> None:
    found = [line for line in lines(told, verdict) if line.split(None, 1)[1].startswith(about)]
    assert any(all(word in line for word in words) for line in found), told.out


def demo(wis: Wis, **env: str) -> None:
    assert wis("demo", "reset", "--yes", **env).code == 0


def test_on_a_fresh_folder_nothing_is_wrong_and_nothing_is_made(wis: Wis) -> None:
    told = wis("doctor")
    assert told.code == 0
    assert not lines(told, "wrong")
    finds(told, "note", "database", "does not exist yet")
    for about in ("python", "settings", "simulator", "house", "sentences", "consent texts", "templates", "prices"):
        finds(told, "ok", about)
    assert told.out.strip().splitlines()[-1].startswith("Nothing is wrong")
    assert list(wis.folder.iterdir()) == []


def test_with_a_demonstration_nothing_is_wrong(wis: Wis) -> None:
    demo(wis)
    told = wis("doctor")
    assert told.code == 0, told.out
    assert not lines(told, "wrong")
    finds(told, "ok", "database", "SQLite", "survives a power cut", "journal_mode=wal, synchronous=2")
    finds(told, "ok", "schema", "up to date and writable")
    finds(told, "note", "keys", "demo key")
    finds(told, "ok", "published form", "needs")
    finds(told, "ok", "wave", "open until")
    finds(told, "ok", "dead letters", "none")
    finds(told, "ok", "outbox", "0 messages wait")
    assert all(line.startswith(("ok ", "note ")) for line in told.out.splitlines()[:-2])


def test_it_changes_nothing_in_the_database(wis: Wis) -> None:
    demo(wis)
    database = wis.database()
    dump = "SELECT name, value FROM note"
    with database.read() as conn:
        before = conn.execute(text(dump)).all()
    assert wis("doctor").code == 0
    with database.read() as conn:
        assert conn.execute(text(dump)).all() == before
    database.close()


def test_postgresql_is_looked_at_too(wis: Wis, postgres: Postgres) -> None:
    keys = ring("k1")
    env = {"DATABASE_URL": postgres.fresh(), "WIS_SECRET_KEYS": keys}
    demo(wis, **env)
    told = wis("doctor", **env)
    assert told.code == 0, told.out
    finds(told, "ok", "database", "PostgreSQL", "fsync=on")
    finds(told, "ok", "keys", "k1: everything stored can be read")
    finds(wis("doctor", **env | {"DATABASE_URL": postgres.bare()}), "note", "schema", "no tables yet")


def test_a_database_that_is_not_there_is_wrong(wis: Wis) -> None:
    told = wis("doctor", DATABASE_URL="postgresql://wis:hunter22@127.0.0.1:1/wis", WIS_SECRET_KEYS=ring("k1"))
    assert told.code == 1
    finds(told, "wrong", "database", "is DATABASE_URL right?")
    finds(told, "ok", "public address")
    assert "hunter22" not in told.all


def test_wrong_settings_are_listed_one_by_one(wis: Wis) -> None:
    told = wis("doctor", TELEGRAM_BOT_TOKEN="nonsense", HTTP_PORT="eighty", TWILIO_AUTH_TOKN="x")
    assert told.code == 1
    finds(told, "wrong", "settings", "HTTP_PORT")
    finds(told, "wrong", "settings", "TWILIO_AUTH_TOKN is no setting: did you mean TWILIO_AUTH_TOKEN?")
    told = wis("doctor", TELEGRAM_BOT_TOKEN="nonsense")
    finds(told, "wrong", "settings", "TELEGRAM_BOT_TOKEN")
    assert "nonsense" not in told.all


def test_a_misspelt_name_in_the_file_is_wrong(wis: Wis) -> None:
    (wis.folder / ".env").write_text("OFICE_PHONE=+12025550123\n")
    told = wis("doctor")
    assert told.code == 1
    finds(told, "wrong", "settings", "did you mean OFFICE_PHONE?")


def test_a_missing_key_and_one_not_yet_rotated(wis: Wis) -> None:
    old, new = ring("old"), ring("new")
    demo(wis, WIS_SECRET_KEYS=old)
    told = wis("doctor", WIS_SECRET_KEYS=new)
    assert told.code == 1
    finds(told, "wrong", "keys", "need the key old")
    finds(wis("doctor", WIS_SECRET_KEYS=f"{new},{old}"), "note", "keys", "wis keys rotate")
    assert wis("keys", "rotate", WIS_SECRET_KEYS=f"{new},{old}").code == 0
    told = wis("doctor", WIS_SECRET_KEYS=f"{new},{old}")
    assert not [line for line in lines(told, "note") if "keys rotate" in line]
    told = wis("doctor")
    assert told.code == 1
    finds(told, "wrong", "keys", "neither WIS_SECRET_KEYS nor demo.key")


def test_an_old_schema_is_wrong(wis: Wis) -> None:
    demo(wis)
    database = wis.database()
    with database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.close()
    told = wis("doctor")
    assert told.code == 1
    finds(told, "wrong", "schema", "0000", "wis run")


def test_a_database_that_may_lose_commits_is_wrong(wis: Wis, postgres: Postgres) -> None:
    env = {"DATABASE_URL": postgres.fresh(), "WIS_SECRET_KEYS": ring("k1")}
    database = wis.database(KeyRing.parse(env["WIS_SECRET_KEYS"]), env["DATABASE_URL"])
    with database.write() as conn:
        name = conn.execute(text("SELECT current_database()")).scalar_one()
        conn.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    database.close()
    told = wis("doctor", **env)
    assert told.code == 1
    finds(told, "wrong", "database", "may lose committed messages", "synchronous_commit=off")


def test_dead_letters_and_an_old_outbox_are_wrong(wis: Wis) -> None:
    demo(wis)
    database = wis.database()
    long_ago = NOW - timedelta(hours=2)
    event = {"channel": "x", "provider_id": "1", "kind": "Said", "status": "dead", "error": "", "attempts": 1}
    with database.write() as conn:
        conn.execute(insert(EVENTS).values(**event, received_at=NOW, body={"text": "segreto"}))
        post = outbox.Post(None, None, "simulator", 0, {"message": {}, "language": "it"})
        outbox.put(conn, post, long_ago, "")
    database.close()
    told = wis("doctor")
    assert told.code == 1
    finds(told, "wrong", "dead letters", "1 not worked", "wis events list")
    finds(told, "wrong", "outbox", "1 messages wait", " minutes")
    assert "segreto" not in told.all


def test_no_form_and_no_wave_are_noted(wis: Wis) -> None:
    assert wis("enterprise", "list").code == 0
    finds(wis("doctor"), "note", "published form", "wis run")
    assert wis("form", "publish", str(content_folder() / "forms" / "needs.xlsx")).code == 0
    finds(wis("doctor"), "note", "wave", "wis wave open")


def test_a_clock_that_was_moved_is_noted_and_used(wis: Wis) -> None:
    demo(wis)
    database = wis.database()
    with database.write() as conn:
        conn.execute(text("INSERT INTO note (name, value) VALUES ('clock.offset', '8640000.0')"))
    database.close()
    told = wis("doctor")
    finds(told, "note", "clock", "moved forward")
    finds(told, "note", "wave", "none is open")


@pytest.fixture
def content(wis: Wis, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of content/ that the doctor looks at."""
    copy = wis.folder / "content"
    shutil.copytree(content_folder(), copy)
    monkeypatch.setattr(command, "content_folder", lambda: copy)
    return copy


def change(path: Path, old: str, new: str) -> None:
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), "utf-8")


def test_a_sentence_or_a_placeholder_that_is_missing_in_one_language(wis: Wis, content: Path) -> None:
    file = next(file for file in sorted((content / "locale" / "en").glob("*.po")) if "{" in file.read_text("utf-8"))
    change(file, "{", "{un")
    finds(wis("doctor"), "wrong", "sentences", "en has other {placeholders}")
    shutil.copytree(content_folder(), content, dirs_exist_ok=True)
    (content / "locale" / "en" / "menu.po").unlink()
    told = wis("doctor")
    assert told.code == 1
    finds(told, "wrong", "sentences", "en lacks")


def test_a_consent_text_with_another_version_or_without_a_translation(wis: Wis, content: Path) -> None:
    file = next(iter(sorted((content / "consent").glob("*.en.md"))))
    change(file, "version: ", "version: 9")
    finds(wis("doctor"), "wrong", "content", file.name.split(".")[0], "another version")
    file.unlink()
    finds(wis("doctor"), "wrong", "consent texts", file.name)


def test_prices_with_a_slip_of_the_comma_or_none_at_all(wis: Wis, content: Path) -> None:
    change(content / "newsletter" / "prices.toml", "opener = 0.0741", "opener = 741")
    finds(wis("doctor"), "wrong", "prices", "between 0 and 1 euro")
    (content / "newsletter" / "prices.toml").unlink()
    finds(wis("doctor"), "note", "prices", "are unknown")


def test_templates_and_a_workbook_that_cannot_be_read(wis: Wis, content: Path) -> None:
    change(content / "templates.toml", "[[template]]", "[[template")
    (content / "forms" / "needs.xlsx").write_bytes(b"damaged")
    told = wis("doctor")
    assert told.code == 1
    finds(told, "wrong", "templates", "templates.toml")
    finds(told, "wrong", "questionnaire", "needs.xlsx")


def test_a_folder_that_cannot_be_written_is_wrong(wis: Wis) -> None:
    (wis.folder / "file").write_text("")
    told = wis("doctor", DATA_DIR=str(wis.folder / "file" / "data"))
    assert told.code == 1
    finds(told, "wrong", "database", "DATA_DIR")
