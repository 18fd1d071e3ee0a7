"""The live progress of an issue in the chat of the coordinator who scheduled it: one outbox row, edited in place.

Where a channel cannot edit, there is a message when it begins and one at the half; how it ended is told by an alert
to every coordinator anyway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select, update

from conversations.events import Json
from conversations.message_json import message_to_json
from conversations.news.progress_view import progress_view, stage
from storage import outbox, people
from storage.db import Database
from storage.news.audience import WINDOW
from storage.news.issues import ISSUES
from storage.news.views import issue as read_issue
from storage.news.views import progress
from storage.outbox import OUTBOX
from storage.people import KnownPerson

EVERY: Final = timedelta(seconds=4)
"""Edits of one message are at least this far apart: a little less than the clock's own five seconds."""
LAST_LOOK: Final = timedelta(minutes=10)
"""How long after its end an issue's last state is still brought to the screen."""
LOOKS: Final = ("telegram", "simulator")
UNEDITABLE: Final = "whatsapp:"
"""How the simulator's addresses begin that imitate a channel without edits."""

_I, _O = ISSUES.c, OUTBOX.c


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be on the coordinator's screen: the message, the row it replaces (None: it is a new one), and the
    row that was there when it was looked at."""

    issue_id: str
    post: outbox.Post
    row: int | None
    seen: int | None
    over: bool


def look(database: Database, at: datetime) -> list[Shown]:
    """What has changed for a coordinator who watches an issue; only reads, so that nobody waits for the counting."""
    found = []
    with database.read() as conn:
        under_way = _I.state.in_(("sending", "paused"))
        over = _I.state.in_(("sent", "cancelled", "withdrawn"))
        ended = and_(over, _I.progress_row.is_not(None), _I.reported.is_(False), _I.ended_at > at - LAST_LOOK)
        watched = or_(under_way, ended)
        for row in conn.execute(select(ISSUES).where(watched, _I.scheduled_by != "")).all():
            shown = _shown(conn, row, at)
            if shown is not None:
                found.append(shown)
    return found


def post(conn: Connection, shown: Sequence[Shown], at: datetime) -> None:
    """It is on its way: the row of before is to be sent once more, or there is a new one."""
    for one in shown:
        number = one.row
        mine = select(_I.progress_row).where(_I.id == one.issue_id)
        if conn.execute(mine.with_for_update(key_share=True)).scalar() != one.seen:
            # another process was faster
            continue
        if number is None:
            number, _ = outbox.put(conn, one.post, at, "")
        elif not outbox.send_anew(conn, number, one.post.body, at):
            continue
        conn.execute(update(ISSUES).where(_I.id == one.issue_id).values(progress_row=number, reported=one.over))


def _shown(conn: Connection, row: Any, at: datetime) -> Shown | None:
    reader = people.find_by_id(conn, row.scheduled_by, lock=False)
    issue = read_issue(conn, row.id)
    if reader is None or issue is None or reader.stopped or reader.here.blocked:
        return None
    issue = replace(issue, progress=progress(conn, row.id))
    now = stage(issue)
    body: dict[str, Json] = {
        "message": message_to_json(progress_view(issue, at)),
        "language": reader.language,
        "stage": now,
    }
    new = outbox.Post(reader.id, reader.here.id, reader.here.channel, outbox.LANES["alert"], body)
    before = _before(conn, row.progress_row)
    if before is not None and before.address_id == reader.here.id and _edits(reader):
        waits = before.rank < outbox.RANKS[outbox.SENT] or not before.ref
        if waits or before.rank == outbox.RANKS[outbox.FAILED] or before.body == body:
            return None
        # a clock that was put back must not silence it
        if before.sent_at is not None and timedelta() <= at - before.sent_at < EVERY and now != "over":
            return None
        return Shown(row.id, new, before.id, row.progress_row, now == "over")
    if before is not None and not _worth(before.body, now):
        return None
    if now == "over" or not _reachable(reader, at):
        return None
    return Shown(row.id, new, None, row.progress_row, False)


def _before(conn: Connection, key: int | None) -> Any:
    return None if key is None else conn.execute(select(OUTBOX).where(_O.id == key)).first()


def _edits(reader: KnownPerson) -> bool:
    return reader.here.channel in LOOKS and not reader.here.value.startswith(UNEDITABLE)


def _worth(body: Mapping[str, Json] | Any, now: str) -> bool:
    """True if a new message says more than the last one."""
    return not isinstance(body, dict) or body.get("stage") != now


def _reachable(reader: KnownPerson, at: datetime) -> bool:
    """An opener is not worth it for this."""
    if reader.here.channel != "whatsapp":
        return True
    return reader.here.last_inbound is not None and reader.here.last_inbound > at - WINDOW
