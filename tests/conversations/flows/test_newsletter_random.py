"""Whatever everybody does with the newsletter, in whatever order, every turn ends and no rule is broken."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from conversations.events import Chose, Sent, Unreadable
from conversations.news.life import approved
from conversations.news.orders import ApproveIssue, HandToLegal, OpenIssue, PutItem, SignItem
from storage import people
from storage.crypto import KeyRing
from storage.db import Database
from storage.news import views
from storage.news.issues import ISSUES
from storage.news.orders import carry_out
from tests.conversations.flows.news_world import MARKDOWN, item
from tests.conversations.flows.voucher_phones import Network
from tests.conversations.player import ZONE

PEOPLE = ("giulia", "marta", "elena", "sara")
WORDS = (
    "1", "2", "3", "4", "7", "9", "12", "0", "-5", "sì", "no", "salta", "indietro", "menu", "annulla", "aiuto",
    "notizie", "leggi", "iscrivimi", "basta notizie", "stop", "riprendi", "redazione", "numeri", "english",
    "italiano", "domani alle 12:30", "martedì 18:30", "28/3/2027 alle 02:30", "ieri alle 12", "31/12/2026", "oggi",
    "14:30", "2026-12",
    "Bonus nido: le date", "Una frase breve sul bonus.", "https://example.org/x", "http://example.org", "x" * 3_000,
    "<b>{0}</b>", "🙂 titolo", "", " ", "‮abc", "quanto dura il congedo parentale?", "persona", "5", "80",
)  # fmt: skip
THINGS: tuple[Any, ...] = (
    MARKDOWN,
    Sent("document", "f", "application/pdf", "a.pdf"),
    Sent("voice", "v"),
    Sent("photo", "p"),
    Unreadable("poll"),
    *(
        Chose(f"@{flow}:{verb}:gone")
        for flow, verb in (
            ("newsletter", "read"), ("newsletter", "later"), ("newsletter", "stop"), ("newsletter", "ask"),
            ("newsletter", "interested"), ("newsletter", "tell"), ("newsletter", "open"), ("newsroom", "issue"),
            ("newsroom", "item"), ("newsdesk", "issue"), ("newsdesk", "sign"), ("newsdesk", "plan"),
            ("newsdesk", "pause"), ("newsdesk", "progress"),
        )
    ),
    Chose("@newsletter:on"),
    Chose("@newsletter:topics"),
    Chose("@newsroom:nonsense"),
    Chose("zz:never"),
)  # fmt: skip
ACTS = st.one_of(
    *[st.tuples(st.just("tap"), st.integers(0, len(PEOPLE) - 1), st.integers(0, 14))] * 5,
    st.tuples(st.just("old"), st.integers(0, len(PEOPLE) - 1), st.integers(0, 90)),
    st.tuples(st.just("say"), st.integers(0, len(PEOPLE) - 1), st.integers(0, len(WORDS) - 1)),
    st.tuples(st.just("thing"), st.integers(0, len(PEOPLE) - 1), st.integers(0, len(THINGS) - 1)),
    st.tuples(st.just("state"), st.just(0), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 300)),
)


@pytest.mark.parametrize("look", ["telegram", "whatsapp"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, max_size=60), handed=st.booleans())
def test_random_acts_of_everybody_with_the_newsletter(
    look: Any, acts: list[tuple[str, int, int]], handed: bool, migrated: bytes, keys: KeyRing
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "wis.db"
        file.write_bytes(migrated)
        database = Database(f"sqlite:///{file}", keys)
        try:
            walk(Network(database, look=look), acts, handed)
        finally:
            database.close()


def walk(network: Network, acts: list[tuple[str, int, int]], handed: bool) -> None:
    begin(network, handed)
    for who, word in (("giulia", "notizie"), ("marta", "redazione"), ("elena", "numeri"), ("sara", "numeri")):
        network.says(who, word)
    for act, person, number in acts:
        who = PEOPLE[person]
        match act:
            case "tap" | "old":
                known = network.heard_by[who]
                shown = known[-1] if act == "tap" else known[number % len(known)]
                buttons = (*shown.choices, *shown.ways)
                if buttons:
                    network.take(who, Chose(buttons[number % len(buttons)].value))
            case "say":
                network.says(who, WORDS[number])
            case "thing":
                network.take(who, THINGS[number])
            case "state":
                moved(network, number)
            case _:
                network.pass_time(hours=number)
        lawful(network)


def begin(network: Network, handed: bool) -> None:
    """A draft with three items, perhaps handed in already, and an issue that was sent."""
    with network.database.write() as conn:
        for who in PEOPLE:
            people.record_consent(conn, who, "newsletter", True, "1", "it", "simulator", network.at)
        for key in ("draft", "sent", "ready"):
            opened = OpenIssue(key, f"2026-{key}", "monthly", "Notizie", "News")
            carry_out(conn, opened, "marta", "telegram", network.at, ZONE)
            money, everybody = item(f"{key}a", "Bonus", topic="money"), item(f"{key}b", "Per tutti", common=True)
            for place, one in enumerate((money, everybody, rule(f"{key}c", network.at.date())), 1):
                carry_out(conn, PutItem(key, place, one), "marta", "telegram", network.at, ZONE)
        for key in ("draft", "ready") if handed else ("ready",):
            carry_out(conn, HandToLegal(key, 4), "marta", "telegram", network.at, ZONE)
        carry_out(conn, SignItem("ready", 4, "readyc"), "elena", "telegram", network.at, ZONE)
        carry_out(conn, ApproveIssue("ready", 4), "sara", "telegram", network.at, ZONE)
        sent = {"state": "sent", "started_at": network.at - timedelta(days=3), "ended_at": network.at}
        conn.execute(update(ISSUES).where(ISSUES.c.id == "sent").values(**sent))


def rule(key: str, day: date) -> Any:
    """An item about a rule, complete but for its signature."""
    return item(key, "Permessi 104", normative=True, source="INPS", as_of=day, expires=day + timedelta(days=60))


def moved(network: Network, number: int) -> None:
    """What the engine behind the newsletter does: what is scheduled begins, what is being sent ends."""
    with network.database.write() as conn:
        for issue in views.issues(conn):
            then = {"scheduled": "sending", "sending": "sent" if number % 2 else "sending"}.get(issue.state)
            if then is not None:
                conn.execute(update(ISSUES).where(ISSUES.c.id == issue.id).values(state=then, started_at=network.at))


def lawful(network: Network) -> None:
    """Nothing is on its way that nobody approved as it stands, and no rule unsigned."""
    with network.database.read() as conn:
        for issue in views.issues(conn):
            past = issue.state == "sent" and issue.id != "sent"
            if past or issue.state in ("approved", "scheduled", "sending", "paused"):
                assert approved(issue)
                assert all(one.signed_by for one in issue.items if one.normative)
