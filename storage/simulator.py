"""What the simulator's phones show: its tables stand for the phones' own memory, no person's row depends on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from conversations.events import Json
from storage.db import Missing, table
from storage.types import SecretBytes, SecretJson


class PhoneRow(SQLModel, table=True):
    """One phone of the page."""

    __tablename__ = "simulator_phone"

    position: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True, max_length=80)
    body: Any = Field(default=None, sa_column=Column(SecretJson("simulator.phone")))


class EntryRow(SQLModel, table=True):
    """One bubble on one phone; `revision` grows with every change of any entry."""

    __tablename__ = "simulator_entry"

    number: int | None = Field(default=None, primary_key=True)
    revision: int = Field(index=True)
    address: str = Field(max_length=80, index=True)
    body: Any = Field(default=None, sa_column=Column(SecretJson("simulator.entry")))


class PictureRow(SQLModel, table=True):
    """A file shown on a phone."""

    __tablename__ = "simulator_file"

    id: str = Field(primary_key=True, max_length=22)
    name: str = Field(max_length=200)
    mime: str = Field(max_length=100)
    data: bytes = Field(sa_column=Column(SecretBytes("simulator.file"), nullable=False))


PHONES, ENTRIES, PICTURES = table(PhoneRow), table(EntryRow), table(PictureRow)
_N = ENTRIES.c


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as its row holds it."""

    number: int
    revision: int
    address: str
    body: dict[str, Json]


def phones(conn: Connection) -> list[dict[str, Json]]:
    """All phones, in the order they were first kept."""
    rows = conn.execute(select(PHONES.c.body).order_by(PHONES.c.position)).scalars()
    return [body for body in rows if isinstance(body, dict)]


def keep_phone(conn: Connection, address: str, body: dict[str, Json]) -> None:
    """The phone is kept, instead of an earlier one with its address."""
    if not conn.execute(update(PHONES).where(PHONES.c.address == address).values(body=body)).rowcount:
        conn.execute(insert(PHONES).values(address=address, body=body))


def append(conn: Connection, address: str, body: dict[str, Json]) -> KeptEntry:
    """A new entry with the highest number and revision."""
    revision = _next(conn)
    number = conn.execute(
        insert(ENTRIES).values(address=address, revision=revision, body=body).returning(_N.number)
    ).scalar_one()
    return KeptEntry(int(number), revision, address, body)


def change(conn: Connection, address: str, number: int, body: dict[str, Json]) -> KeptEntry:
    """The entry is replaced and has the highest revision. Raises Missing."""
    revision = _next(conn)
    changed = conn.execute(
        update(ENTRIES).where(_N.number == number, _N.address == address).values(body=body, revision=revision)
    ).rowcount
    if not changed:
        raise Missing(f"the phone has no entry {number}")
    return KeptEntry(number, revision, address, body)


def entries(conn: Connection, address: str, after: int) -> list[KeptEntry]:
    """The entries of a phone ("" for all) whose revision is greater than `after`."""
    query = select(ENTRIES).where(_N.revision > after).order_by(_N.number)
    if address:
        query = query.where(_N.address == address)
    return [_kept(row) for row in conn.execute(query)]


def entry(conn: Connection, address: str, number: int) -> KeptEntry | None:
    """The entry of this phone with this number."""
    row = conn.execute(select(ENTRIES).where(_N.number == number, _N.address == address)).first()
    return None if row is None else _kept(row)


def keep_picture(conn: Connection, key: str, name: str, mime: str, data: bytes) -> None:
    """The file is kept."""
    conn.execute(insert(PICTURES).values(id=key, name=name[:200], mime=mime[:100], data=data))


def picture(conn: Connection, key: str) -> tuple[str, str, bytes] | None:
    """Name, type and bytes of a file."""
    c = PICTURES.c
    row = conn.execute(select(c.name, c.mime, c.data).where(c.id == key)).first()
    return None if row is None else (row.name, row.mime, row.data)


def clear(conn: Connection) -> None:
    """The phones are new."""
    for kept in (PHONES, ENTRIES, PICTURES):
        conn.execute(delete(kept))


def addresses(conn: Connection) -> Sequence[str]:
    """The addresses of all phones."""
    return list(conn.execute(select(PHONES.c.address)).scalars())


def _next(conn: Connection) -> int:
    return int(conn.execute(select(func.coalesce(func.max(_N.revision), 0))).scalar_one()) + 1


def _kept(row: Row[Any]) -> KeptEntry:
    return KeptEntry(row.number, row.revision, row.address, row.body if isinstance(row.body, dict) else {})
