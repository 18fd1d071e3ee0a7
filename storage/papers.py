"""Documents of requests and claims: files that were sent, and papers a person of the association saw elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Column, Connection, Row, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.rules.pictures import kind_of, stripped
from storage.db import Conflict, table
from storage.types import Secret, SecretBytes, Time

WANTED, SENT, VERIFIED, REFUSED = "wanted", "sent", "verified", "refused"
WAITING, KEPT, LOST, NONE = "waiting", "kept", "lost", "none"
FIRST_PAUSE = timedelta(seconds=10)


class PaperRow(SQLModel, table=True):
    """One document of a request or claim (`owner_id`); of a sensitive one only that it was seen, by whom and when."""

    __tablename__ = "paper"

    id: str = Field(primary_key=True, max_length=22)
    owner_id: str = Field(max_length=22, index=True)
    person_id: str = Field(max_length=22, index=True)
    kind: str = Field(max_length=24)
    status: str = Field(max_length=10)
    bytes_status: str = Field(default=NONE, max_length=8, index=True)
    channel: str = Field(default="", max_length=16)
    file_kind: str = Field(default="", max_length=10)
    mime: str = Field(default="", max_length=100)
    name: str = Field(default="", sa_column=Column(Secret("paper.name")))
    ref: str = Field(default="", sa_column=Column(Secret("paper.ref")))
    data: bytes | None = Field(default=None, sa_column=Column(SecretBytes("paper.data")))
    attempts: int = 0
    at: datetime = Field(sa_type=Time)
    verified_by: str = Field(default="", max_length=22)
    verified_at: datetime | None = Field(default=None, sa_type=Time)


PAPERS = table(PaperRow)
_P = PAPERS.c


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """A file whose bytes are still with the provider."""

    id: str
    channel: str
    mime: str
    ref: str
    attempts: int


def add_paper(conn: Connection, **values: Any) -> None:
    """The document is known; a file's bytes are still to be fetched."""
    conn.execute(insert(PAPERS).values(attempts=0, **values))


def paper_by_id(conn: Connection, key: str) -> Row[Any] | None:
    """The document with this id, with its bytes."""
    return conn.execute(select(PAPERS).where(_P.id == key)).first()


def papers_of(conn: Connection, owner_ids: list[str]) -> dict[str, list[Row[Any]]]:
    """The documents of these requests and claims, without their bytes."""
    found: dict[str, list[Row[Any]]] = {}
    columns = (_P.id, _P.owner_id, _P.kind, _P.status, _P.bytes_status, _P.at)
    for row in conn.execute(select(*columns).where(_P.owner_id.in_(owner_ids)).order_by(_P.at, _P.id)):
        found.setdefault(row.owner_id, []).append(cast(Row[Any], row))
    return found


def verify_paper(conn: Connection, key: str, status: str, by: str, at: datetime) -> None:
    """A person has seen the document. Raises Conflict where it does not exist."""
    values = {"status": status, "verified_by": by, "verified_at": at}
    if not conn.execute(update(PAPERS).where(_P.id == key).values(**values)).rowcount:
        raise Conflict("there is no such document")


def papers_to_fetch(
    conn: Connection, channels: Sequence[str], at: datetime, limit: int = 20
) -> list[KnownPaper]:
    """The files whose bytes are still with one of these channels' providers and are to be asked for at `at`.

    Each try waits twice as long as the one before: 10, 20, 40... seconds.
    """
    columns = (_P.id, _P.channel, _P.mime, _P.ref, _P.attempts, _P.at)
    query = select(*columns).where(_P.bytes_status == WAITING, _P.channel.in_(channels))
    rows = conn.execute(query.order_by(_P.attempts, _P.at, _P.id).limit(50 * limit))
    due = [row for row in rows if row.at + FIRST_PAUSE * (2**row.attempts - 1) <= at]
    return [KnownPaper(*row[:5]) for row in due[:limit]]


def keep_paper(conn: Connection, key: str, data: bytes) -> None:
    """The bytes are here, without where and when a photo was taken; the provider's reference is forgotten.

    What is neither a photo nor a PDF is refused and not kept, whatever its name says.
    """
    mime = kind_of(data)
    if mime is None:
        values: dict[str, Any] = {"bytes_status": LOST, "status": REFUSED, "ref": ""}
    else:
        values = {"data": stripped(data), "mime": mime, "bytes_status": KEPT, "ref": ""}
    conn.execute(update(PAPERS).where(_P.id == key).values(**values))


def miss_paper(conn: Connection, key: str, final: bool) -> None:
    """The bytes could not be fetched, this time or for good."""
    status = LOST if final else WAITING
    conn.execute(update(PAPERS).where(_P.id == key).values(attempts=_P.attempts + 1, bytes_status=status))
