"""People: what they said counts as they said it last, and all they ever said of a consent stays on record."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from conversations.events import Address
from storage import people
from storage.db import Database
from storage.people import CONSENTS

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_the_last_word_of_each_purpose_counts_and_the_others_stay_as_proof(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        people.add_guest(conn, "carla", "it", NOW)
        for given, version, at in ((True, "1", NOW), (False, "1", LATER), (True, "2", LATER + timedelta(days=1))):
            people.record_consent(conn, "bianca", "newsletter", given, version, "it", "telegram", at)
        people.record_consent(conn, "bianca", "service", True, "1", "en", "whatsapp", NOW)
        people.record_consent(conn, "carla", "newsletter", False, "1", "it", "telegram", LATER)
        said = people.consents_of(conn, "bianca")
        proof = conn.execute(
            select(CONSENTS).where(CONSENTS.c.person_id == "bianca", CONSENTS.c.purpose == "newsletter")
            .order_by(CONSENTS.c.id)
        ).all()
    assert (said["newsletter"].given, said["newsletter"].text_version) == (True, "2")
    assert said["service"].channel == "whatsapp" and set(said) == {"newsletter", "service"}
    assert [(row.given, row.text_version, row.at) for row in proof] == [
        (True, "1", NOW), (False, "1", LATER), (True, "2", LATER + timedelta(days=1)),
    ]


def test_a_role_given_twice_is_held_once(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "elena", "it", NOW)
        for _ in range(2):
            people.add_membership(conn, "elena", None, "welfare_manager", "", NOW)
        assert people.holders(conn, "welfare_manager") == ["elena"]
        assert people.holders(conn, "editor") == []


def test_she_is_reached_where_she_wrote_last_and_not_where_she_blocked_us(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        first = people.add_address(conn, "bianca", Address("telegram", "1"), "h1", NOW)
        second = people.add_address(conn, "bianca", Address("whatsapp", "+12025550143", "phone"), "h2", LATER)

        def here() -> int:
            found = people.find_by_id(conn, "bianca", lock=False)
            assert found is not None
            return found.here.id

        assert here() == second.id
        people.note_inbound(conn, first.id, LATER + timedelta(hours=1))
        assert here() == first.id
        people.mark_blocked(conn, first.id, LATER)
        assert here() == second.id
        people.close_window(conn, second.id)
        assert here() == second.id
        people.mark_blocked(conn, second.id, LATER)
        found = people.find_by_id(conn, "bianca", lock=False)
        assert found is not None and found.here.blocked
        people.note_inbound(conn, first.id, LATER)
        assert here() == first.id


def test_the_number_of_an_address_is_never_given_to_another_person(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        gone = people.add_address(conn, "bianca", Address("telegram", "1"), "h1", NOW)
        conn.execute(people.ADDRESSES.delete())
        people.add_guest(conn, "carla", "it", NOW)
        assert people.add_address(conn, "carla", Address("telegram", "2"), "h2", NOW).id > gone.id


def test_a_time_comes_back_aware_and_as_the_same_instant(database: Database) -> None:
    rome = datetime.fromisoformat("2026-11-25T10:00:00+01:00")
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", rome)
        kept = conn.execute(select(people.PEOPLE.c.created_at)).scalar_one()
    assert kept == rome and kept.tzinfo is not None
