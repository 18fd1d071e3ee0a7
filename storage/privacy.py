"""A person's rights across all tables: a copy of everything about her, and its erasure."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from storage import audit, events, faq_topics, tickets
from storage.faq_asked import ASKED
from storage.forms import ANSWERS, RUNS, answers_in_words
from storage.money.erasing import erase_money
from storage.money.export import export_money
from storage.network import ENTERPRISES, INVITATIONS, LINK_CODES
from storage.news.keeping import erase_news, export_news, hand_over_news
from storage.outbox import OUTBOX
from storage.people import ADDRESSES, CONSENTS, MEMBERSHIPS, PEOPLE
from storage.profiles import PROFILES
from storage.tickets import FILES, NOTES, TICKETS
from storage.timers import TIMERS

HELD = (ADDRESSES, MEMBERSHIPS, CONSENTS, TIMERS, LINK_CODES, ASKED)
"""Tables whose rows belong to one person alone."""


def export(conn: Connection, person_id: str) -> bytes:
    """Everything we hold about this person and nothing of anybody else, as JSON (UTF-8); GDPR art. 15, 20."""
    runs = [dict(r._mapping) for r in conn.execute(select(RUNS).where(RUNS.c.person_id == person_id))]
    for run in runs:
        run["questions_and_answers"] = answers_in_words(conn, run["wave_id"], run["form_version"], run["state"])
        run["answers"] = _rows(conn, ANSWERS, ANSWERS.c.run_id == run["id"])
    threads = _rows(conn, TICKETS, TICKETS.c.person_id == person_id)
    for thread in threads:
        thread.pop("assignee", None)
        written = select(NOTES.c.by, NOTES.c.text, NOTES.c.at).where(NOTES.c.ticket_id == thread["id"])
        thread["messages"] = [
            {"from": "association" if by else "you", "text": text, "at": at}
            for by, text, at in conn.execute(written.order_by(NOTES.c.number))
        ]
        names = select(FILES.c.name, FILES.c.mime, FILES.c.received_at).where(FILES.c.ticket_id == thread["id"])
        thread["files"] = [dict(r._mapping) for r in conn.execute(names)]
    memberships = conn.execute(
        select(MEMBERSHIPS, ENTERPRISES.c.name.label("enterprise"))
        .outerjoin(ENTERPRISES, ENTERPRISES.c.id == MEMBERSHIPS.c.enterprise_id)
        .where(MEMBERSHIPS.c.person_id == person_id)
    )
    held = _rows(conn, PEOPLE, PEOPLE.c.id == person_id)
    for person in held:
        # what is on her screen may be of others: the tickets a welfare manager reads
        state = person["state"] if isinstance(person["state"], dict) else {}
        person["state"] = {part: state[part] for part in ("place", "parked") if part in state}
    invitations = select(INVITATIONS.c.role, INVITATIONS.c.created_at, INVITATIONS.c.used_at)
    letters = events.letters_of(conn, _names(conn, person_id))
    data: dict[str, Any] = {
        "person": held,
        "addresses": _rows(conn, ADDRESSES, ADDRESSES.c.person_id == person_id),
        "roles": [dict(r._mapping) for r in memberships],
        "invitations": [
            dict(r._mapping) for r in conn.execute(invitations.where(INVITATIONS.c.used_by == person_id))
        ],
        "consents": _rows(conn, CONSENTS, CONSENTS.c.person_id == person_id),
        "questionnaires": runs,
        "messages_to_the_association": threads,
        "questions_waiting_for_an_answer": _rows(conn, ASKED, ASKED.c.person_id == person_id),
        "messages_not_yet_understood": [letter.body for letter in letters],
        "timers": _rows(conn, TIMERS, TIMERS.c.person_id == person_id),
        **export_money(conn, person_id),
        **export_news(conn, person_id),
        "messages_sent_to_you": [
            dict(r._mapping)
            for r in conn.execute(
                select(OUTBOX.c.created_at, OUTBOX.c.channel, OUTBOX.c.status).where(OUTBOX.c.person_id == person_id)
            )
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=_plain).encode()


def erase(conn: Connection, person_id: str, at: datetime) -> None:
    """No row with the person's addresses, words or answers is left; that it happened is on record, without her id.

    What was paid stays in the accounts, an invitation she used stays used, and what she answered to others stays
    theirs, all without her.
    """
    erase_money(conn, person_id, at)
    erase_news(conn, person_id)
    events.forget_letters(conn, [letter.id for letter in events.letters_of(conn, _names(conn, person_id))])
    mine = select(RUNS.c.id).where(RUNS.c.person_id == person_id)
    conn.execute(delete(ANSWERS).where(ANSWERS.c.run_id.in_(mine)))
    conn.execute(delete(RUNS).where(RUNS.c.person_id == person_id))
    threads = conn.execute(select(TICKETS.c.id).where(TICKETS.c.person_id == person_id)).scalars().all()
    tickets.drop(conn, threads)
    conn.execute(delete(OUTBOX).where(OUTBOX.c.person_id == person_id))
    conn.execute(update(INVITATIONS).where(INVITATIONS.c.used_by == person_id).values(used_by="erased"))
    conn.execute(update(NOTES).where(NOTES.c.by == person_id).values(by="erased"))
    conn.execute(update(TICKETS).where(TICKETS.c.assignee == person_id).values(assignee=""))
    faq_topics.forget_author(conn, person_id)
    for table in HELD:
        conn.execute(delete(table).where(table.c.person_id == person_id))
    conn.execute(delete(PEOPLE).where(PEOPLE.c.id == person_id))
    audit.record(conn, "erased", "", "", at)


def drop_guest(conn: Connection, person_id: str, heir: str) -> None:
    """A guest whose addresses were given to somebody else disappears; what she wrote to the association, and what
    is on its way to her, is the other's."""
    for table in (TIMERS, LINK_CODES, CONSENTS, PROFILES):
        conn.execute(delete(table).where(table.c.person_id == person_id))
    hand_over_news(conn, person_id, heir)
    for kept in (TICKETS, ASKED, OUTBOX):
        conn.execute(update(kept).where(kept.c.person_id == person_id).values(person_id=heir))
    conn.execute(delete(PEOPLE).where(PEOPLE.c.id == person_id))


def _names(conn: Connection, person_id: str) -> set[tuple[str, str]]:
    """All names by which an event may tell that it is hers; a timer's bears her id."""
    rows = conn.execute(select(ADDRESSES.c.channel, ADDRESSES.c.value).where(ADDRESSES.c.person_id == person_id))
    return {("timer", person_id), *((row.channel, row.value) for row in rows)}


def _rows(conn: Connection, table: Table, where: Any) -> list[dict[str, Any]]:
    hidden = {"value_hash", "code_hash"}
    return [
        {name: value for name, value in row._mapping.items() if name not in hidden}
        for row in conn.execute(select(table).where(where))
    ]


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return str(value)
