"""People, the addresses they write from, the roles they hold and what they consented to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Select,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from conversations.events import Address, Json
from conversations.facts import Consent, Purpose
from storage.db import table
from storage.prepared import Prepared, insertion
from storage.types import Secret, SecretJson, Time

SEEN_EVERY = timedelta(minutes=5)
"""How old "last wrote" may become before a turn writes it again; the 24-hour window is closed that much early."""


class PersonRow(SQLModel, table=True):
    """A person, or a guest. Holds no name; `state` is where she is in the conversation."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, max_length=22)
    language: str = Field(max_length=8)
    state: Any = Field(default=None, sa_column=Column(SecretJson("person.state")))
    created_at: datetime = Field(sa_type=Time)
    seen_at: datetime = Field(sa_type=Time)
    stopped_at: datetime | None = Field(default=None, sa_type=Time)
    demo: bool = False


class AddressRow(SQLModel, table=True):
    """One way to reach a person; the value is encrypted and found by its keyed hash."""

    __tablename__ = "address"
    # a number is never given out twice: a message under way to somebody who was erased must not meet a stranger
    __table_args__ = (UniqueConstraint("channel", "value_hash"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=22)
    channel: str = Field(max_length=16)
    kind: str = Field(max_length=8)
    value: str = Field(sa_column=Column(Secret("address.value"), nullable=False))
    value_hash: str = Field(max_length=64)
    first_seen: datetime = Field(sa_type=Time)
    last_inbound: datetime | None = Field(default=None, sa_type=Time)
    blocked_at: datetime | None = Field(default=None, sa_type=Time)


class MembershipRow(SQLModel, table=True):
    """A role of a person, in an enterprise or in the association; `until` ends it."""

    __tablename__ = "membership"

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=22)
    enterprise_id: str | None = Field(default=None, foreign_key="enterprise.id", max_length=22)
    role: str = Field(max_length=20, index=True)
    contract: str = Field(default="", max_length=16)
    since: datetime = Field(sa_type=Time)
    until: datetime | None = Field(default=None, sa_type=Time)


class ConsentRow(SQLModel, table=True):
    """One answer to one question of consent; the last row of a purpose counts, the others are the proof."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "person_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", max_length=22)
    purpose: str = Field(max_length=24)
    given: bool
    text_version: str = Field(max_length=40)
    language: str = Field(max_length=8)
    channel: str = Field(max_length=16)
    at: datetime = Field(sa_type=Time)


PEOPLE, ADDRESSES = table(PersonRow), table(AddressRow)
MEMBERSHIPS, CONSENTS = table(MembershipRow), table(ConsentRow)


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address as its row holds it."""

    id: int
    channel: str
    kind: str
    value: str
    last_inbound: datetime | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person's row with all her addresses; `here` is the one that was asked for."""

    id: str
    language: str
    stopped: bool
    state: Json
    addresses: tuple[KnownAddress, ...]
    here: KnownAddress


_A = ADDRESSES.c
_P = PEOPLE.c
_COLUMNS = (
    _A.id,
    _A.channel,
    _A.kind,
    _A.value,
    _A.last_inbound,
    _A.blocked_at,
    _A.value_hash,
    _P.id.label("person_id"),
    _P.language,
    _P.stopped_at,
    _P.state,
)


def find(conn: Connection, channel: str, hashes: list[str], lock: bool) -> KnownPerson | None:
    """The person one of these addresses (keyed hashes) belongs to; of several people the one known longest, always.

    With `lock` her row is held until the transaction ends, so that turns of one person never overlap; rows of others
    that point to it (a timer set for her meanwhile) need not wait.
    """
    if len(hashes) == 1:
        rows = _BY_HASH[lock].all(conn, channel=channel, hash=hashes[0])
    else:
        mine = select(_A.person_id).where(_A.channel == channel, _A.value_hash.in_(hashes)).order_by(_A.id).limit(1)
        query = _of(mine.scalar_subquery()).order_by(_A.id)
        rows = list(conn.execute(query.with_for_update(of=PEOPLE, key_share=True) if lock else query))
    return _known(rows, lambda row: row.channel == channel and row.value_hash in hashes)


def find_by_id(conn: Connection, person_id: str, lock: bool) -> KnownPerson | None:
    """The person with this id, `here` being the address she wrote from last (one she blocked only if all are)."""
    return _known(_BY_ID[lock].all(conn, key=person_id), lambda row: True)


def _known(rows: Sequence[Any], is_here: Callable[[Any], bool]) -> KnownPerson | None:
    if not rows:
        return None
    addresses = tuple(
        KnownAddress(r.id, r.channel, r.kind, r.value, r.last_inbound, r.blocked_at is not None) for r in rows
    )
    here = next((a for a, row in zip(addresses, rows, strict=True) if is_here(row)), addresses[0])
    one = rows[0]
    return KnownPerson(one.person_id, one.language, one.stopped_at is not None, one.state, addresses, here)


def add_guest(conn: Connection, person_id: str, language: str, at: datetime, demo: bool = False) -> None:
    """A person about whom nothing is known yet."""
    conn.execute(
        insert(PEOPLE).values(id=person_id, language=language, created_at=at, seen_at=at, demo=demo)
    )


