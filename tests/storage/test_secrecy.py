"""Personal data are unreadable on the disk, found by their keyed hash, and read back by the program alone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage import network, people, tickets
from storage.crypto import KeyRing, UnknownKey, new_key
from storage.db import Database
from tests.storage.dump import opened, raw
from tests.storage.lives import live

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PHONE = "+12025550143"


def test_no_phone_no_answer_no_words_and_no_code_can_be_read_on_the_disk(database: Database, keys: KeyRing) -> None:
    with database.write() as conn:
        network.add_enterprise(conn, "e1", "Sartoria Inventata")
        her = live(conn, keys, "bianca", PHONE, NOW)
        network.add_invitation(
            conn, key="demo", code_hash="h", enterprise_id=None, role="worker", contract="", at=NOW,
            expires_at=NOW, demo_code="WIS-7K3M-2QXA",
        )
        [sent] = tickets.files_to_fetch(conn, ["whatsapp"], NOW)
        tickets.keep_file(conn, sent.id, b"bytes-of-her-photo", "image/jpeg")
    disk = raw(database)
    assert b"Sartoria Inventata" in disk, "a search that finds nothing proves nothing"
    for hidden in (PHONE, PHONE[1:], "bytes-of-her-photo", "WIS-7K3M-2QXA", "7K3M", *her.words):
        assert hidden.encode() not in disk, hidden
    seen = opened(database)
    for shown in (PHONE, "bytes-of-her-photo", "WIS-7K3M-2QXA", *her.words):
        assert shown in seen, shown


def test_a_person_is_found_by_the_keyed_hash_of_an_address_on_its_own_channel_only(
    database: Database, keys: KeyRing
) -> None:
    with database.write() as conn:
        live(conn, keys, "bianca", PHONE, NOW)
        live(conn, keys, "carla", "+12025550144", NOW)
        hashed = keys.hash("address", f"whatsapp:{PHONE}")
        found = people.find(conn, "whatsapp", [hashed], lock=True)
        assert found is not None and (found.id, found.here.value) == ("id-of-bianca", PHONE)
        assert people.find(conn, "telegram", [hashed], lock=True) is None
        assert people.find(conn, "whatsapp", [keys.hash("address", "whatsapp:+12025550199")], lock=True) is None
        assert people.find(conn, "whatsapp", ["no", hashed], lock=True) == found


def test_the_same_text_twice_looks_different_on_the_disk(database: Database, keys: KeyRing) -> None:
    with database.write() as conn:
        for name in ("bianca", "carla"):
            live(conn, keys, name, f"+1202555014{len(name)}{name[0] == 'c':d}", NOW)
            tickets.open_ticket(conn, f"t-{name}", f"id-of-{name}", "le stesse parole", NOW)
    with database.read() as conn:
        written = text("SELECT text FROM ticket_note WHERE id IN ('t-bianca', 't-carla')")
        tokens = conn.execute(written).scalars().all()
    assert len({bytes(token) for token in tokens}) == 2


def test_without_the_key_nothing_can_be_read(database: Database, keys: KeyRing) -> None:
    with database.write() as conn:
        live(conn, keys, "bianca", PHONE, NOW)
    stranger = Database(
        database.engine.url.render_as_string(hide_password=False), KeyRing.parse(new_key())
    )
    with stranger.read() as conn, pytest.raises(UnknownKey):
        tickets.notes_of(conn, ["ticket-of-bianca"])
    stranger.close()
