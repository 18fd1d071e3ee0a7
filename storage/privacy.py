"""A person's rights across all tables: a copy of everything about her, and its erasure."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from storage import audit
from storage.events import EVENTS
from storage.forms import ANSWERS, RUNS, WAVES
from storage.network import ENTERPRISES, INVITATIONS, LINK_CODES
from storage.outbox import OUTBOX
from storage.people import ADDRESSES, CONSENTS, MEMBERSHIPS, PEOPLE
from storage.tickets import FILES, TICKETS
from storage.timers import TIMERS

HELD = (ADDRESSES, MEMBERSHIPS, CONSENTS, TIMERS, LINK_CODES)
"""Tables whose rows belong to one person alone."""


def export(conn: Connection, person_id: str) -> bytes:
    """Everything we hold about this person, as readable JSON (UTF-8); GDPR art. 15 and 20."""
    runs = [dict(r._mapping) for r in conn.execute(select(RUNS).where(RUNS.c.person_id == person_id))]
    for run in runs:
        run["answers"] = _rows(conn, ANSWERS, ANSWERS.c.run_id == run["id"])
        run["state"] = run["state"]
    tickets = _rows(conn, TICKETS, TICKETS.c.person_id == person_id)
    for ticket in tickets:
        ticket.pop("answered_by", None)
        names = select(FILES.c.name, FILES.c.mime, FILES.c.received_at).where(FILES.c.ticket_id == ticket["id"])
        ticket["files"] = [dict(r._mapping) for r in conn.execute(names)]
    memberships = conn.execute(
        select(MEMBERSHIPS, ENTERPRISES.c.name.label("enterprise"))
        .outerjoin(ENTERPRISES, ENTERPRISES.c.id == MEMBERSHIPS.c.enterprise_id)
        .where(MEMBERSHIPS.c.person_id == person_id)
    )
    data: dict[str, Any] = {
        "person": _rows(conn, PEOPLE, PEOPLE.c.id == person_id),
        "addresses": _rows(conn, ADDRESSES, ADDRESSES.c.person_id == person_id),
        "roles": [dict(r._mapping) for r in memberships],
        "consents": _rows(conn, CONSENTS, CONSENTS.c.person_id == person_id),
        "questionnaires": runs,
        "messages_to_the_association": tickets,
        "timers": _rows(conn, TIMERS, TIMERS.c.person_id == person_id),
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

    An invitation she used stays used, without her.
    """
    mine = select(RUNS.c.id).where(RUNS.c.person_id == person_id)
    conn.execute(delete(ANSWERS).where(ANSWERS.c.run_id.in_(mine)))
    conn.execute(delete(RUNS).where(RUNS.c.person_id == person_id))
    tickets = select(TICKETS.c.id).where(TICKETS.c.person_id == person_id)
    conn.execute(delete(FILES).where(FILES.c.ticket_id.in_(tickets)))
    conn.execute(delete(TICKETS).where(TICKETS.c.person_id == person_id))
    conn.execute(delete(OUTBOX).where(OUTBOX.c.person_id == person_id))
    conn.execute(update(INVITATIONS).where(INVITATIONS.c.used_by == person_id).values(used_by="erased"))
    for table in HELD:
        conn.execute(delete(table).where(table.c.person_id == person_id))
    conn.execute(delete(PEOPLE).where(PEOPLE.c.id == person_id))
    audit.record(conn, "erased", "", "", at)


def drop_guest(conn: Connection, person_id: str) -> None:
    """A guest whose addresses were given to somebody else disappears."""
    for table in (TIMERS, LINK_CODES, CONSENTS):
        conn.execute(delete(table).where(table.c.person_id == person_id))
    conn.execute(delete(OUTBOX).where(OUTBOX.c.person_id == person_id, OUTBOX.c.rank >= 2))
    conn.execute(delete(PEOPLE).where(PEOPLE.c.id == person_id))


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


ALL = (EVENTS, WAVES)
"""Tables that hold nothing of a person once an event was worked."""
