"""Her rights: the copy holds all of her and nothing of others; after the erasure nothing of her is left (T7)."""

import json
from datetime import UTC, datetime

from sqlalchemy import select

from storage import audit, network, outbox, people, privacy, tickets
from storage.crypto import KeyRing
from storage.db import Database
from tests.storage.dump import opened, raw, rows
from tests.storage.lives import Life, live

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def two_lives(database: Database, keys: KeyRing) -> tuple[Life, Life]:
    with database.write() as conn:
        network.add_enterprise(conn, "e1", "Sartoria Inventata")
        bianca = live(conn, keys, "bianca", "+12025550143", NOW)
        carla = live(conn, keys, "carla", "+12025550144", NOW, wave="wave-of-bianca")
        people.add_membership(conn, carla.person, "e1", "welfare_manager", "", NOW)
        tickets.write(conn, "answer-1", bianca.ticket, "la risposta a bianca", NOW, by=carla.person)
        tickets.write(conn, "answer-2", carla.ticket, "la risposta a carla", NOW, by=bianca.person)
    return bianca, carla


def about(row: dict[str, object], life: Life) -> bool:
    """Whether the row belongs to her, or to a thread of hers."""
    return life.person == row.get("person_id") or life.ticket == row.get("ticket_id")


def test_after_the_erasure_no_row_holds_her_address_her_words_or_her_answers(
    database: Database, keys: KeyRing
) -> None:
    bianca, carla = two_lives(database, keys)
    of_carla = {
        name: [row for row in found if "carla" in repr(row) and not about(row, bianca)]
        for name, found in rows(database).items()
    }
    assert all(of_carla[name] for name in ("address", "answer", "event", "file", "outbox", "run", "ticket", "timer"))
    with database.write() as conn:
        privacy.erase(conn, bianca.person, NOW)
    seen = opened(database)
    for gone in (bianca.person, bianca.phone, bianca.run, bianca.ticket, *bianca.words, "la risposta a bianca"):
        assert gone not in seen, gone
    assert bianca.person.encode() not in raw(database) or database.kind == "sqlite"
    left = rows(database)
    for name, before in of_carla.items():
        known = [row | {"by": "erased"} if row.get("by") == bianca.person else row for row in before]
        known = [row | {"assignee": ""} if row.get("assignee") == bianca.person else row for row in known]
        assert all(row in left[name] for row in known), name
    assert {row["used_by"] for row in left["invitation"]} == {"erased", carla.person}
    assert [(row["act"], row["actor"]) for row in left["audit"]] == [("erased", "")]


def test_the_copy_holds_everything_about_her_and_nothing_of_others(database: Database, keys: KeyRing) -> None:
    bianca, carla = two_lives(database, keys)
    with database.write() as conn:
        on_screen = {"v": 1, "place": ["handoff", "list", {}], "parked": [], "offers": [["1", "di bianca", True]]}
        people.save_state(conn, carla.person, on_screen, NOW)
    with database.read() as conn:
        hers, other = privacy.export(conn, bianca.person).decode(), privacy.export(conn, carla.person).decode()
    for kept in (bianca.phone, *(word for word in bianca.words if "lettera" not in word), "la risposta a bianca"):
        assert kept in hers, kept
    for hidden in (carla.phone, carla.person, *carla.words, "la risposta a carla", "e1"):
        assert hidden not in hers, hidden
    for hidden in (bianca.phone, bianca.person, *bianca.words, "di bianca"):
        assert hidden not in other, hidden
    assert "Sartoria Inventata" in other
    data = json.loads(hers)
    kinds = (
        "person", "addresses", "roles", "invitations", "consents", "questionnaires", "messages_to_the_association",
        "messages_not_yet_understood", "timers", "messages_sent_to_you", "questions_waiting_for_an_answer",
        "newsletter_wishes", "newsletters_for_you", "newsletter_files",
    )
    assert all(data[kind] for kind in kinds), "she has something of every kind"
    assert data["questionnaires"][0]["answers"][0]["value"] == "risposta-di-bianca"
    assert data["messages_to_the_association"][0]["files"][0]["name"] == "allegato-di-bianca.jpg"
    assert "hash" not in hers


def test_the_copy_of_somebody_who_is_gone_is_empty(database: Database) -> None:
    with database.read() as conn:
        assert not any(json.loads(privacy.export(conn, "nobody")).values())


def test_what_a_guest_wrote_and_what_is_on_its_way_to_her_is_her_own_under_her_other_name(
    database: Database, keys: KeyRing
) -> None:
    with database.write() as conn:
        bianca = live(conn, keys, "bianca", "+12025550143", NOW)
        people.add_guest(conn, "guest", "it", NOW)
        from conversations.events import Address

        chat = people.add_address(conn, "guest", Address("telegram", "1001"), "h", NOW)
        tickets.open_ticket(conn, "t-guest", "guest", "una domanda da ospite", NOW)
        post = outbox.Post("guest", chat.id, "telegram", 0, {"message": {"body": []}, "language": "it"})
        number, _ = outbox.put(conn, post, NOW, "node")
        people.move_addresses(conn, "guest", bianca.person)
        privacy.drop_guest(conn, "guest", bianca.person)
        assert people.find_by_id(conn, "guest", lock=True) is None
        assert {t.id for t in tickets.tickets_of(conn, bianca.person)} == {"t-guest", bianca.ticket}
        row = conn.execute(select(outbox.OUTBOX).where(outbox.OUTBOX.c.id == number)).one()
        assert row.person_id == bianca.person
    assert "'guest'" not in opened(database)


def test_an_act_is_recorded_once_where_it_would_come_with_every_message(database: Database) -> None:
    with database.write() as conn:
        for actor in ("a", "a", "b"):
            audit.record_once(conn, "address_of_two", "x", actor, NOW)
        assert [row.actor for row in audit.acts(conn)] == ["b", "a"]
