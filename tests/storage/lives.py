"""A person with a row in every table that can hold one, each with words of her own by which it is found again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from conversations.event_json import event_to_json
from conversations.events import Address, Event, Said
from conversations.forms.walk import AnswerRow
from storage import events, faq_asked, forms, network, outbox, people, tickets, timers
from storage.crypto import KeyRing
from storage.news.issues import FILES as NEWS_FILES
from storage.news.issues import ISSUES, ITEMS
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS

PARTS = ("risposta", "bozza", "domanda", "allegato", "lettera", "guasto", "attesa", "nome")


@dataclass(frozen=True)
class Life:
    """What was stored of her."""

    name: str
    person: str
    address_id: int
    phone: str
    run: str
    ticket: str
    words: tuple[str, ...]


def live(conn: Connection, keys: KeyRing, name: str, phone: str, at: datetime, wave: str = "") -> Life:
    """A worker who answered, asked, was answered, waits for a reminder, and met a defect of ours."""
    person, run, ticket = f"id-of-{name}", f"run-of-{name}", f"ticket-of-{name}"
    words = tuple(f"{part}-di-{name}" for part in PARTS)
    answer, draft, question, file, letter, defect, waiting, _ = words
    people.add_guest(conn, person, "it", at)
    address = Address("whatsapp", phone, "phone")
    known = people.add_address(conn, person, address, keys.hash("address", f"whatsapp:{phone}"), at)
    people.save_state(conn, person, {"v": 1, "place": ["handoff", "text", {"text": draft}]}, at)
    people.add_membership(conn, person, None, "worker", "employee", at)
    people.record_consent(conn, person, "service", True, "1", "it", "whatsapp", at)
    network.add_invitation(
        conn, key=f"inv-{name}", code_hash=f"hash-{name}", enterprise_id=None, role="worker", contract="",
        at=at, expires_at=at + timedelta(days=90),
    )
    network.use_invitation(conn, f"inv-{name}", person, at)
    network.add_link_code(conn, f"link-{name}", f"link-hash-{name}", person, at + timedelta(minutes=30))
    timers.set_timer(conn, person, "needs:remind", run, at + timedelta(days=3), {})
    if not wave:
        wave = f"wave-of-{name}"
        forms.open_wave(conn, wave, "needs", "1", at, at + timedelta(days=60))
    forms.start_run(conn, run, person, wave, "1", {"answers": {"/q": answer}}, at)
    forms.finish_run(
        conn, run, {"answers": {"/q": answer}}, [AnswerRow("q", "q", "text", answer, "G"), sensitive(answer)], at
    )
    tickets.open_ticket(conn, ticket, person, question, at)
    tickets.name_asker(conn, ticket, f"nome-di-{name}")
    faq_asked.ask(conn, f"asked-by-{name}", f"asked-by-{name}", person, waiting, "it", "deferred", "", at)
    tickets.add_file(conn, ticket, "whatsapp", "photo", "image/jpeg", f"{file}.jpg", f"ref-{file}", at)
    body = {"message": {"body": [{"v": letter}]}, "language": "it"}
    outbox.put(conn, outbox.Post(person, known.id, "whatsapp", 0, body), at, "node")
    event = Event(f"SM-{name}", address, at, Said(defect))
    events.bury(conn, "whatsapp", f"SM-{name}", "Said", event_to_json(event), "ValueError at x.py:1", at)
    newsletter(conn, name, person, known.id, at)
    return Life(name, person, known.id, phone, run, ticket, words)


def newsletter(conn: Connection, name: str, person: str, address_id: int, at: datetime) -> None:
    """She reads the newsletter, got an issue, waits for another, and wrote, signed and approved one herself."""
    conn.execute(insert(READERS).values(person_id=person, topics=["leave"], channel="whatsapp", hour="18:00"))
    for number, outcome in (("1", "read"), ("2", "todo"), ("3", "opened")):
        issue = f"issue-{number}-of-{name}"
        by = {"created_by": person, "approved_by": person, "scheduled_by": person}
        row = {"number": f"{number}-{name}", "kind": "monthly", "title": {"it": "x"}, "state": "sending"}
        conn.execute(insert(ISSUES).values(id=issue, revision=1, created_at=at, started_at=at, **row, **by))
        row = {"position": 0, "title": {"it": "x"}, "sentence": {"it": "x"}, "signed_by": person, "signed_at": at}
        conn.execute(insert(ITEMS).values(id=f"item-{number}-{name}", issue_id=issue, **row))
        row = {"channel": "whatsapp", "language": "it", "outcome": outcome, "ref": f"SM-{number}-{name}"}
        conn.execute(
            insert(RECIPIENTS).values(
                issue_id=issue, person_id=person, address_id=address_id, due_at=at, opened_at=at, **row
            )
        )
    row = {"channel": "whatsapp", "ref": f"ref-{name}", "name": f"{name}.md", "mime": "", "status": "waiting"}
    conn.execute(insert(NEWS_FILES).values(issue_id=issue, person_id=person, created_at=at, **row))


def sensitive(answer: str) -> AnswerRow:
    """An answer of GDPR art. 9."""
    return AnswerRow("s", "s", "text", f"salute-{answer}", "S")
