"""wis why: one person, one issue, one plain answer, however she is named."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.commands.common import now
from conversations.events import Address
from storage import people, profiles
from storage.db import Database
from storage.news.recipients import RECIPIENTS
from tests.bot.commands.command_line import Told, Wis
from tests.storage.news_readers import issue, says

PHONE = "+12025550123"


@pytest.fixture
def office(wis: Wis) -> Wis:
    """Anna, who said her name, has a row of the last issue; Bea, whose name nobody knows, has none."""
    # the first command makes the database
    assert "No issue has begun yet" in wis("why", "anna").err
    database = wis.database()
    with database.write() as conn:
        began = now() - timedelta(hours=1)
        for who, value in (("anna", PHONE), ("bea", "+12025550124")):
            people.add_guest(conn, who, "it", began)
            hashed = database.keys.hash("address", f"whatsapp:{value}")
            people.add_address(conn, who, Address("whatsapp", value, "phone"), hashed, began)
        hashed = database.keys.hash("address", "simulator:telegram:anna")
        people.add_address(conn, "anna", Address("simulator", "telegram:anna"), hashed, began)
        says(conn, "anna", True, began - timedelta(days=1))
        profiles.keep(conn, "anna", began, name="Anna Prova")
        issue(conn, "old", "sent", number="2026-10", started_at=began - timedelta(days=30), enqueued=True)
        issue(conn, "new", "sending", number="2026-11", started_at=began, enqueued=True)
        values = {"issue_id": "new", "person_id": "anna", "channel": "whatsapp", "language": "it"}
        conn.execute(insert(RECIPIENTS).values(**values, id=77, outcome="opened", due_at=began, opened_at=began))
    database.close()
    return wis


def changed(wis: Wis, job: Any) -> None:
    database: Database = wis.database()
    with database.write() as conn:
        job(conn)
    database.close()


def asked(wis: Wis, *arguments: str) -> str:
    told: Told = wis("why", *arguments)
    assert told.code == 0, told.err
    return told.out


NAMES = (
    PHONE,
    f"whatsapp:{PHONE}",
    "+1 202 555 0123",
    "simulator:telegram:anna",
    "anna",
    "Anna Prova",
    "anna PROVA",
    "Anna",
    "#77",
)


@pytest.mark.parametrize("name", NAMES)
def test_she_is_found_by_her_address_her_id_her_name_or_her_row(office: Wis, name: str) -> None:
    assert "Ha l'annuncio su WhatsApp dal" in asked(office, name)


def test_the_issue_is_the_last_one_or_the_one_that_is_named(office: Wis) -> None:
    assert "quando l'invio era già cominciato" in asked(office, "anna", "--issue", "2026-10")
    assert "She has had the notice on WhatsApp" in asked(office, "anna", "--language", "en")


def test_who_never_said_yes_is_told_so(office: Wis) -> None:
    told = asked(office, "+12025550124")
    assert told.splitlines()[:2] == ["Questo numero non era per lei.", "Non ha mai detto sì alla newsletter."]


def test_who_regretted_is_told_since_when(office: Wis) -> None:
    changed(office, lambda conn: says(conn, "bea", False, now()))
    assert "Non vuole la newsletter: l'ha detto il" in asked(office, "bea")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("carla",), "Nobody is known as carla"),
        (("#78",), "has no row #78"),
        (("#x",), "has no row #x"),
        (("anna", "--issue", "2030-01"), "There is no issue 2030-01"),
    ],
)
def test_what_cannot_be_found_is_said(office: Wis, arguments: tuple[str, ...], said: str) -> None:
    told = office("why", *arguments)
    assert told.code == 1 and said in told.err


def test_two_of_one_name_are_told_apart_by_their_ids(office: Wis) -> None:
    changed(office, lambda conn: profiles.keep(conn, "bea", now(), name="anna prova"))
    told = office("why", "Anna Prova")
    assert told.code == 1 and "anna, bea" in told.err
