"""Questions that wait for an answer, what readers said of answers: counted, grouped, without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, Connection, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from storage.db import Conflict, table
from storage.types import Secret, Time

OPEN, ANSWERED, DISMISSED = "open", "answered", "dismissed"

VERDICTS: Final = ("served", "off_topic", "not_enough")


class RatingRow(SQLModel, table=True):
    """How often readers said this of a version of a topic; nobody is named."""

    __tablename__ = "faq_rating"

    topic_id: str = Field(primary_key=True, max_length=60)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    verdict: str = Field(primary_key=True, max_length=12)
    times: int


class AskedRow(SQLModel, table=True):
    """A question a person let us keep; its text is masked before it comes here."""

    __tablename__ = "faq_asked"

    id: str = Field(primary_key=True, max_length=22)
    group_id: str = Field(max_length=22, index=True)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=22)
    text: str = Field(sa_column=Column(Secret("faq_asked.text"), nullable=False))
    language: str = Field(max_length=8)
    reason: str = Field(max_length=12)
    topic_id: str = Field(default="", max_length=60)
    state: str = Field(default=OPEN, max_length=10, index=True)
    asked_at: datetime = Field(sa_type=Time)
    closed_at: datetime | None = Field(default=None, sa_type=Time)


RATINGS, ASKED = table(RatingRow), table(AskedRow)
_R, _A = RATINGS.c, ASKED.c

ANSWERED_KEPT: Final = timedelta(days=90)
OPEN_KEPT: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question of the queue as its row holds it."""

    id: str
    group_id: str
    person_id: str
    text: str
    language: str
    reason: str
    topic_id: str
    asked_at: datetime


def rate(conn: Connection, topic_id: str, version: int, verdict: str) -> None:
    """The verdict counts one more."""
    here = (_R.topic_id == topic_id, _R.version == version, _R.verdict == verdict)
    if not conn.execute(update(RATINGS).where(*here).values(times=_R.times + 1)).rowcount:
        conn.execute(insert(RATINGS).values(topic_id=topic_id, version=version, verdict=verdict, times=1))


def ratings(conn: Connection) -> dict[str, tuple[int, int, int]]:
    """How often each topic served, was off topic, told too little; over all its versions."""
    found: dict[str, dict[str, int]] = {}
    query = select(_R.topic_id, _R.verdict, func.sum(_R.times)).group_by(_R.topic_id, _R.verdict)
    for key, verdict, count in conn.execute(query):
        found.setdefault(key, {})[verdict] = int(count)
    return {key: (n.get("served", 0), n.get("off_topic", 0), n.get("not_enough", 0)) for key, n in found.items()}


def ask(
    conn: Connection,
    key: str,
    group_id: str,
    person_id: str,
    text: str,
    language: str,
    reason: str,
    topic_id: str,
    at: datetime,
) -> None:
    """The question waits in this group; the same person's question counts once in a group."""
    asked = select(_A.id).where(_A.group_id == group_id, _A.person_id == person_id, _A.state == OPEN)
    if conn.execute(asked).first() is None:
        conn.execute(
            insert(ASKED).values(
                id=key,
                group_id=group_id,
                person_id=person_id,
                text=text,
                language=language,
                reason=reason,
                topic_id=topic_id,
                state=OPEN,
                asked_at=at,
            )
        )


def waiting(conn: Connection, limit: int = 1_000) -> list[KnownQuestion]:
    """The open questions, the oldest first."""
    query = select(_A.id, _A.group_id, _A.person_id, _A.text, _A.language, _A.reason, _A.topic_id, _A.asked_at).where(
        _A.state == OPEN
    )
    return [KnownQuestion(*row) for row in conn.execute(query.order_by(_A.asked_at, _A.id).limit(limit))]


def of_group(conn: Connection, group_id: str) -> list[KnownQuestion]:
    """The open questions of a group, the oldest first."""
    return [question for question in waiting(conn) if question.group_id == group_id]


def close(conn: Connection, group_id: str, state: str, at: datetime) -> None:
    """No question of the group is open. Raises Conflict where none was."""
    here = (_A.group_id == group_id, _A.state == OPEN)
    if not conn.execute(update(ASKED).where(*here).values(state=state, closed_at=at)).rowcount:
        raise Conflict("somebody else closed these questions")


def drop_old(conn: Connection, at: datetime) -> int:
    """Answered questions are gone after 90 days, open ones after a year; how many went."""
    closed = delete(ASKED).where(_A.closed_at < at - ANSWERED_KEPT)
    left = delete(ASKED).where(_A.state == OPEN, _A.asked_at < at - OPEN_KEPT)
    return conn.execute(closed).rowcount + conn.execute(left).rowcount


def ids_of(questions: Sequence[KnownQuestion]) -> list[str]:
    """The people who asked, each once, in order."""
    return list(dict.fromkeys(question.person_id for question in questions))
