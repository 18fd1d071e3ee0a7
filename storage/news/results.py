"""What became of a letter of the newsletter: recorded by its run, corrected by the provider's later reports."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, func, select, update

from conversations.news.views import Outcome
from storage import people, timers, voucher_readers
from storage.news.audience import WINDOWED
from storage.news.causes import ANOTHER_DAY, GONE, STOPS
from storage.news.claims import DAY, another_address
from storage.news.issues import ISSUES
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS
from storage.news.runs import SENDING, WAITING

RANKS: Final[Mapping[Outcome, int]] = {
    "todo": 0,
    "sending": 0,
    "opened": 1,
    "doubtful": 1,
    "sent": 2,
    "failed": 3,
    "delivered": 4,
    "read": 5,
    "skipped": 6,
    "cancelled": 6,
    "expired": 6,
}
"""A report never lowers an outcome; what was delivered has not failed."""
OPENED_FOR: Final = timedelta(days=7)
TRIES: Final = 3
"""How often what the provider accepted and could not deliver is tried."""
FINISHED, ISSUE_STOPPED = "newsdesk:finished", "newsdesk:stopped"

_I, _R = ISSUES.c, RECIPIENTS.c

Then = Literal["", "lose", "close_window", "stop"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one letter in a run's hand, and what else it asks for.

    `outcome` "todo" puts the row back until `due_at`; `attempt` counts the try, `doubt` that nobody knows whether it
    was sent. `then` "lose" blocks the address and tries another one of hers, "close_window" notes that only an opener
    may go there, "stop" pauses the issue because everybody else would meet the same.
    """

    id: int
    outcome: Outcome
    ref: str = ""
    code: str = ""
    reason: str = ""
    due_at: datetime | None = None
    attempt: bool = False
    doubt: bool = False
    then: Then = ""
    person_id: str = ""
    address_id: int = 0
    issue_id: str = ""


def record(conn: Connection, token: str, result: Result, channels: Collection[str], at: datetime) -> bool:
    """The row says so, if this run still has it in hand; False if a report or another run was faster."""
    values: dict[str, Any] = {"outcome": result.outcome, "run": None}
    if result.code:
        values |= {"code": result.code[:40], "reason": result.reason[:300]}
    if result.ref:
        values["ref"] = result.ref[:80]
    if result.attempt:
        values["attempts"] = _R.attempts + 1
    if result.doubt:
        values["doubts"] = _R.doubts + 1
    if result.outcome == "todo":
        values["due_at"] = result.due_at or at
    if result.outcome == "sent":
        values["sent_at"] = at
    if result.outcome == "opened":
        values["opened_at"] = at
    mine = (_R.id == result.id, _R.run == token, _R.outcome == SENDING)
    if not conn.execute(update(RECIPIENTS).where(*mine).values(**values)).rowcount:
        return False
    if result.then == "lose":
        _lose(conn, result.id, result.person_id, result.address_id, channels, at)
    elif result.then == "close_window":
        people.close_window(conn, result.address_id)
    elif result.then == "stop":
        stop(conn, result.issue_id, result.code, at)
    return True


def doubt(conn: Connection, key: int, token: str) -> None:
    """Nobody knows whether the try that just ended was sent; it stays in the run's hand and is tried again."""
    mine = (_R.id == key, _R.run == token, _R.outcome == SENDING)
    conn.execute(update(RECIPIENTS).where(*mine).values(doubts=_R.doubts + 1))


def report(
    conn: Connection,
    channel: str,
    key: int,
    ref: str,
    status: Outcome,
    code: str,
    reason: str,
    again: str,
    channels: Collection[str],
    at: datetime,
) -> bool:
    """The row of this number (0: of this reference) has this status unless it had a higher one, and a known cause is
    kept; a failure is met as the same refusal would be. True if there is such a row.

    `again` is what the channel says a failure asks for: "window" the opener, "later" another try, "" nothing.
    """
    mine = (_R.id == key) if key else (_R.ref == ref)
    if not key and not ref:
        return False
    lower = [outcome for outcome, rank in RANKS.items() if rank < RANKS[status]]
    values: dict[str, Any] = {"outcome": status, "run": None}
    if ref:
        values["ref"] = ref[:80]
    if code:
        values |= {"code": code[:40], "reason": reason[:300]}
    before = conn.execute(select(_R.id, _R.code).where(_R.channel == channel, mine)).first()
    if before is None:
        return False
    if status in ("sent", "delivered", "read"):
        values["sent_at"] = func.coalesce(_R.sent_at, at)
    if status in ("delivered", "read"):
        values[f"{status}_at"] = at
    changed = conn.execute(
        update(RECIPIENTS)
        .where(_R.id == before.id, _R.outcome.in_(lower))
        .values(**values)
        .returning(_R.id, _R.issue_id, _R.person_id, _R.address_id, _R.attempts)
    ).first()
    if changed is not None and status == "failed":
        _meet(conn, changed, before.code, code, again, channels, at)
    return True


