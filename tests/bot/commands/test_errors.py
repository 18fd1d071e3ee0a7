"""What goes wrong is told in one clear line that says what to do, with exit code 1, without a secret or a trace."""

import shutil
import socket
from pathlib import Path

import pytest

from bot import assembly
from storage.content import content_folder
from tests.bot.commands.command_line import Told, Wis, ring

PASSWORD = "hunter22"


def clear(told: Told, *words: str) -> None:
    assert told.code == 1, told.all
    assert "Traceback" not in told.all
    assert '  File "' not in told.all
    assert PASSWORD not in told.all
    assert len(told.err.strip().splitlines()) <= 3, told.err
    for word in words:
        assert word in told.err, told.err


def test_a_port_in_use(wis: Wis) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        clear(wis("run", HTTP_PORT=str(port)), f"127.0.0.1:{port}", "another", "HTTP_PORT=")


def test_an_address_of_another_machine(wis: Wis) -> None:
    clear(wis("run", HTTP_HOST="203.0.113.9", SIMULATOR="off"), "203.0.113.9", "HTTP_HOST")


@pytest.mark.parametrize("keys", ["", ring("k1")], ids=["demo key", "own key"])
def test_a_folder_that_cannot_be_written(wis: Wis, keys: str) -> None:
    file = wis.folder / "file"
    file.write_text("no folder")
    clear(wis("run", DATA_DIR=str(file / "data"), WIS_SECRET_KEYS=keys), "DATA_DIR", str(file))


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://wis:{PASSWORD}@localhost/wis",
        f"postgresql://wis:{PASSWORD}@localhost:port/wis",
        f"postgresql://wis:{PASSWORD}/x@localhost/wis",
        "wis.db",
    ],
)
def test_a_database_address_that_makes_no_sense(wis: Wis, url: str) -> None:
    clear(wis("run", DATABASE_URL=url), "DATABASE_URL")


def test_a_postgresql_that_is_not_there(wis: Wis) -> None:
    url = f"postgresql://wis:{PASSWORD}@127.0.0.1:1/wis"
    clear(wis("run", DATABASE_URL=url), "database", "DATABASE_URL right?")
    clear(wis("demo", "codes", DATABASE_URL=url), "database")


def test_a_file_that_is_no_database(wis: Wis) -> None:
    folder = wis.folder / "data"
    folder.mkdir()
    (folder / "wis.db").write_text("this is a letter to my aunt, by no means a database, and it is long enough " * 20)
    clear(wis("run"), "not a database", "DATA_DIR")


def test_the_wrong_key_is_noticed_at_the_start(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes").code == 0
    clear(wis("run", WIS_SECRET_KEYS=ring("other")), "other", "need the key", "docs/howto/keys.md")


def test_another_key_under_the_old_name_is_noticed_at_the_start(wis: Wis) -> None:
    assert wis("demo", "reset", "--yes", WIS_SECRET_KEYS=ring("k1")).code == 0
    told = wis("run", WIS_SECRET_KEYS=ring("k1"))
    assert told.code == 1
    assert "another one than before under its old name" in told.err


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("WIS_SECRET_KEYS", "abc", "wis keys new"),
        ("HTTP_PORT", "eighty", "HTTP_PORT"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL"),
        ("DEFAULT_LANGUAGE", "xx", "DEFAULT_LANGUAGE"),
        ("TZ_NAME", "Europe/Atlantis", "TZ_NAME"),
        ("TELEGRAM_BOT_TOKEN", "nonsense", "TELEGRAM_BOT_TOKEN"),
        ("TWILIO_ACCOUNT_SID", "AC0001", "TWILIO_AUTH_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named(wis: Wis, setting: str, value: str, word: str) -> None:
    told = wis("run", **{setting: value})
    assert told.code == 1
    assert "Traceback" not in told.all
    assert word in told.err


def test_a_misspelt_setting_is_pointed_out(wis: Wis, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKN=123:abc\n")
    told = wis("form", "list")
    assert told.code == 0
    assert "did you mean TELEGRAM_BOT_TOKEN?" in told.err


def test_a_damaged_file_of_content_is_named_at_the_first_start(wis: Wis, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = wis.folder / "content"
    shutil.copytree(content_folder(), copy)
    monkeypatch.setattr(assembly, "content_folder", lambda: copy)
    (copy / "forms" / "needs.xlsx").write_bytes(b"damaged")
    clear(wis("run"), "content/forms/needs.xlsx")
    shutil.copytree(content_folder(), copy, dirs_exist_ok=True)
    (copy / "templates.toml").write_text("[[template")
    clear(wis("run"), "templates.toml")
    (copy / "consent" / "notice.en.md").write_text("no version")
    clear(wis("run"), "content/consent/notice.en.md")
