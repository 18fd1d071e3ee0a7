"""Who an issue goes to: one row per issue and person, the outbox of the newsletter; and the runs that send it.

    todo -> sending -> sent -> delivered -> read
                    -> opened     (WhatsApp: the opener went out; the digest waits for her tap, seven days)
                    -> failed     (for good, with its cause)
                    -> doubtful   (nobody knows; only where an issue is sent at most once)
    todo -> skipped (opted out or unreachable before her turn), cancelled; opened -> expired

There is one paced run per channel in the whole cluster: a run holds the channel's row by its token, and no claim or
record of a run that lost the token counts (fencing).
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.db import table
from storage.types import Time

_TODO, _SENDING = text("outcome = 'todo'"), text("outcome = 'sending'")


class RecipientRow(SQLModel, table=True):
    """One person of one issue. The person is forgotten where she was erased; the row still counts."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("issue_id", "person_id"),
        # the next of an issue on a channel, however many wait behind her or for another day
        Index(
            "ix_recipient_todo", "issue_id", "channel", "due_at", "id", sqlite_where=_TODO, postgresql_where=_TODO
        ),
        Index("ix_recipient_sending", "channel", sqlite_where=_SENDING, postgresql_where=_SENDING),
        Index("ix_recipient_outcome", "issue_id", "channel", "outcome"),
        Index("ix_recipient_opened", "channel", "opened_at"),
        Index(None, "ref"),
        Index(None, "person_id"),
        # providers report by this number long after: it must never be given out twice
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    issue_id: str = Field(foreign_key="issue.id", max_length=22)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=22)
    address_id: int | None = None
    channel: str = Field(max_length=16)
    language: str = Field(max_length=8)
    outcome: str = Field(max_length=10)
    due_at: datetime = Field(sa_type=Time)
    run: str | None = Field(default=None, max_length=22)
    claimed_at: datetime | None = Field(default=None, sa_type=Time)
    attempts: int = 0
    doubts: int = 0
    """How often a try ended without anybody knowing whether it was sent: each may be a repeat."""
    ref: str = Field(default="", max_length=80)
    opened_at: datetime | None = Field(default=None, sa_type=Time)
    sent_at: datetime | None = Field(default=None, sa_type=Time)
    delivered_at: datetime | None = Field(default=None, sa_type=Time)
    read_at: datetime | None = Field(default=None, sa_type=Time)
    code: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=300)


class RunRow(SQLModel, table=True):
    """The one run of a channel: whose it is (token), on which process, and its last sign of life."""

    __tablename__ = "bulk_run"

    channel: str = Field(primary_key=True, max_length=16)
    token: str = Field(max_length=22)
    node: str = Field(max_length=22)
    beat_at: datetime = Field(sa_type=Time)
    ended: bool = False
    held_until: datetime | None = Field(default=None, sa_type=Time)
    pace: float = 0.0
    restarts: int = 0


RECIPIENTS, RUNS = table(RecipientRow), table(RunRow)
