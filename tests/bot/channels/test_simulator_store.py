"""The simulator's store on the program's own database."""

import sqlite3
from pathlib import Path

import pytest

from bot.channels.contract import Unready
from bot.channels.simulator_phones import Phone
from bot.channels.simulator_store import TableStore
from storage.crypto import KeyRing
from storage.db import Database
from storage.lanes import Lanes
from storage.migrate import upgrade


async def test_a_database_that_takes_nothing_is_not_an_error_of_the_page(tmp_path: Path, keys: KeyRing) -> None:
    database = Database(f"sqlite:///{tmp_path / 'wis.db'}", keys, busy_ms=20)
    upgrade(database)
    lanes = Lanes(database)
    store = TableStore(lanes)
    await store.keep(Phone("giulia", "whatsapp", "Giulia", {}, "", "it"))
    holder = sqlite3.connect(tmp_path / "wis.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unready):
        await store.append("whatsapp:giulia", {"kind": "said", "text": "ciao"})
    with pytest.raises(KeyError):
        holder.execute("ROLLBACK")
        await store.update("whatsapp:giulia", 99, {})
    holder.close()
    stored = await store.append("whatsapp:giulia", {"kind": "said", "text": "ciao"})
    assert (await store.entries("", 0)) == [stored]
    await lanes.close()
    database.close()
