"""Issues of the newsletter and their items, the files editors send, and the slots that fired."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.db import table
from storage.types import Time


class IssueRow(SQLModel, table=True):
    """An issue; `revision` is the guard of every change. `progress_row` is the outbox row of the live progress."""

    __tablename__ = "issue"

    id: str = Field(primary_key=True, max_length=22)
    number: str = Field(unique=True, max_length=20)
    kind: str = Field(max_length=10)
    title: Any = Field(sa_column=Column(JSON, nullable=False))
    state: str = Field(max_length=10, index=True)
    revision: int
    corrects: str | None = Field(default=None, foreign_key="issue.id", max_length=22)
    created_by: str = Field(default="", max_length=22)
    created_at: datetime = Field(sa_type=Time)
    approved_by: str = Field(default="", max_length=22)
    approved_at: datetime | None = Field(default=None, sa_type=Time)
    approved_revision: int = 0
    scheduled_at: datetime | None = Field(default=None, sa_type=Time, index=True)
    scheduled_by: str = Field(default="", max_length=22)
    standing: bool = False
    at_most_once: bool = False
    rate: float = 0.0
    enqueued: bool = False
    """Every recipient has her row; before, the enqueuing goes on after `enqueued_to`."""
    enqueued_to: str = Field(default="", max_length=22)
    started_at: datetime | None = Field(default=None, sa_type=Time)
    ended_at: datetime | None = Field(default=None, sa_type=Time)
    stopped_why: str = Field(default="", max_length=60)
    progress_row: int | None = None
    reported: bool = False


class ItemRow(SQLModel, table=True):
    """One item of an issue, in the order of `position`."""

    __tablename__ = "issue_item"

    id: str = Field(primary_key=True, max_length=22)
    issue_id: str = Field(foreign_key="issue.id", index=True, max_length=22)
    position: int
    title: Any = Field(sa_column=Column(JSON, nullable=False))
    sentence: Any = Field(sa_column=Column(JSON, nullable=False))
    source: str = Field(default="", max_length=300)
    link: str = Field(default="", max_length=500)
    action: str = Field(default="none", max_length=12)
    topic: str | None = Field(default=None, max_length=16)
    common: bool = False
    normative: bool = False
    as_of: date | None = None
    expires: date | None = None
    signed_by: str = Field(default="", max_length=22)
    signed_at: datetime | None = Field(default=None, sa_type=Time)
    interest: int = 0
    """Explicit signs of interest; nobody is named."""


class NewsFileRow(SQLModel, table=True):
    """A file an editor sent: fetched, read into items, and forgotten; `problems` are (line, phrase key, words)."""

    __tablename__ = "issue_file"

    id: int | None = Field(default=None, primary_key=True)
    issue_id: str = Field(foreign_key="issue.id", index=True, max_length=22)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=22)
    channel: str = Field(max_length=16)
    ref: str = Field(max_length=500)
    name: str = Field(max_length=200)
    mime: str = Field(max_length=100)
    status: str = Field(max_length=10, index=True)
    attempts: int = 0
    added: int = 0
    problems: Any = Field(default=None, sa_column=Column(JSON))
    created_at: datetime = Field(sa_type=Time)


class SlotRow(SQLModel, table=True):
    """A slot of a schedule that was taken, by whichever process came first; `outcome` says what was done with it."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("schedule", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule: str = Field(max_length=40)
    slot: datetime = Field(sa_type=Time)
    taken_at: datetime = Field(sa_type=Time)
    node: str = Field(default="", max_length=22)
    outcome: str = Field(default="", max_length=60)


ISSUES, ITEMS, FILES, SLOTS = table(IssueRow), table(ItemRow), table(NewsFileRow), table(SlotRow)
