"""W8: an issue for 100,000 people: the plan, their rows, the cancel; and how long a reply takes meanwhile."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from bench.figures import CONSOLE, Rounds, disk, table
from bench.vouchers import postgresql, sqlite
from bench.w8_work import CHANNELS
from storage.crypto import KeyRing
from storage.db import Database
from storage.news.readers import READERS
from storage.people import ADDRESSES, CONSENTS, PEOPLE
from tests.office import NOW

PEOPLE_COUNT = 100_000
AT_ONCE = 5_000
SHOWN: Mapping[str, tuple[str, str]] = {
    "plan": ("plan, s", "< 2"),
    "plan_cpu": ("of it CPU of our process, s", ""),
    "enqueue": ("enqueue, s", "< 10"),
    "enqueue_cpu": ("of it CPU of our process, s", ""),
    "enqueue_busy": ("the same while somebody writes, s", ""),
    "settle": ("cancel, s", ""),
    "cancel": ("control: cancel in one statement, s", ""),
    "alone": ("a reply alone, p99 ms", ""),
    "slow": ("a reply while people are enqueued, p99 ms", "< 1,000"),
    "slow_settle": ("a reply during the cancel, p99 ms", "< 1,000"),
    "slow_cancel": ("control: a reply during the one statement, p99 ms", ""),
    "rss": ("RSS at most, MB", "< 250"),
    "grown": ("of it grown meanwhile, MB", ""),
}
"""Figure by figure: its name in the table, and the goal of quality.md."""
READING = """\
The plan counts the audience by channel, window and language. Enqueuing is the program's own chore, batch by batch.
Replies are whole turns of one person who writes as soon as she has her answer. The cancel takes people back in
batches too; the control does it in one statement. RSS is the most the measured process ever had. PostgreSQL has its
statistics, as autovacuum gives them to a database that grew in years.\
"""


def run(folder: Path, rounds: int, count: int = PEOPLE_COUNT) -> list[Rounds]:
    """Measures on SQLite and PostgreSQL, and prints."""
    folder.mkdir(parents=True, exist_ok=True)
    CONSOLE.print(f"{datetime.now(UTC).date()}; one fsync on this disk takes {disk(folder):.2f} ms.")
    found = []
    for name, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        measured = Rounds(name)
        for number in range(1, rounds + 1):
            CONSOLE.print(f"W8, {name}, round {number} of {rounds}")
            with opened(folder) as database:
                fill(database, count)
                measured.add(**_measured(database))
        found.append(measured)
    rows = [
        (told, *(f"{one.median(name):.{2 if told.endswith(' s') else 0}f}" for one in found), goal)
        for name, (told, goal) in SHOWN.items()
    ]
    columns = (f"W8: {count:,} people, {rounds} rounds", *(one.name for one in found), "goal")
    table("W8: a newsletter for everybody", columns, rows, READING)
    return found


def fill(database: Database, count: int) -> None:
    """So many people who said yes: every fourth on WhatsApp, every tenth on both, some with an hour of their own."""
    for first in range(0, count, AT_ONCE):
        with database.write() as conn:
            _people(conn, database.keys, range(first, min(count, first + AT_ONCE)))
    if database.kind == "postgresql":
        with database.write() as conn:
            conn.exec_driver_sql("ANALYZE")


def _people(conn: Connection, keys: KeyRing, numbers: range) -> None:
    ids = {number: f"p{(number * 7_919) % 10_000_019:08}" for number in numbers}
    old = NOW - timedelta(days=30)
    conn.execute(
        insert(PEOPLE),
        [
            {"id": who, "language": "it" if number % 9 else "en", "created_at": old, "seen_at": old, "demo": False}
            for number, who in ids.items()
        ],
    )
    rows = []
    for number, who in ids.items():
        channels = ("whatsapp",) if number % 4 == 0 else CHANNELS if number % 10 == 1 else ("telegram",)
        for channel in channels:
            value = f"+1202{number:07}" if channel == "whatsapp" else f"{number + 1_000}"
            rows.append(
                {
                    "person_id": who, "channel": channel, "kind": "id", "value": value, "first_seen": old,
                    "value_hash": keys.hash("address", f"{channel}:{value}"),
                    "last_inbound": NOW - timedelta(hours=number % 100),
                }
            )  # fmt: skip
    conn.execute(insert(ADDRESSES), rows)
    yes = {"purpose": "newsletter", "given": True, "text_version": "1", "language": "it", "channel": "telegram"}
    conn.execute(insert(CONSENTS), [{"person_id": who, "at": old} | yes for who in ids.values()])
    hours = [(who, "18:00") for number, who in ids.items() if number % 7 == 0]
    conn.execute(insert(READERS), [{"person_id": who, "channel": "", "hour": hour} for who, hour in hours])


def _measured(database: Database) -> dict[str, float]:
    """The figures of a new process that works on this database."""
    url = database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-m", "bench.w8_work", url], stdout=subprocess.PIPE, check=True, text=True)
    return {name: float(value) for name, value in json.loads(done.stdout.splitlines()[-1]).items()}
