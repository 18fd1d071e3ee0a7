"""What was done and must be provable later: events without any text or name."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select
from sqlmodel import Field, SQLModel

from storage.db import table
from storage.types import Time


class AuditRow(SQLModel, table=True):
    """One act: what, on which object (ids only), by whom (an id that may be gone), when."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Time)
    act: str = Field(max_length=40)
    subject: str = Field(default="", max_length=60)
    actor: str = Field(default="", max_length=22)


AUDIT = table(AuditRow)


def record(conn: Connection, act: str, subject: str, actor: str, at: datetime) -> None:
    """The act is on record."""
    conn.execute(insert(AUDIT).values(act=act, subject=subject, actor=actor, at=at))


def record_once(conn: Connection, act: str, subject: str, actor: str, at: datetime) -> None:
    """The act is on record; what was recorded before is not recorded again."""
    a = AUDIT.c
    if conn.execute(select(a.id).where(a.act == act, a.subject == subject, a.actor == actor)).first() is None:
        record(conn, act, subject, actor, at)


def acts(conn: Connection, limit: int = 100) -> list[Row[tuple[int, datetime, str, str, str]]]:
    """The last acts, the newest first."""
    return list(conn.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)))