def add_address(conn: Connection, person_id: str, address: Address, hashed: str, at: datetime) -> KnownAddress:
    """A new address of this person. Raises IntegrityError where the address is somebody's already."""
    key = conn.execute(
        insert(ADDRESSES)
        .values(
            person_id=person_id,
            channel=address.channel,
            kind=address.kind,
            value=address.value,
            value_hash=hashed,
            first_seen=at,
            last_inbound=at,
        )
        .returning(_A.id)
    ).scalar_one()
    return KnownAddress(int(key), address.channel, address.kind, address.value, at, False)


def save_state(conn: Connection, person_id: str, state: Json, at: datetime) -> None:
    """Where the person is in the conversation now."""
    _SAVE_STATE.run(conn, key=person_id, new_state=state, at=at)


def note_inbound(conn: Connection, address_id: int, at: datetime) -> None:
    """The person wrote from this address just now (and so has not blocked us there)."""
    conn.execute(update(ADDRESSES).where(_A.id == address_id).values(last_inbound=at, blocked_at=None))


def close_window(conn: Connection, address_id: int) -> None:
    """The provider says that the 24 hours are over, whatever our clock says."""
    conn.execute(update(ADDRESSES).where(_A.id == address_id).values(last_inbound=None))


def mark_blocked(conn: Connection, address_id: int, at: datetime | None) -> None:
    """The person blocked us on this address (None: let us in again)."""
    conn.execute(update(ADDRESSES).where(_A.id == address_id).values(blocked_at=at))


def set_language(conn: Connection, person_id: str, language: str) -> None:
    """She speaks this language with us from now on."""
    conn.execute(update(PEOPLE).where(_P.id == person_id).values(language=language))


def set_stopped(conn: Connection, person_id: str, at: datetime | None) -> None:
    """She wants nothing that is not an answer to her (None: she does again)."""
    conn.execute(update(PEOPLE).where(_P.id == person_id).values(stopped_at=at))


def add_membership(
    conn: Connection, person_id: str, enterprise_id: str | None, role: str, contract: str, at: datetime
) -> None:
    """She holds this role from now on; a second time changes nothing."""
    m = MEMBERSHIPS.c
    held = conn.execute(
        select(m.id).where(
            m.person_id == person_id,
            m.role == role,
            m.until.is_(None),
            m.enterprise_id.is_(None) if enterprise_id is None else m.enterprise_id == enterprise_id,
        )
    ).first()
    if held is None:
        conn.execute(
            insert(MEMBERSHIPS).values(
                person_id=person_id, enterprise_id=enterprise_id, role=role, contract=contract, since=at
            )
        )


def record_consent(
    conn: Connection,
    person_id: str,
    purpose: str,
    given: bool,
    version: str,
    language: str,
    channel: str,
    at: datetime,
) -> None:
    """One more line of the consent record."""
    _CONSENT.run(
        conn,
        person_id=person_id,
        purpose=purpose,
        given=given,
        text_version=version,
        language=language,
        channel=channel,
        at=at,
    )


def consents_of(conn: Connection, person_id: str) -> dict[Purpose, Consent]:
    """Her last word on each purpose."""
    rows = _CONSENTS.all(conn, key=person_id)
    return {row.purpose: Consent(row.given, row.text_version, row.at, row.channel) for row in rows}


def holders(conn: Connection, role: str) -> list[str]:
    """The people who hold this role now."""
    m = MEMBERSHIPS.c
    query = select(m.person_id).where(m.role == role, m.until.is_(None)).distinct().order_by(m.person_id)
    return list(conn.execute(query).scalars())


def exists(conn: Connection, person_id: str) -> bool:
    """True if she is known, and was not erased."""
    return conn.execute(select(_P.id).where(_P.id == person_id)).first() is not None


def move_addresses(conn: Connection, from_person: str, to_person: str) -> None:
    """Every address of the first person is the second one's."""
    conn.execute(update(ADDRESSES).where(_A.person_id == from_person).values(person_id=to_person))


def _of(person: Any) -> Select[Any]:
    return select(*_COLUMNS).join(PEOPLE, _P.id == _A.person_id).where(_A.person_id == person)


def _lockable(query: Select[Any]) -> dict[bool, Prepared]:
    """The query without and with a lock on the person's row; SQLite, which has one writer, leaves the lock out."""
    return {False: Prepared(query), True: Prepared(query.with_for_update(of=PEOPLE, key_share=True))}


_BY_HASH = _lockable(
    _of(
        select(_A.person_id)
        .where(_A.channel == bindparam("channel"), _A.value_hash == bindparam("hash"))
        .scalar_subquery()
    ).order_by(_A.id)
)
_BY_ID = _lockable(
    _of(bindparam("key")).order_by(
        _A.blocked_at.is_not(None), _A.last_inbound.is_(None), _A.last_inbound.desc(), _A.id
    )
)
_SAVE_STATE = Prepared(
    update(PEOPLE)
    .where(_P.id == bindparam("key"))
    .values(state=bindparam("new_state", type_=_P.state.type), seen_at=bindparam("at", type_=Time()))
)
_CONSENT = insertion(CONSENTS, "person_id", "purpose", "given", "text_version", "language", "channel", "at")
_CONSENTS = Prepared(
    select(CONSENTS.c.purpose, CONSENTS.c.given, CONSENTS.c.text_version, CONSENTS.c.at, CONSENTS.c.channel)
    .where(CONSENTS.c.person_id == bindparam("key"))
    .order_by(CONSENTS.c.id)
)
