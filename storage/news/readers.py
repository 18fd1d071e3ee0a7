"""How readers want the newsletter; whether they want it at all is in the consents (purpose "newsletter")."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from storage.db import table


class ReaderRow(SQLModel, table=True):
    """A reader's topics (empty: everything), channel ("" where she writes last) and hour ("" the issue's own)."""

    __tablename__ = "news_reader"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=22)
    topics: Any = Field(default=None, sa_column=Column(JSON))
    channel: str = Field(default="", max_length=16)
    hour: str = Field(default="", max_length=5)


READERS = table(ReaderRow)
