"""The doctor looks at the database, the keys, and what waits in it. Nothing is changed there."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.clock import NOTE
from bot.commands.findings import Finding, few, note, ok, wrong
from bot.keys import DEMO_KEY_FILE, open_keys
from bot.settings import Settings, SettingsError
from bot.web import MOST_WAITING, age
from storage import checkup, events, forms, migrate, outbox, seeds
from storage.crypto import KeyRing
from storage.db import Database
from storage.notes import read_note
from storage.rotation import columns, key_troubles, waiting

MINUTE = 60.0


def database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything about what is stored. Raises the database's errors."""
    keys = None
    try:
        if settings.wis_secret_keys.get_secret_value() or (settings.data_dir / DEMO_KEY_FILE).exists():
            keys, _ = open_keys(settings)
    except SettingsError as error:
        yield from (wrong("keys", problem) for problem in error.problems)
        return
    file = Path(settings.database.removeprefix("sqlite:///")) if settings.database.startswith("sqlite:") else None
    if file is not None and not file.exists():
        yield from _to_be_made(file)
        return
    if keys is None:
        yield wrong("keys", f"there is a database, but neither WIS_SECRET_KEYS nor {DEMO_KEY_FILE} in DATA_DIR")
        return
    with closing(Database(settings.database, keys)) as opened:
        state = checkup.condition(opened)
        place = f", {file}" if file else ""
        if state.lasting:
            yield ok("database", f"{state.engine}{place}; what is committed survives a power cut ({state.modes})")
        else:
            yield wrong("database", f"{state.engine} may lose committed messages in a power cut: {state.modes}")
        there, needed = migrate.current(opened), migrate.newest()
        if there is None:
            yield note("schema", "no tables yet: `wis run` makes them")
            return
        if there != needed:
            yield wrong("schema", f"it is {there}, this program needs {needed}: `wis run` brings it up to date")
            return
        checkup.try_to_write(opened)
        yield ok("schema", f"{there}, up to date and writable")
        with opened.read() as conn:
            yield from _keys(conn, keys, settings)
            moved = None if settings.live else read_note(conn, NOTE)
            if isinstance(moved, int | float):
                now += timedelta(seconds=moved)
                yield note("clock", f"moved forward on the simulator page, to {now:%Y-%m-%d %H:%M} UTC")
            yield from _questionnaire(conn, now)
            yield from _waiting(conn, now)


def _to_be_made(file: Path) -> Iterator[Finding]:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if folder.is_dir() and checkup.writable(folder):
        yield note("database", f"{file} does not exist yet: `wis run` makes it")
    else:
        yield wrong("database", f"{file} cannot be made: choose a DATA_DIR you may write to")


def _keys(conn: Connection, keys: KeyRing, settings: Settings) -> Iterator[Finding]:
    troubles = key_troubles(conn, keys, whole=True)
    yield from (wrong("keys", trouble) for trouble in troubles)
    if troubles:
        return
    if not settings.wis_secret_keys.get_secret_value():
        yield note("keys", f"the demo key ({settings.data_dir / DEMO_KEY_FILE}) is in use; for trying out only")
    else:
        yield ok("keys", f"{few(list(keys.ids))}: everything stored can be read")
    if old := sum(waiting(conn, table, keys) for table in columns()):
        yield note("keys", f"{old} rows are not under the newest key {keys.current_id} yet: `wis keys rotate`")


def _questionnaire(conn: Connection, now: datetime) -> Iterator[Finding]:
    published = forms.versions(conn, seeds.NEEDS)
    if not published:
        yield note("published form", "none yet: `wis run` publishes content/forms/needs.xlsx")
        return
    yield ok("published form", f"{seeds.NEEDS} {published[-1]}")
    wave = next((wave for wave in forms.waves(conn) if wave.opens_at <= now < wave.closes_at), None)
    if wave is None:
        yield note("wave", "none is open, so nobody can answer: `wis wave open --closes DATE`")
    else:
        yield ok("wave", f"open until {wave.closes_at:%Y-%m-%d %H:%M} UTC with version {wave.form_version}")


def _waiting(conn: Connection, now: datetime) -> Iterator[Finding]:
    if dead := events.dead_count(conn):
        yield wrong("dead letters", f"{dead} not worked: `wis events list`; when mended, `wis events retry`")
    else:
        yield ok("dead letters", "none")
    backlog = outbox.backlog(conn, now)
    waited = age(backlog, now)
    if waited >= MOST_WAITING:
        words = f"{backlog.waiting} messages wait, the oldest for {waited / MINUTE:.0f} minutes."
        yield wrong("outbox", f"{words} Is `wis run` running? /healthz says how its channels are")
    else:
        yield ok("outbox", f"{backlog.waiting} messages wait")
    if backlog.failed:
        yield note("outbox", f"{backlog.failed} messages could not be delivered at all; the log says why")
