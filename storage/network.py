"""Enterprises, the invitations that open the door, and the codes that join a second channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, insert, select, update
from sqlmodel import Field, SQLModel

from storage.db import Conflict, table
from storage.types import Secret, Time


class Enterprise(SQLModel, table=True):
    """A firm of the network."""

    __tablename__ = "enterprise"

    id: str = Field(primary_key=True, max_length=22)
    name: str = Field(max_length=120)
    size_class: str = Field(default="", max_length=8)
    demo: bool = False


class InvitationRow(SQLModel, table=True):
    """A one-time invitation; its code is kept only as a keyed hash (and encrypted where it is a demonstration)."""

    __tablename__ = "invitation"

    id: str = Field(primary_key=True, max_length=22)
    code_hash: str = Field(unique=True, max_length=64)
    code: str | None = Field(default=None, sa_column=Column(Secret("invitation.code")))
    enterprise_id: str | None = Field(default=None, foreign_key="enterprise.id", max_length=22)
    role: str = Field(max_length=20)
    contract: str = Field(default="", max_length=16)
    created_at: datetime = Field(sa_type=Time)
    expires_at: datetime = Field(sa_type=Time)
    used_by: str | None = Field(default=None, max_length=22, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Time)
    revoked_at: datetime | None = Field(default=None, sa_type=Time)
    demo: bool = False


class LinkCodeRow(SQLModel, table=True):
    """A one-time code by which a person joins a second channel to herself."""

    __tablename__ = "link_code"

    id: str = Field(primary_key=True, max_length=22)
    code_hash: str = Field(unique=True, max_length=64)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=22)
    expires_at: datetime = Field(sa_type=Time)
    used_at: datetime | None = Field(default=None, sa_type=Time)


ENTERPRISES, INVITATIONS, LINK_CODES = table(Enterprise), table(InvitationRow), table(LinkCodeRow)


def invitation_by_hash(conn: Connection, code_hash: str) -> Row[Any] | None:
    """The invitation with this code's hash, with its enterprise's name."""
    i = INVITATIONS.c
    return conn.execute(
        select(INVITATIONS, ENTERPRISES.c.name.label("enterprise"))
        .outerjoin(ENTERPRISES, ENTERPRISES.c.id == i.enterprise_id)
        .where(i.code_hash == code_hash)
    ).first()


def use_invitation(conn: Connection, invitation_id: str, person_id: str, at: datetime) -> Row[Any]:
    """The invitation is used up by this person now. Raises Conflict where it cannot be used any more."""
    i = INVITATIONS.c
    row = conn.execute(
        update(INVITATIONS)
        .where(i.id == invitation_id, i.used_by.is_(None), i.revoked_at.is_(None), i.expires_at > at)
        .values(used_by=person_id, used_at=at)
        .returning(i.enterprise_id, i.role, i.contract)
    ).first()
    if row is None:
        raise Conflict("the invitation was used, revoked or expired meanwhile")
    return row


def add_enterprise(conn: Connection, key: str, name: str, size_class: str = "", demo: bool = False) -> None:
    """One more firm of the network."""
    conn.execute(insert(ENTERPRISES).values(id=key, name=name, size_class=size_class, demo=demo))


def enterprises(conn: Connection) -> list[Row[Any]]:
    """The firms of the network by name."""
    return list(conn.execute(select(ENTERPRISES).order_by(ENTERPRISES.c.name)))


def add_invitation(
    conn: Connection,
    *,
    key: str,
    code_hash: str,
    enterprise_id: str | None,
    role: str,
    contract: str,
    at: datetime,
    expires_at: datetime,
    demo_code: str | None = None,
) -> None:
    """A fresh invitation; a demonstration keeps its code so that it can be shown again."""
    conn.execute(
        insert(INVITATIONS).values(
            id=key,
            code_hash=code_hash,
            code=demo_code,
            enterprise_id=enterprise_id,
            role=role,
            contract=contract,
            created_at=at,
            expires_at=expires_at,
            demo=demo_code is not None,
        )
    )


def demo_invitations(conn: Connection) -> list[Row[Any]]:
    """The demonstration's invitations with their codes, roles, enterprises and whether they were used."""
    i = INVITATIONS.c
    return list(
        conn.execute(
            select(INVITATIONS, ENTERPRISES.c.name.label("enterprise"))
            .outerjoin(ENTERPRISES, ENTERPRISES.c.id == i.enterprise_id)
            .where(i.demo)
            .order_by(i.role, ENTERPRISES.c.name, i.contract, i.id)
        )
    )


def add_link_code(conn: Connection, key: str, code_hash: str, person_id: str, expires_at: datetime) -> None:
    """A fresh one-time code of this person; her older ones are void."""
    c = LINK_CODES.c
    conn.execute(delete(LINK_CODES).where(c.person_id == person_id))
    conn.execute(
        insert(LINK_CODES).values(id=key, code_hash=code_hash, person_id=person_id, expires_at=expires_at)
    )


def link_code_by_hash(conn: Connection, code_hash: str) -> Row[Any] | None:
    """The link code with this hash."""
    return conn.execute(select(LINK_CODES).where(LINK_CODES.c.code_hash == code_hash)).first()


def use_link_code(conn: Connection, key: str, at: datetime) -> str:
    """The code is used up; the id of the person who issued it. Raises Conflict where it is void."""
    c = LINK_CODES.c
    person = conn.execute(
        update(LINK_CODES)
        .where(c.id == key, c.used_at.is_(None), c.expires_at > at)
        .values(used_at=at)
        .returning(c.person_id)
    ).scalar()
    if person is None:
        raise Conflict("the code was used or expired meanwhile")
    return str(person)
