"""A code opens one door once, however many knock at the same time."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from storage import network, people
from storage.db import Conflict, Database
from storage.network import INVITATIONS

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
RACERS = 16


def invite(conn: Connection, key: str, expires_at: datetime = NOW + timedelta(days=14)) -> None:
    network.add_invitation(
        conn, key=key, code_hash=f"hash of {key}", enterprise_id=None, role="worker", contract="employee",
        at=NOW, expires_at=expires_at,
    )


def race(work: Callable[[int, threading.Barrier], bool]) -> int:
    """How many of the racers, who start at the same moment, won."""
    barrier = threading.Barrier(RACERS)
    with ThreadPoolExecutor(RACERS) as pool:
        return sum(pool.map(lambda n: work(n, barrier), range(RACERS)))


def test_of_sixteen_who_use_one_code_at_once_exactly_one_gets_in(database: Database) -> None:
    for number in range(5):
        key = f"i{number}"
        with database.write() as conn:
            invite(conn, key)

        def use(racer: int, barrier: threading.Barrier, key: str = key) -> bool:
            barrier.wait()
            try:
                with database.write() as conn:
                    network.use_invitation(conn, key, f"p{racer}", NOW)
            except Conflict:
                return False
            return True

        assert race(use) == 1


def test_a_check_followed_by_an_update_would_let_several_in(database: Database) -> None:
    """The control: without the guard in the update itself this race is lost, so the test above can fail."""
    with database.write() as conn:
        invite(conn, "i")

    def check_then_update(racer: int, barrier: threading.Barrier) -> bool:
        with database.read() as conn:
            row = network.invitation_by_hash(conn, "hash of i")
        barrier.wait()
        if row is None or row.used_by is not None:
            return False
        with database.write() as conn:
            conn.execute(update(INVITATIONS).where(INVITATIONS.c.id == "i").values(used_by=f"p{racer}"))
        return True

    assert race(check_then_update) > 1


def test_two_processes_share_all_codes_and_no_code_serves_both(database: Database, secret: str) -> None:
    count = 60
    with database.write() as conn:
        for number in range(count):
            invite(conn, f"i{number}")
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.storage.racer", url]
    processes = [
        subprocess.Popen(
            [*command, name, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "WIS_SECRET_KEYS": secret},
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    got = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(got) == count
    with database.read() as conn:
        for number in range(count):
            row = network.invitation_by_hash(conn, f"hash of i{number}")
            assert row is not None and row.used_by in {"one", "two"}


def test_an_expired_or_unknown_code_lets_nobody_in(database: Database) -> None:
    with database.write() as conn:
        invite(conn, "old", expires_at=NOW)
        with pytest.raises(Conflict):
            network.use_invitation(conn, "old", "p", NOW)
        with pytest.raises(Conflict):
            network.use_invitation(conn, "never made", "p", NOW)
        invite(conn, "revoked")
        conn.execute(update(INVITATIONS).where(INVITATIONS.c.id == "revoked").values(revoked_at=NOW))
        with pytest.raises(Conflict):
            network.use_invitation(conn, "revoked", "p", NOW)


def test_a_link_code_is_used_once_and_a_newer_one_voids_it(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        network.add_link_code(conn, "l1", "h1", "bianca", NOW + timedelta(minutes=30))
        network.add_link_code(conn, "l2", "h2", "bianca", NOW + timedelta(minutes=30))
        assert network.link_code_by_hash(conn, "h1") is None
        assert network.use_link_code(conn, "l2", NOW) == "bianca"
        with pytest.raises(Conflict):
            network.use_link_code(conn, "l2", NOW)
        network.add_link_code(conn, "l3", "h3", "bianca", NOW + timedelta(minutes=30))
        with pytest.raises(Conflict):
            network.use_link_code(conn, "l3", NOW + timedelta(minutes=30))


def test_of_sixteen_who_use_one_link_code_exactly_one_joins(database: Database) -> None:
    with database.write() as conn:
        people.add_guest(conn, "bianca", "it", NOW)
        network.add_link_code(conn, "l", "h", "bianca", NOW + timedelta(minutes=30))

    def use(_: int, barrier: threading.Barrier) -> bool:
        barrier.wait()
        try:
            with database.write() as conn:
                network.use_link_code(conn, "l", NOW)
        except Conflict:
            return False
        return True

    assert race(use) == 1


def test_no_two_people_can_have_one_address(database: Database) -> None:
    from conversations.events import Address

    with database.write() as conn:
        for person in ("bianca", "carla"):
            people.add_guest(conn, person, "it", NOW)
        people.add_address(conn, "bianca", Address("telegram", "1"), "h", NOW)
    with pytest.raises(IntegrityError), database.write() as conn:
        people.add_address(conn, "carla", Address("telegram", "1"), "h", NOW)
