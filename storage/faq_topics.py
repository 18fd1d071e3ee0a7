"""Topics as rows: what each says now and said before, who signed it, and the number that grows with every change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, ForeignKey, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import Conflict, table
from storage.prepared import Prepared
from storage.types import Time

Data = Mapping[str, Any]
"""A topic as its file tells it: the names of the front matter, and the answers by language under "answer"."""

READ: Final = frozenset({"title", "answer", "norms", "body", "page", "covered"})
"""What people read: a signature is for these, and ends when one of them changes."""
SHIPPED: Final = "file"
"""Why a version was written: it came from content/faq."""


class TopicRow(SQLModel, table=True):
    """A topic by its id. `source` is the digest of the file its text came from last, `edited` whether somebody
    changed what people read since then."""

    __tablename__ = "faq_topic"

    id: str = Field(primary_key=True, max_length=60)
    version: int
    published: bool
    edited: bool = False
    source: str = Field(default="", max_length=64)


class VersionRow(SQLModel, table=True):
    """A topic as it was from `at` on; never changed once written."""

    __tablename__ = "faq_version"

    topic_id: str = Field(sa_column=Column(ForeignKey("faq_topic.id"), primary_key=True))
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    data: Any = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=Time)
    by: str = Field(default="", max_length=22, index=True)
    why: str = Field(max_length=20)


class StampRow(SQLModel, table=True):
    """One row whose number grows with every change of any topic: whoever keeps an index compares it."""

    __tablename__ = "faq_stamp"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int


TOPICS, VERSIONS, STAMP = table(TopicRow), table(VersionRow), table(StampRow)
_T, _V = TOPICS.c, VERSIONS.c


@dataclass(frozen=True, slots=True)
class KnownTopic:
    """A topic as its rows hold it now."""

    id: str
    version: int
    published: bool
    edited: bool
    source: str
    data: Data


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """One version of a topic."""

    version: int
    data: Data
    at: datetime
    by: str
    why: str


def stamp(conn: Connection) -> int:
    """The number of the last change of any topic."""
    found = _STAMP.first(conn)
    return 0 if found is None else int(found.number)


def topics(conn: Connection) -> list[KnownTopic]:
    """Every topic as it is now, by id."""
    now = (_V.topic_id == _T.id) & (_V.version == _T.version)
    query = select(_T.id, _T.version, _T.published, _T.edited, _T.source, _V.data).join(VERSIONS, now)
    return [KnownTopic(*row) for row in conn.execute(query.order_by(_T.id))]


def topic(conn: Connection, key: str) -> KnownTopic | None:
    """The topic with this id."""
    now = (_V.topic_id == _T.id) & (_V.version == _T.version)
    query = select(_T.id, _T.version, _T.published, _T.edited, _T.source, _V.data).join(VERSIONS, now)
    row = conn.execute(query.where(_T.id == key)).first()
    return None if row is None else KnownTopic(*row)


def history(conn: Connection, key: str, limit: int = 8) -> list[KnownVersion]:
    """The last versions of a topic, the newest first."""
    query = select(_V.version, _V.data, _V.at, _V.by, _V.why).where(_V.topic_id == key)
    return [KnownVersion(*row) for row in conn.execute(query.order_by(_V.version.desc()).limit(limit))]


def name_of(conn: Connection, person_id: str) -> str:
    """The name this person signed with last, empty if she never did."""
    signed = select(_V.data).where(_V.by == person_id, _V.why.in_(("signed", "confirmed"))).order_by(_V.at.desc())
    data = conn.execute(signed.limit(1)).scalar()
    return str(data.get("verified_by") or "") if isinstance(data, dict) else ""


def ship(conn: Connection, data: Data, source: str, at: datetime) -> bool:
    """The topic says what its file says, unless somebody edited it since; whether anything was written.

    A signature and a later expiry stay as long as what people read is the same.
    """
    key = str(data["id"])
    held = topic(conn, key)
    if held is None:
        _begin(conn, key, data, True, source, "", SHIPPED, at)
        return True
    if held.source == source:
        return False
    if held.edited:
        conn.execute(update(TOPICS).where(_T.id == key).values(source=source))
        return False
    if all(held.data.get(name) == data.get(name) for name in READ):
        kept = ("verified_on", "verified_by", "valid_until") if held.data.get("verified_on") else ()
        data = {**data, **{name: held.data.get(name) for name in kept}}
    _next(conn, held, data, SHIPPED, "", at, source=source)
    return True


def change(
    conn: Connection, key: str, version: int, patch: Mapping[str, Json], why: str, by: str, at: datetime, today: date
) -> None:
    """The next version of the topic has these fields; version 0 begins a topic, which answers nobody yet.

    The field "published" tells whether it answers. Raises Conflict where the topic is not at this version any more.
    """
    fields = {name: value for name, value in patch.items() if name != "published"}
    published = patch.get("published")
    if version == 0:
        if topic(conn, key) is not None:
            raise Conflict("a topic of this name was begun meanwhile")
        data = {"id": key, "drafted_on": today.isoformat(), **fields}
        _begin(conn, key, data, bool(published), "", by, why, at)
        return
    held = topic(conn, key)
    if held is None or held.version != version:
        raise Conflict("the topic was changed meanwhile")
    data = {**held.data, **fields}
    rewritten = any(held.data.get(name) != data.get(name) for name in READ)
    if rewritten and "verified_on" not in fields:
        data |= {"verified_on": None, "verified_by": "", "drafted_on": today.isoformat()}
    answers = held.published if published is None else bool(published)
    _next(conn, held, data, why, by, at, published=answers, edited=held.edited or rewritten or "phrasings" in fields)


def restore(conn: Connection, key: str, version: int, to: int, by: str, at: datetime) -> None:
    """The next version of the topic is version `to` once more. Raises Conflict as `change` does."""
    held = topic(conn, key)
    data = conn.execute(select(_V.data).where(_V.topic_id == key, _V.version == to)).scalar()
    if held is None or held.version != version or not isinstance(data, dict):
        raise Conflict("the topic was changed meanwhile")
    _next(conn, held, data, "restored", by, at, edited=True)


def forget_author(conn: Connection, person_id: str) -> None:
    """Versions of this person stay, without her id; the name on a signature is part of what was published."""
    conn.execute(update(VERSIONS).where(_V.by == person_id).values(by="erased"))


def _begin(
    conn: Connection, key: str, data: Data, published: bool, source: str, by: str, why: str, at: datetime
) -> None:
    conn.execute(insert(TOPICS).values(id=key, version=1, published=published, edited=why != SHIPPED, source=source))
    conn.execute(insert(VERSIONS).values(topic_id=key, version=1, data=dict(data), at=at, by=by, why=why))
    _grow(conn)


def _next(
    conn: Connection, held: KnownTopic, data: Data, why: str, by: str, at: datetime, **values: bool | str
) -> None:
    moved = conn.execute(
        update(TOPICS).where(_T.id == held.id, _T.version == held.version).values(version=held.version + 1, **values)
    ).rowcount
    if not moved:
        raise Conflict("the topic was changed meanwhile")
    number = held.version + 1
    conn.execute(insert(VERSIONS).values(topic_id=held.id, version=number, data=dict(data), at=at, by=by, why=why))
    _grow(conn)


def _grow(conn: Connection) -> None:
    if not conn.execute(update(STAMP).values(number=STAMP.c.number + 1)).rowcount:
        conn.execute(insert(STAMP).values(id=1, number=1))


_STAMP: Final = Prepared(select(STAMP.c.number))
