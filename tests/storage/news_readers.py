"""Readers and issues of the newsletter for tests: rows as they would be, each in a line."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from conversations.events import Address
from storage import people
from storage.news.enqueue import enqueue_batch
from storage.news.issues import ISSUES
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 10, 11, 30, tzinfo=UTC)
"""The second Tuesday of November, 12:30 in Milan."""
CHANNELS = ("telegram", "whatsapp")
LONG_AGO = NOW - timedelta(days=40)


def reader(
    conn: Connection,
    name: str,
    *channels: str,
    yes: bool | None = True,
    language: str = "it",
    wrote: datetime | Sequence[datetime] = LONG_AGO,
    chosen: str = "",
    hour: str = "",
    demo: bool = False,
) -> list[int]:
    """She exists, has an address on each channel (the last one written from last), and said this; their numbers."""
    people.add_guest(conn, name, language, LONG_AGO, demo)
    keys = []
    for number, channel in enumerate(channels or ("telegram",)):
        at = wrote[number] if isinstance(wrote, Sequence) else wrote + timedelta(minutes=number)
        address = people.add_address(conn, name, Address(channel, f"{name}{number}"), f"{channel}:{name}{number}", at)
        keys.append(address.id)
    if yes is not None:
        says(conn, name, yes)
    if chosen or hour:
        conn.execute(insert(READERS).values(person_id=name, topics=None, channel=chosen, hour=hour))
    return keys


def says(conn: Connection, name: str, yes: bool, at: datetime = LONG_AGO) -> None:
    """Her last word on the newsletter."""
    people.record_consent(conn, name, "newsletter", yes, "v1", "it", "telegram", at)


def issue(conn: Connection, key: str = "n1", state: str = "sending", **values: Any) -> str:
    """An issue without items; the number is its id."""
    row = {
        "id": key,
        "number": key,
        "kind": "monthly",
        "title": {"it": "Prova"},
        "state": state,
        "revision": 1,
        "created_at": LONG_AGO,
        "started_at": NOW,
    }
    conn.execute(insert(ISSUES).values(**(row | values)))
    return key


def enqueue(conn: Connection, key: str = "n1", at: datetime = NOW, size: int = 2_000) -> None:
    """Everybody it goes to has a row."""
    while not enqueue_batch(conn, key, CHANNELS, at, ROME, size):
        pass


def rows(conn: Connection, key: str = "n1") -> dict[str, Any]:
    """The recipients' rows by person."""
    found = conn.execute(select(RECIPIENTS).where(RECIPIENTS.c.issue_id == key)).all()
    assert len({row.person_id for row in found}) == len(found)
    return {row.person_id: row for row in found}
