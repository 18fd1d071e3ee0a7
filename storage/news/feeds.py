"""Visits to the feeds: who goes when, what came of it, and the entries that were not known yet."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conversations.folding import words
from storage.news.suggestions import FEEDS, SUGGESTIONS

EVERY: Final = timedelta(hours=3)
LONGEST_PAUSE: Final = timedelta(hours=48)
MOST_NEW: Final = 50
"""Entries that one visit may bring: an editor's inbox, not an archive."""
TELLING: Final = 25
"""Characters from which two entries with one title are the same news; "Avviso" says nothing."""
KEPT: Final = timedelta(days=90)
LONGEST_ETAG: Final = 200
LONGEST_MODIFIED: Final = 60
MARKED: Final = timedelta(days=731)
"""For so long an entry that the feed still lists is known again, after its text is gone."""

_F, _S = FEEDS.c, SUGGESTIONS.c


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed as plain text; "" and None for what it does not say."""

    title: str
    summary: str = ""
    link: str = ""
    guid: str = ""
    published: datetime | None = None

    @property
    def mark(self) -> str:
        """What makes it the same entry in another visit or another feed: its link, else its id, else its words."""
        kind, text = ("link", _plain(self.link)) if self.link else ("id", self.guid)
        kind, text = (kind, text) if text else ("words", words(f"{self.title} {self.summary}"))
        return hashlib.sha256(f"{kind} {text}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Visit:
    """What the feed's server asked us to say with the next question."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of a feed: times of the last try and the last success, failures in a row, and why."""

    tried_at: datetime | None
    worked_at: datetime | None
    failures: int
    problem: str


def pause(failures: int) -> timedelta:
    """How long after a try the next one may come: three hours, doubled with each failure up to two days."""
    return min(EVERY * (1 << min(failures, 10)), LONGEST_PAUSE)


def set_out(conn: Connection, name: str, url: str, at: datetime, anyway: bool = False) -> Visit | None:
    """The visit is ours, for the one process that asks first; None where it is not due yet, unless `anyway`."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    conn.execute(
        dialect.insert(FEEDS)
        .values(name=name, url=url, etag="", modified="", failures=0, problem="")
        .on_conflict_do_nothing(index_elements=["name"])
    )
    row = conn.execute(select(FEEDS).where(_F.name == name).with_for_update()).one()
    moved = row.url != url
    # a quarter of an hour early is on time: the clock does not tick to the second
    due = row.tried_at is None or at >= row.tried_at + pause(row.failures) - timedelta(minutes=15)
    if not (due or moved or anyway):
        return None
    fresh = {"url": url, "etag": "", "modified": "", "failures": 0, "problem": "", "worked_at": None} if moved else {}
    conn.execute(update(FEEDS).where(_F.name == name).values(tried_at=at, **fresh))
    return Visit() if moved else Visit(row.etag, row.modified)


def came_back(conn: Connection, name: str, at: datetime, visit: Visit) -> None:
    """The visit worked; the next one says this, as far as the row can hold it whole."""
    etag = visit.etag if len(visit.etag) <= LONGEST_ETAG else ""
    modified = visit.modified if len(visit.modified) <= LONGEST_MODIFIED else ""
    found = {"worked_at": at, "failures": 0, "problem": "", "etag": etag, "modified": modified}
    conn.execute(update(FEEDS).where(_F.name == name).values(**found))


def failed(conn: Connection, name: str, problem: str) -> None:
    """The visit brought nothing, for this reason; the next one comes later."""
    conn.execute(update(FEEDS).where(_F.name == name).values(failures=_F.failures + 1, problem=problem[:200]))


def keep(conn: Connection, feed: str, entries: Sequence[Entry], at: datetime) -> tuple[int, bool]:
    """The first MOST_NEW entries that nobody has seen are in the inbox, from the feed with this title; how many, and
    whether others had to wait."""
    titles = [entry.title for entry in entries if len(entry.title) >= TELLING]
    known = select(_S.mark, _S.title).where(or_(_S.mark.in_([e.mark for e in entries]), _S.title.in_(titles)))
    rows = conn.execute(known).all()
    marks, said = {row.mark for row in rows}, {row.title for row in rows if len(row.title) >= TELLING}
    new: list[Entry] = []
    for entry in entries:
        if entry.mark not in marks and entry.title not in said:
            new.append(entry)
            marks.add(entry.mark)
            said |= {entry.title} if len(entry.title) >= TELLING else set()
    kept = sum(_keep_one(conn, feed, entry, at) for entry in new[:MOST_NEW])
    return kept, len(new) > MOST_NEW


def _keep_one(conn: Connection, feed: str, entry: Entry, at: datetime) -> bool:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    row = dialect.insert(SUGGESTIONS).values(
        id=secrets.token_urlsafe(16),
        feed=feed,
        mark=entry.mark,
        title=entry.title,
        summary=entry.summary,
        link=entry.link,
        published=entry.published,
        found_at=at,
        status="new",
    )
    return conn.execute(row.on_conflict_do_nothing(index_elements=["mark"]).returning(_S.id)).first() is not None


def states(conn: Connection) -> dict[str, FeedState]:
    """What is known of each feed that was ever visited, by its name."""
    rows = conn.execute(select(FEEDS))
    return {row.name: FeedState(row.tried_at, row.worked_at, row.failures, row.problem) for row in rows}


def waiting(conn: Connection) -> dict[str, int]:
    """How many suggestions nobody has used or dropped yet, by the title of the feed they are from."""
    counts = select(_S.feed, func.count()).where(_S.status == "new").group_by(_S.feed)
    return {feed: int(count) for feed, count in conn.execute(counts)}


def drop_old(conn: Connection, at: datetime) -> int:
    """Suggestions of 90 days ago are empty, so that a feed that still lists them does not bring them again; after two
    years they are gone. How many were emptied."""
    old = (_S.found_at < at - KEPT, _S.title != "")
    emptied = conn.execute(update(SUGGESTIONS).where(*old).values(title="", summary="", link="")).rowcount
    conn.execute(update(SUGGESTIONS).where(_S.title == "", _S.status == "new").values(status="dropped"))
    conn.execute(delete(SUGGESTIONS).where(_S.found_at < at - MARKED))
    return emptied


def _plain(link: str) -> str:
    """The link without what differs between two copies of it: scheme, www, campaign marks, the last slash."""
    parts = urlsplit(link)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith("utm_")]
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{urlencode(query)}"
