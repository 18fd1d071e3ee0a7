"""One sign of interest a person and item, without a name: a keyed hash, forgotten with the events after 30 days."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from storage import events
from storage.crypto import KeyRing

CHANNEL: Final = "interest"


def shown_now(conn: Connection, keys: KeyRing, person_id: str, item_id: str, at: datetime) -> bool:
    """The sign is known from now on; False if she gave it before, by a second tap or a repeated event."""
    return events.note(conn, CHANNEL, keys.hash(CHANNEL, f"{item_id}:{person_id}"), "Interest", at)
