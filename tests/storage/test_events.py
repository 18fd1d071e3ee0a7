"""An event is known from the moment it is noted; one that could not be worked is kept whole until it is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from storage import events
from storage.db import Database, Missing

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
BODY = {"address": ["telegram", "1001", "id"], "what": {"text": "parole"}}


def test_an_event_is_new_once_on_its_channel(database: Database) -> None:
    with database.write() as conn:
        assert events.note(conn, "telegram", "1", "Said", NOW)
        assert not events.note(conn, "telegram", "1", "Said", NOW)
        assert events.note(conn, "whatsapp", "1", "Said", NOW)
        assert events.known(conn, "telegram", "1") and not events.known(conn, "telegram", "2")
    with database.write() as conn:
        assert not events.note(conn, "telegram", "1", "Chose", NOW)


def test_of_eight_deliveries_at_once_one_is_worked(database: Database) -> None:
    barrier = threading.Barrier(8)

    def deliver(_: int) -> bool:
        barrier.wait()
        with database.write() as conn:
            return events.note(conn, "telegram", "1", "Said", NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(deliver, range(8))) == 1


def test_an_event_that_was_rolled_back_is_new_again(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as conn:
        events.note(conn, "telegram", "1", "Said", NOW)
        raise KeyError
    with database.write() as conn:
        assert events.note(conn, "telegram", "1", "Said", NOW)


def test_a_dead_letter_is_kept_whole_and_revived_by_one(database: Database) -> None:
    with database.write() as conn:
        assert events.bury(conn, "telegram", "1", "Said", BODY, "x" * 5000, NOW)
        assert not events.bury(conn, "telegram", "1", "Said", BODY, "again", NOW)
        [letter] = events.dead_letters(conn)
        assert (letter.body, len(letter.error), letter.attempts, events.dead_count(conn)) == (BODY, 2000, 1, 1)
        events.fail_again(conn, letter.id, "worse")
        again = events.dead_letter(conn, letter.id)
        assert (again.error, again.attempts) == ("worse", 2)
        assert events.revive(conn, letter.id)
        assert not events.revive(conn, letter.id)
        assert events.dead_count(conn) == 0
        with pytest.raises(Missing):
            events.dead_letter(conn, letter.id)
        assert not events.note(conn, "telegram", "1", "Said", NOW)


def test_the_dead_letters_of_one_person_are_found_by_any_of_her_names_and_forgotten(database: Database) -> None:
    phone = {"address": ["whatsapp", "IT.1", "bsuid"], "aliases": [["whatsapp", "+12025550143", "phone"]]}
    with database.write() as conn:
        events.bury(conn, "telegram", "1", "Said", BODY, "e", NOW)
        events.bury(conn, "whatsapp", "2", "Said", phone, "e", NOW)
        events.bury(conn, "timer", "3", "Due", {"address": ["timer", "bianca", "id"]}, "e", NOW)
        events.bury(conn, "whatsapp", "4", "Said", {"nothing": None}, "e", NOW)
        hers = events.letters_of(conn, {("whatsapp", "+12025550143"), ("timer", "bianca")})
        assert [letter.kind for letter in hers] == ["Said", "Due"]
        events.forget_letters(conn, [letter.id for letter in hers])
        assert [letter.body for letter in events.dead_letters(conn)] == [BODY, {"nothing": None}]
        assert not events.note(conn, "whatsapp", "2", "Said", NOW), "it is still known"
