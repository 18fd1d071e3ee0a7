"""An invented network in our own database: workers who have joined on Telegram, and the open questionnaire."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from bench.questions import QUESTIONS
from bench.xform import VERSION, xform
from conversations.forms.form import compile_form
from conversations.forms.walk import from_json, start
from conversations.message_json import message_to_json
from conversations.messages import Message, Verbatim
from storage import events, forms, migrate, network, outbox, people
from storage.crypto import KeyRing, new_key
from storage.db import Database

EARLIER = 2_000_000
"""Telegram ids of the people who were there before begin here."""
EVENTS_EACH = 11


@dataclass(frozen=True, slots=True)
class Kept:
    """What our database holds of a person's questionnaire."""

    answers: dict[str, str]
    messages: int


def prepare(folder: Path, ids: range, earlier: int) -> str:
    """A database in `folder` where these people (Telegram ids) may answer, and `earlier` others did; its key."""
    key = new_key()
    database = Database(f"sqlite:///{folder / 'wis.db'}", KeyRing.parse(key))
    migrate.upgrade(database)
    at = datetime.now(UTC)
    with database.write() as conn:
        network.add_enterprise(conn, "firm", "Sartoria Prova (inventata)", "4_9", demo=False)
        forms.publish(conn, "needs", VERSION, "Dieci domande", b"", xform(), at)
        forms.open_wave(conn, "wave", "needs", VERSION, at - timedelta(days=1), at + timedelta(days=30))
        _join(conn, database.keys, ids, at)
        if earlier:
            _join(conn, database.keys, range(EARLIER, EARLIER + earlier), at)
            _live(conn, range(EARLIER, EARLIER + earlier), at)
    with database.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return key


def kept(folder: Path, key: str) -> dict[int, Kept]:
    """The answers and the number of messages of everybody who was not there before, by Telegram id."""
    database = Database(f"sqlite:///{folder / 'wis.db'}", KeyRing.parse(key))
    a, r, o = people.ADDRESSES.c, forms.RUNS.c, outbox.OUTBOX.c
    with database.read() as conn:
        chats = {row.person_id: int(row.value) for row in conn.execute(select(a.person_id, a.value))}
        chats = {person: chat for person, chat in chats.items() if chat < EARLIER}
        said: dict[str, int] = dict.fromkeys(chats, 0)
        for person in conn.execute(select(o.person_id)).scalars():
            if person in said:
                said[person] += 1
        runs = {row.person_id: row.state for row in conn.execute(select(r.person_id, r.state))}
    database.close()
    found = {}
    for person, chat in chats.items():
        values = from_json(runs[person]).saved.values if person in runs else {}
        done = from_json(runs[person]).done if person in runs else frozenset[str]()
        answers = {q.name: values.get(f"/data/{q.name}", "") for q in QUESTIONS if f"/data/{q.name}" in done}
        found[chat] = Kept(answers, said[person])
    return found


def _join(conn: Connection, keys: KeyRing, ids: range, at: datetime) -> None:
    chats = [(f"p{chat}", str(chat)) for chat in ids]
    conn.execute(
        insert(people.PEOPLE),
        [
            # as the welcome leaves them: at home in the menu
            {"id": person, "language": "it", "state": _HOME, "created_at": at, "seen_at": at, "demo": False}
            for person, _ in chats
        ],
    )
    conn.execute(
        insert(people.ADDRESSES),
        [
            {
                "person_id": person,
                "channel": "telegram",
                "kind": "id",
                "value": chat,
                "value_hash": keys.hash("address", f"telegram:{chat}"),
                "first_seen": at,
                "last_inbound": at,
            }
            for person, chat in chats
        ],
    )
    conn.execute(
        insert(people.MEMBERSHIPS),
        [
            {"person_id": person, "enterprise_id": "firm", "role": "worker", "contract": "employee", "since": at}
            for person, _ in chats
        ],
    )
    conn.execute(
        insert(people.CONSENTS),
        [
            {
                "person_id": person,
                "purpose": purpose,
                "given": True,
                "text_version": "1",
                "language": "it",
                "channel": "telegram",
                "at": at,
            }
            for person, _ in chats
            for purpose in ("service", "reminders", "newsletter")
        ],
    )


def _live(conn: Connection, ids: range, at: datetime) -> None:
    """These people have half a questionnaire, and the events and messages of one dialogue each."""
    run = start(compile_form(xform()), now=at.astimezone(ZoneInfo("Europe/Rome")), seed=1, language="it").to_json()
    conn.execute(
        insert(forms.RUNS),
        [
            {
                "id": f"r{chat}",
                "person_id": f"p{chat}",
                "wave_id": "wave",
                "form_version": VERSION,
                "state": run,
                "started_at": at,
                "updated_at": at,
            }
            for chat in ids
        ],
    )
    conn.execute(
        insert(events.EVENTS),
        [
            {
                "channel": "telegram",
                "provider_id": f"earlier:{chat}:{number}",
                "kind": "said",
                "status": "done",
                "error": "",
                "attempts": 0,
                "received_at": at,
            }
            for chat in ids
            for number in range(EVENTS_EACH)
        ],
    )
    addresses = people.ADDRESSES.c
    known = dict(conn.execute(select(addresses.person_id, addresses.id)).tuples().all())
    body = {"message": message_to_json(Message(body=(Verbatim("Domanda di prima"),))), "language": "it"}
    conn.execute(
        insert(outbox.OUTBOX),
        [
            {
                "person_id": f"p{chat}",
                "address_id": known[f"p{chat}"],
                "channel": "telegram",
                "lane": 0,
                "body": body,
                "replaces": "",
                "status": "sent",
                "rank": 2,
                "attempts": 0,
                "repeats": 0,
                "due_at": at,
                "ref": str(number),
                "code": "",
                "reason": "",
                "created_at": at,
                "sent_at": at,
            }
            for chat in ids
            for number in range(EVENTS_EACH)
        ],
    )


_HOME = {"v": 1, "place": ["menu", "home", {}], "parked": [], "screen": 1, "offers": [], "misses": 0, "tapped": ""}
