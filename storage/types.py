"""Column types of our own: aware UTC times, and personal data that is encrypted by the application."""

import json
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from sqlalchemy import Connection, DateTime, Dialect, LargeBinary, TypeDecorator

from conversations.events import Json
from storage.crypto import KeyRing


class Keys(Protocol):
    """What the encrypted columns need of a key ring."""

    def encrypt(self, plain: bytes, purpose: str) -> bytes:
        """A token only these keys can read."""
        ...

    def decrypt(self, token: bytes, purpose: str) -> bytes:
        """What was encrypted for this purpose."""
        ...


def give_keys(dialect: Dialect, keys: Keys) -> None:
    """Let the encrypted columns of every connection of this dialect use these keys."""
    cast(Any, dialect).wis_keys = keys


def _keys(dialect: Dialect) -> Keys:
    return cast(Keys, cast(Any, dialect).wis_keys)


def keys_of(conn: Connection) -> KeyRing:
    """The keys that the encrypted columns of this connection use."""
    return cast(KeyRing, _keys(conn.dialect))


class Time(TypeDecorator[datetime]):
    """A point in time: aware in, aware UTC out, on both databases (SQLite alone would return it naive)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time: it would mean something else on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same instant, aware."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Secret(TypeDecorator[str]):
    """A text that is never readable in the database; `purpose` ties it to its column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypted with the current key."""
        if value is None:
            return None
        return _keys(dialect).encrypt(value.encode("utf-8", "surrogatepass"), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """In clear again."""
        if value is None:
            return None
        return _keys(dialect).decrypt(value, self.purpose).decode("utf-8", "surrogatepass")


class SecretBytes(TypeDecorator[bytes]):
    """A file that is never readable in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypted with the current key."""
        return None if value is None else _keys(dialect).encrypt(value, self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """In clear again."""
        return None if value is None else _keys(dialect).decrypt(value, self.purpose)


class SecretJson(TypeDecorator[Json]):
    """Plain data that is never readable in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Json, dialect: Dialect) -> bytes | None:
        """Encrypted with the current key."""
        if value is None:
            return None
        return _keys(dialect).encrypt(json.dumps(value, separators=(",", ":")).encode(), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Json:
        """In clear again."""
        return None if value is None else cast(Json, json.loads(_keys(dialect).decrypt(value, self.purpose)))
