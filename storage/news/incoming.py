"""Files editors sent for an issue: waiting to be fetched, read into items, and forgotten but for what was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final

from sqlalchemy import Connection, delete, select, update

from conversations.folding import words
from conversations.news.life import MOST_ITEMS, may, put, revised
from conversations.news.views import Issue, Item
from storage import timers
from storage.money.actors import held
from storage.news import views
from storage.news.files import NewsFile, failed, read_bytes
from storage.news.issues import FILES
from storage.news.orders import WAITING, write
from storage.news.word import LARGEST, read_word

READ: Final = "read"
TELLS: Final = "newsroom:file"
"""The timer that tells an editor what became of her file; its subject is the issue's id."""
FIRST_PAUSE: Final = timedelta(seconds=10)
KEPT: Final = timedelta(days=7)
"""How long it is remembered that a file came and what was wrong with it."""
MOST_BYTES: Final = LARGEST
_OTHER: Final = (b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8")

_F = FILES.c


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is still with its provider."""

    id: int
    channel: str
    ref: str
    attempts: int


def files_to_read(conn: Connection, channels: Sequence[str], at: datetime, limit: int = 10) -> list[Waiting]:
    """The files of these channels that are to be asked for at `at`; each try waits twice as long as the last."""
    query = select(_F.id, _F.channel, _F.ref, _F.attempts, _F.created_at)
    query = query.where(_F.status == WAITING, _F.channel.in_(channels)).order_by(_F.id)
    ready = (row for row in conn.execute(query) if row.created_at + FIRST_PAUSE * (2**row.attempts - 1) <= at)
    return [Waiting(r.id, r.channel, r.ref, r.attempts) for r, _ in zip(ready, range(limit), strict=False)]


def understood(data: bytes) -> NewsFile:
    """What the file says, whatever sort of file it is."""
    if data.startswith(b"PK\x03\x04"):
        return read_word(data)
    if data.startswith(_OTHER) or b"\0" in data[:4096]:
        return failed("kind")
    return read_bytes(data)


def miss(conn: Connection, key: int, final: bool, at: datetime) -> None:
    """The file could not be had this time; or never will be, which its editor is told."""
    if final:
        _close(conn, key, 0, failed("lost"), at)
    else:
        conn.execute(update(FILES).where(_F.id == key).values(attempts=_F.attempts + 1))


def receive(conn: Connection, key: int, read: NewsFile, at: datetime) -> int:
    """The items of the file are in its issue and the editor is told; how many.

    An item with the Italian title of one that is there already replaces it, so that a mended file can be sent again.
    """
    row = conn.execute(select(_F.issue_id, _F.person_id, _F.status).where(_F.id == key)).first()
    if row is None or row.status != WAITING:
        return 0
    issue = views.issue(conn, row.issue_id, lock=True)
    if issue is None or row.person_id is None or not may("edit", issue, held(conn, row.person_id).roles):
        _close(conn, key, 0, failed("late"), at)
        return 0
    then, added = with_items(issue, read.items)
    if added < len(read.items):
        read = replace(read, faults=(*read.faults, *failed("many").faults))
    write(conn, issue, then)
    _close(conn, key, added, read, at)
    return added


def with_items(issue: Issue, items: Sequence[Item]) -> tuple[Issue, int]:
    """The next revision of the issue with these items, as far as there is room, and how many they are."""
    held_, added = issue.items, 0
    for item in items:
        title = words(item.title.get("it", ""))
        same = next((one.id for one in held_ if words(one.title.get("it", "")) == title), "")
        if not same and len(held_) >= MOST_ITEMS:
            continue
        held_ = put(held_, replace(item, id=same or token_urlsafe(16)))
        added += 1
    return (issue if held_ == issue.items else revised(replace(issue, items=held_))), added


def forget_files(conn: Connection, at: datetime) -> int:
    """What was said of files that are long read is gone; how many."""
    return conn.execute(delete(FILES).where(_F.created_at < at - KEPT, _F.status != WAITING)).rowcount


def _close(conn: Connection, key: int, added: int, read: NewsFile, at: datetime) -> None:
    problems = [[line, name, said] for line, name, said in read.faults]
    conn.execute(update(FILES).where(_F.id == key).values(status=READ, ref="", added=added, problems=problems))
    row = conn.execute(select(_F.person_id, _F.issue_id).where(_F.id == key)).one()
    if row.person_id is not None:
        timers.set_timer(conn, row.person_id, TELLS, row.issue_id, at, {})