def stop(conn: Connection, issue_id: str, code: str, at: datetime) -> None:
    """The issue is paused for this cause, and the coordinators are told; one that is not being sent is left alone."""
    mine = (_I.id == issue_id, _I.state == "sending")
    if conn.execute(update(ISSUES).where(*mine).values(state="paused", stopped_why=code[:60])).rowcount:
        _tell(conn, ISSUE_STOPPED, issue_id, at, code[:60])


def finish(conn: Connection, at: datetime) -> list[str]:
    """Every issue of which nobody waits any more is sent, and the coordinators are told, once; which ones."""
    done = []
    sending = (_I.state == "sending", _I.enqueued.is_(True))
    for issue, ended_before in conn.execute(select(_I.id, _I.ended_at).where(*sending)).all():
        waits = select(_R.id).where(_R.outcome == WAITING, _R.issue_id == issue).limit(1)
        if conn.execute(waits).first() is not None:
            continue
        in_hand = select(_R.id).where(_R.outcome == SENDING, _R.issue_id == issue).limit(1)
        if conn.execute(in_hand).first() is not None:
            continue
        ended = {"state": "sent", "ended_at": at, "stopped_why": ""}
        if conn.execute(update(ISSUES).where(_I.id == issue, *sending).values(**ended)).rowcount:
            if ended_before is None:
                _tell(conn, FINISHED, issue, at)
            done.append(issue)
    return done


def expire_opened(conn: Connection, at: datetime) -> int:
    """Whoever did not ask for the digest within seven days of its opener will not be sent it; how many."""
    # by its channels, so that an index leads there: only they have openers
    late = (_R.channel.in_((*WINDOWED, "simulator")), _R.opened_at < at - OPENED_FOR, _R.outcome == "opened")
    return conn.execute(update(RECIPIENTS).where(*late).values(outcome="expired")).rowcount


def _meet(
    conn: Connection,
    row: Row[Any],
    known: str,
    code: str,
    again: str,
    channels: Collection[str],
    at: datetime,
) -> None:
    """What a failure that was reported later asks for, in one more try or in none."""
    back = {"outcome": "todo", "attempts": _R.attempts + 1}
    put = update(RECIPIENTS).where(_R.id == row.id)
    if code in STOPS:
        conn.execute(put.values(**back, due_at=at))
        _open_again(conn, row.issue_id)
        stop(conn, row.issue_id, code, at)
    elif code in ANOTHER_DAY:
        if known != code:
            conn.execute(put.values(**back, due_at=at + DAY))
            _open_again(conn, row.issue_id)
    elif code in GONE and row.person_id is not None and row.address_id is not None:
        _lose(conn, row.id, row.person_id, row.address_id, channels, at)
        _open_again(conn, row.issue_id)
    elif again == "window" and row.address_id is not None and row.attempts < TRIES - 1:
        people.close_window(conn, row.address_id)
        conn.execute(put.values(**back, due_at=at))
        _open_again(conn, row.issue_id)
    elif again == "later" and row.attempts < TRIES - 1:
        conn.execute(put.values(**back, due_at=at + timedelta(minutes=15)))
        _open_again(conn, row.issue_id)


def _open_again(conn: Connection, issue_id: str) -> None:
    """An issue that was sent goes on if a letter failed after all and somebody waits for it once more; it ends again
    without a word."""
    waits = select(_R.id).where(_R.issue_id == issue_id, _R.outcome == WAITING).limit(1)
    if conn.execute(waits).first() is not None:
        conn.execute(update(ISSUES).where(_I.id == issue_id, _I.state == "sent").values(state="sending"))


def _lose(
    conn: Connection, key: int, person_id: str, address_id: int, channels: Collection[str], at: datetime
) -> None:
    """Nothing more goes to this address; another one of hers, if she has one, is tried."""
    people.mark_blocked(conn, address_id, at)
    voucher_readers.gone_silent(conn, person_id, at)
    wanted = conn.execute(select(READERS.c.channel).where(READERS.c.person_id == person_id)).scalar()
    other = another_address(conn, person_id, wanted or "", channels, but=address_id)
    if other is not None:
        moved = {"address_id": other.id, "channel": other.channel, "outcome": "todo", "due_at": at, "run": None}
        conn.execute(update(RECIPIENTS).where(_R.id == key).values(**moved))


def _tell(conn: Connection, kind: str, issue_id: str, at: datetime, why: str = "") -> None:
    for person in people.holders(conn, "coordinator"):
        timers.set_timer(conn, person, kind, issue_id, at, {"why": why} if why else {})
