"""The demonstration comes into an empty database and leaves without taking anything real along."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from conversations.events import Address
from storage import demo, forms, network, people
from storage.crypto import KeyRing
from storage.db import Database
from storage.people import ADDRESSES, MEMBERSHIPS, PEOPLE
from tests.storage.dump import opened, rows
from tests.storage.lives import live

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def load(conn: Connection, keys: KeyRing) -> None:
    demo.load(conn, keys, "needs", "1", "it", NOW)


def code_of(conn: Connection, keys: KeyRing, phone: str) -> str:
    code = next(one.code for one in demo.phones(conn) if one.phone == phone)
    row = network.invitation_by_hash(conn, keys.hash("invitation", code))
    assert row is not None
    return str(row.id)


def join(conn: Connection, keys: KeyRing, person: str, channel: str, invitation: str) -> None:
    if people.find_by_id(conn, person, lock=True) is None:
        people.add_guest(conn, person, "it", NOW)
    value = f"{channel}-of-{person}"
    people.add_address(conn, person, Address(channel, value), keys.hash("address", f"{channel}:{value}"), NOW)
    used = network.use_invitation(conn, invitation, person, NOW)
    people.add_membership(conn, person, used.enterprise_id, used.role, used.contract, NOW)


def test_it_holds_four_firms_people_in_every_role_free_codes_and_an_open_wave(
    database: Database, keys: KeyRing
) -> None:
    with database.write() as conn:
        assert demo.is_empty(conn)
        load(conn, keys)
        assert not demo.is_empty(conn)
        assert [row.name for row in network.enterprises(conn)] == sorted(name for name, _ in demo.FIRMS)
        assert all(row.demo for row in network.enterprises(conn))
        shown = {phone.phone: phone for phone in demo.phones(conn)}
        assert set(shown) == {who.phone for who in demo.CAST}
        codes = [phone.code for phone in shown.values() if phone.code]
        assert len(codes) == len(set(codes)) == 3
        for who in demo.CAST:
            assert bool(shown[who.phone].code) != who.joined
        assert len(people.holders(conn, "coordinator")) == 2
        for role in ("welfare_manager", "partner", "accountant", "editor", "auditor", "referent"):
            assert len(people.holders(conn, role)) == 1
        wave = forms.current(conn, "nobody", NOW)
        assert wave is not None and wave.closes_at == NOW + timedelta(days=60)


def test_a_code_that_was_used_is_offered_no_more(database: Database, keys: KeyRing) -> None:
    with database.write() as conn:
        load(conn, keys)
        invitation = code_of(conn, keys, "giulia")
        first = next(phone.code for phone in demo.phones(conn) if phone.phone == "giulia")
        join(conn, keys, "p", "simulator", invitation)
        second = next(phone.code for phone in demo.phones(conn) if phone.phone == "giulia")
        assert second not in {"", first}, "there are spare ones"


def test_loaded_and_removed_it_leaves_the_database_as_it_was(database: Database, keys: KeyRing) -> None:
    with database.write() as conn:
        network.add_enterprise(conn, "e1", "Sartoria Inventata")
        live(conn, keys, "bianca", "+12025550143", NOW)
    before = rows(database)
    with database.write() as conn:
        load(conn, keys)
    with database.write() as conn:
        join(conn, keys, "curious", "telegram", code_of(conn, keys, "giulia"))
        people.add_guest(conn, "visitor", "it", NOW)
        people.add_address(conn, "visitor", Address("simulator", "telegram:ospite"), "h", NOW)
        network.add_invitation(
            conn, key="by the office", code_hash="h", enterprise_id=people_firm(conn), role="worker", contract="",
            at=NOW, expires_at=NOW + timedelta(days=9),
        )
        join(conn, keys, "also curious", "telegram", "by the office")
        assert demo.remove(conn, NOW) == 8 + 3
    after = rows(database)
    assert len(after.pop("audit")) == 11 and before.pop("audit") == []
    assert after == before
    assert "demo" not in opened(database).replace("'demo':", "")


def people_firm(conn: Connection) -> str:
    return str(next(row.id for row in network.enterprises(conn) if row.demo))


def test_a_real_person_who_tried_the_demonstration_stays_and_only_her_part_in_it_goes(
    database: Database, keys: KeyRing
) -> None:
    with database.write() as conn:
        load(conn, keys)
        network.add_enterprise(conn, "e1", "Sartoria Inventata")
        network.add_invitation(
            conn, key="real", code_hash="hash", enterprise_id="e1", role="worker", contract="employee", at=NOW,
            expires_at=NOW + timedelta(days=9),
        )
        join(conn, keys, "bianca", "telegram", "real")
        demonstration = code_of(conn, keys, "karim")
        used = network.use_invitation(conn, demonstration, "bianca", NOW + timedelta(hours=1))
        people.add_membership(conn, "bianca", used.enterprise_id, "worker", "", NOW + timedelta(hours=1))
        people.add_address(conn, "bianca", Address("simulator", "telegram:bianca"), "h", NOW)
        wave = forms.current(conn, "bianca", NOW)
        assert wave is not None
        forms.start_run(conn, "run", "bianca", wave.wave_id, "1", {"answers": ["vere"]}, NOW)
    with database.write() as conn:
        demo.remove(conn, NOW)
        assert conn.execute(select(PEOPLE.c.id)).scalars().all() == ["bianca"]
        assert conn.execute(select(ADDRESSES.c.channel)).scalars().all() == ["telegram"]
        assert conn.execute(select(MEMBERSHIPS.c.enterprise_id)).scalars().all() == ["e1"]
        kept = forms.current(conn, "bianca", NOW)
        assert kept is not None and kept.state == {"answers": ["vere"]}
        assert [wave.demo for wave in forms.waves(conn)] == [False]
        assert demo.remove(conn, NOW) == 0
        assert forms.current(conn, "bianca", NOW) == kept
