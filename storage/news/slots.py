"""What the calendar starts: issues whose moment has come, and the monthly slot, each once in the whole cluster."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conversations.news.calendar import Rule, last_slot, next_slot
from storage.news.issues import ISSUES, SLOTS

MONTHLY: Final = "newsletter "
"""What the schedule of a standing rule begins with; the rule's name follows, for another rule has other slots."""
ALIVE: Final = ("scheduled", "sending", "paused", "sent")

PATIENCE: Final = timedelta(hours=48)
"""How late an issue with a moment of its own may begin: news of another week is for a person to send."""

_I, _S = ISSUES.c, SLOTS.c


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of an issue whose moment had come."""

    issue_id: str
    what: Literal["started", "skipped"]
    scheduled_by: str
    next_at: datetime | None = None


def take_slot(conn: Connection, schedule: str, slot: datetime, at: datetime, node: str, outcome: str = "") -> bool:
    """True for the one process that has the slot; whoever comes later, on any node, has not."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(SLOTS).values(schedule=schedule, slot=slot, taken_at=at, node=node, outcome=outcome)
    # not by the count of rows: PostgreSQL's driver does not tell it for an insert
    taken = statement.on_conflict_do_nothing(index_elements=["schedule", "slot"]).returning(_S.id)
    return conn.execute(taken).first() is not None


def begin_due(conn: Connection, at: datetime, rule: Rule | None, zone: ZoneInfo) -> list[Begun]:
    """Every scheduled issue whose moment has come is being sent from now on. One that is too late is not: a standing
    one, later than its rule lets it be, is moved to the next slot; one with a moment of its own, later than PATIENCE,
    is approved and without a moment again."""
    due = conn.execute(
        select(_I.id, _I.scheduled_at, _I.scheduled_by, _I.standing)
        .where(_I.state == "scheduled", _I.scheduled_at <= at)
        .order_by(_I.scheduled_at, _I.id)
    ).all()
    begun = []
    for issue in due:
        mine = (_I.id == issue.id, _I.state == "scheduled", _I.scheduled_at == issue.scheduled_at)
        if issue.standing and rule is not None and at - issue.scheduled_at > rule.patience:
            later = next_slot(rule, at, zone)
            if conn.execute(update(ISSUES).where(*mine).values(scheduled_at=later)).rowcount:
                begun.append(Begun(issue.id, "skipped", issue.scheduled_by, later))
        elif not issue.standing and at - issue.scheduled_at > PATIENCE:
            if conn.execute(update(ISSUES).where(*mine).values(state="approved", scheduled_at=None)).rowcount:
                begun.append(Begun(issue.id, "skipped", issue.scheduled_by))
        elif conn.execute(update(ISSUES).where(*mine).values(state="sending", started_at=at)).rowcount:
            begun.append(Begun(issue.id, "started", issue.scheduled_by))
    return begun


def monthly_slot(
    conn: Connection, at: datetime, rule: Rule, zone: ZoneInfo, node: str
) -> Literal["", "ready", "empty", "missed"]:
    """The standing slot that came last is taken, by whichever process looks first: "ready" where an issue waits for
    it or goes out, "empty" where none does (the office is reminded), "missed" where nobody looked in time; "" where
    it was taken before. The slots before the first look are none of ours."""
    slot, schedule = last_slot(rule, at, zone), MONTHLY + rule.name
    if not conn.execute(select(func.count()).where(_S.schedule == schedule)).scalar_one():
        take_slot(conn, schedule, slot, at, node, "before")
        return ""
    outcome: Literal["ready", "empty", "missed"] = "missed"
    if at - slot <= rule.patience:
        mine = (_I.standing.is_(True), _I.scheduled_at == slot, _I.state.in_(ALIVE))
        outcome = "ready" if conn.execute(select(_I.id).where(*mine)).first() else "empty"
    return outcome if take_slot(conn, schedule, slot, at, node, outcome) else ""
