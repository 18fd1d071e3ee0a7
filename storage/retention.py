"""How long things are kept (domain.md, policy P12): what is older is gone after the night's run.

Unfinished questionnaires 30 days after the last answer; answers six months after the wave, those of art. 9 three;
the place in a conversation, its guests and its messages 90 days, what we said only 7; events that could not be
worked 90 days, others 30; expired codes 30 days; the proof of a consent (newsletter, offers) 24 months after its
withdrawal.
Threads with the welfare manager a year after they were closed; questions of the queue 90 days after their answer, a
year without one. Vouchers: money_retention.py; the newsletter: news/keeping.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from storage import audit, faq_asked, tickets
from storage.events import DEAD, DONE, EVENTS, RETRIED
from storage.forms import ANSWERS, RUNS, WAVES
from storage.money.retention import retain_money
from storage.network import LINK_CODES
from storage.news.keeping import retain_news
from storage.outbox import NODES, OUTBOX
from storage.people import CONSENTS, MEMBERSHIPS, PEOPLE
from storage.privacy import erase
from storage.tickets import OPEN, TICKETS

UNFINISHED = timedelta(days=30)
ANSWERED = timedelta(days=183)
SENSITIVE = timedelta(days=92)
CHAT = timedelta(days=90)
SPOKEN = timedelta(days=7)
EVENT = timedelta(days=30)
CODE = timedelta(days=30)
PROOF = timedelta(days=731)
PROVEN = ("newsletter", "offers")
"""The purposes that can be withdrawn while she stays with us."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What one run removed, by kind."""

    runs: int
    answers: int
    guests: int
    messages: int
    events: int
    codes: int
    money: int = 0
    questions: int = 0
    news: int = 0


def retain(conn: Connection, at: datetime) -> Gone:
    """Nothing older than its term is left; what was removed is on record as numbers."""
    unfinished = select(RUNS.c.id).where(RUNS.c.finished_at.is_(None), RUNS.c.updated_at < at - UNFINISHED)
    old = (
        select(RUNS.c.id).join(WAVES, WAVES.c.id == RUNS.c.wave_id).where(WAVES.c.closes_at < at - ANSWERED)
    )
    sensitive = (
        select(RUNS.c.id).join(WAVES, WAVES.c.id == RUNS.c.wave_id).where(WAVES.c.closes_at < at - SENSITIVE)
    )
    answers = conn.execute(
        delete(ANSWERS).where(ANSWERS.c.run_id.in_(sensitive), ANSWERS.c.privacy.like("%S%"))
    ).rowcount
    answers += conn.execute(delete(ANSWERS).where(ANSWERS.c.run_id.in_(old))).rowcount
    # the state of a finished run holds the answers too, the sensitive ones among them
    runs = conn.execute(
        delete(RUNS).where(RUNS.c.id.in_(unfinished) | (RUNS.c.id.in_(old)))
    ).rowcount
    conn.execute(
        update(RUNS).where(RUNS.c.id.in_(sensitive), RUNS.c.finished_at.is_not(None)).values(state={})
    )
    conn.execute(update(PEOPLE).where(PEOPLE.c.seen_at < at - CHAT).values(state=None))
    guests = _guests(conn, at)
    conn.execute(update(OUTBOX).where(OUTBOX.c.rank >= 2, OUTBOX.c.created_at < at - SPOKEN).values(body=None))
    # parked ones too: their reader has not come back
    messages = conn.execute(
        delete(OUTBOX).where(OUTBOX.c.rank >= 1, OUTBOX.c.created_at < at - CHAT)
    ).rowcount
    worked = conn.execute(
        delete(EVENTS).where(EVENTS.c.status.in_((DONE, RETRIED)), EVENTS.c.received_at < at - EVENT)
    ).rowcount
    # nobody has mended what they met in all this time, and they hold what a person wrote
    lost = conn.execute(delete(EVENTS).where(EVENTS.c.status == DEAD, EVENTS.c.received_at < at - CHAT)).rowcount
    _proofs(conn, at)
    conn.execute(delete(NODES).where(NODES.c.beat_at < at - EVENT))
    codes = conn.execute(delete(LINK_CODES).where(LINK_CODES.c.expires_at < at - CODE)).rowcount
    money = retain_money(conn, at)
    questions = tickets.drop_closed(conn, at) + faq_asked.drop_old(conn, at)
    news = retain_news(conn, at)
    gone = Gone(runs, answers, guests, messages, worked + lost, codes, money, questions, news)
    if any((runs, answers, guests, lost, money, questions, news)):
        counts = (runs, answers, guests, lost, money, questions, news)
        names = "runs answers guests letters money asked news".split()
        subject = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True) if count)
        audit.record(conn, "retention", subject[:60], "", at)
    return gone


def _proofs(conn: Connection, at: datetime) -> None:
    """What people said of the newsletter and of partners' offers, each where their last word is an old no."""
    c = CONSENTS.c
    for purpose in PROVEN:
        last = select(func.max(c.id)).where(c.purpose == purpose).group_by(c.person_id)
        withdrawn = select(c.person_id).where(c.id.in_(last), c.given.is_(False), c.at < at - PROOF)
        people = list(conn.execute(withdrawn).scalars())
        conn.execute(delete(CONSENTS).where(c.purpose == purpose, c.person_id.in_(people)))


def _guests(conn: Connection, at: datetime) -> int:
    """People who never joined and have not written for a while."""
    members = select(MEMBERSHIPS.c.person_id)
    asking = select(TICKETS.c.person_id).where(TICKETS.c.state == OPEN)
    old = conn.execute(
        select(PEOPLE.c.id).where(
            PEOPLE.c.seen_at < at - CHAT, PEOPLE.c.id.not_in(members), PEOPLE.c.id.not_in(asking)
        )
    ).scalars().all()
    for person in old:
        erase(conn, person, at)
    return len(old)
