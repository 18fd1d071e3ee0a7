"""What the accounts need of a person: her name and her account, given by herself, encrypted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, insert, select, update
from sqlmodel import Field, SQLModel

from storage.db import table
from storage.types import Secret, Time


class ProfileRow(SQLModel, table=True):
    """A person's name and account."""

    __tablename__ = "profile"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=22)
    name: str = Field(default="", sa_column=Column(Secret("profile.name"), nullable=False))
    iban: str = Field(default="", sa_column=Column(Secret("profile.iban"), nullable=False))
    updated_at: datetime = Field(sa_type=Time)


PROFILES = table(ProfileRow)
_P = PROFILES.c


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person; empty where she has not said it."""

    name: str = ""
    iban: str = ""

    @property
    def initials(self) -> str:
        """All that a partner sees of a name ("G. R.")."""
        return " ".join(f"{word[0].upper()}." for word in self.name.split() if word[0].isalpha())


def profile_of(conn: Connection, person_id: str) -> Known:
    """What is known of her."""
    return profiles_of(conn, [person_id]).get(person_id, Known())


def profiles_of(conn: Connection, person_ids: list[str]) -> dict[str, Known]:
    """What is known of these people."""
    rows = conn.execute(select(_P.person_id, _P.name, _P.iban).where(_P.person_id.in_(person_ids)))
    return {row.person_id: Known(row.name, row.iban) for row in rows}


def keep(conn: Connection, person_id: str, at: datetime, **values: str) -> None:
    """Her name or account is this from now on."""
    if not conn.execute(update(PROFILES).where(_P.person_id == person_id).values(**values, updated_at=at)).rowcount:
        conn.execute(
            insert(PROFILES).values({"person_id": person_id, "name": "", "iban": "", **values, "updated_at": at})
        )
