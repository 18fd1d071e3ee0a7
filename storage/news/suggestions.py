"""The feeds we follow and what they brought: an inbox of suggestions where nothing goes out without a person."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.db import table
from storage.types import Time


class FeedRow(SQLModel, table=True):
    """What is remembered of a feed between two visits."""

    __tablename__ = "feed"

    name: str = Field(primary_key=True, max_length=40)
    url: str = Field(max_length=500)
    etag: str = Field(default="", max_length=200)
    modified: str = Field(default="", max_length=60)
    tried_at: datetime | None = Field(default=None, sa_type=Time)
    worked_at: datetime | None = Field(default=None, sa_type=Time)
    failures: int = 0
    problem: str = Field(default="", max_length=200)


class SuggestionRow(SQLModel, table=True):
    """One entry of a feed; `mark` is what makes it the same entry in another visit or another feed."""

    __tablename__ = "suggestion"

    id: str = Field(primary_key=True, max_length=22)
    feed: str = Field(max_length=40)
    mark: str = Field(unique=True, max_length=64)
    title: str = Field(max_length=300)
    summary: str = Field(default="", max_length=600)
    link: str = Field(default="", max_length=500)
    published: datetime | None = Field(default=None, sa_type=Time)
    found_at: datetime = Field(sa_type=Time, index=True)
    status: str = Field(default="new", max_length=8, index=True)
    issue_id: str | None = Field(default=None, foreign_key="issue.id", max_length=22)


FEEDS, SUGGESTIONS = table(FeedRow), table(SuggestionRow)
