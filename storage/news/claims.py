"""Who is next: rows of the issues being sent, each looked at once more in the moment it is taken in hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Connection, and_, case, func, literal, or_, select, union, update

from conversations.news.views import Topic, Wishes
from storage.news.audience import PURPOSE, WINDOW, WINDOWED, willing
from storage.news.causes import ERASED, OPTED_OUT, STOPPED, UNREACHABLE
from storage.news.issues import ISSUES
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS
from storage.news.runs import WAITING
from storage.outbox import OUTBOX
from storage.people import ADDRESSES, CONSENTS, PEOPLE, KnownAddress, find_by_id

LOOKED_AT: Final = 64
"""Rows one transaction looks at, so that a reply never waits long for it."""
DAY: Final = timedelta(hours=24)

_I, _R, _P, _A, _W = ISSUES.c, RECIPIENTS.c, PEOPLE.c, ADDRESSES.c, READERS.c


@dataclass(frozen=True, slots=True)
class Claimed:
    """One person of one issue, in this run's hand. `opens` says that only the opener may go to her; `code` is what
    an earlier try met."""

    id: int
    issue_id: str
    revision: int
    rate: float
    at_most_once: bool
    person_id: str
    address: KnownAddress
    aliases: tuple[KnownAddress, ...]
    language: str
    wishes: Wishes
    attempts: int
    doubts: int
    code: str
    opens: bool


@dataclass(slots=True)
class Claims:
    """What a look for the next ones gave; `full` says that today's openers are used up, `more` that there may be
    more rows than were looked at."""

    found: list[Claimed] = field(default_factory=list)
    skipped: int = 0
    full: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms rows are claimed: the run, the channels of this program, how many may be in hand, which are,
    how many openers may still go out today (None: as many as there are), and until when the others wait."""

    channel: str
    token: str
    channels: Collection[str]
    room: int
    in_hand: Sequence[int]
    openers: int | None
    next_day: datetime


def claim(conn: Connection, terms: Terms, at: datetime) -> Claims:
    """The next people, urgent issues first, then the oldest; whoever opted out, stopped us, or cannot be reached is
    skipped with the cause; whose address is gone or blocked is claimed on another of hers, or left to its channel."""
    claims, looked = Claims(), 0
    opens = terms.openers
    order = (case((_I.kind == "urgent", 0), else_=1), _I.started_at, _I.id)
    sending = select(_I.id, _I.revision, _I.rate, _I.at_most_once).where(_I.state == "sending").order_by(*order)
    for issue in conn.execute(sending).all():
        while len(claims.found) < terms.room:
            room = min(terms.room - len(claims.found), LOOKED_AT - looked)
            rows = _rows(conn, issue.id, terms, at, room)
            looked += len(rows)
            for row in rows:
                taken = _look(conn, issue, row, terms, at, opens)
                if isinstance(taken, str):
                    claims.skipped += taken == SKIPPED
                    claims.full |= taken == FULL
                    continue
                claims.found.append(taken)
                if taken.opens and opens is not None:
                    opens -= 1
            if looked >= LOOKED_AT:
                claims.more = True
                return claims
            if len(rows) < room:
                break
    return claims


def called_off(conn: Connection, keys: Collection[int]) -> list[int]:
    """Which of these rows, claimed a while ago, are not to be sent now after all: their issue was paused or stopped,
    or the reader has opted out, stopped us or is gone."""
    if not keys:
        return []
    alive = and_(_I.state == "sending", _P.stopped_at.is_(None), willing(_P.id))
    query = (
        select(_R.id)
        .join(ISSUES, _I.id == _R.issue_id)
        .outerjoin(PEOPLE, _P.id == _R.person_id)
        .where(_R.id.in_(keys), or_(_P.id.is_(None), ~alive))
    )
    return list(conn.execute(query).scalars())


def openers_used(conn: Connection, channel: str, at: datetime) -> tuple[int, datetime | None]:
    """To how many people we wrote first there in the 24 hours before (Meta counts unique people of the portfolio):
    newsletters, and what waits behind an opener of its own. And when the last newsletter did so."""
    since = at - DAY
    mine = (_R.channel == channel, _R.opened_at > since)
    o = OUTBOX.c
    other = select(o.person_id).where(o.channel == channel, o.rank == 1, o.sent_at > since)
    both = union(select(_R.person_id).where(*mine), other).subquery()
    used = conn.execute(select(func.count()).select_from(both)).scalar_one()
    return int(used), conn.execute(select(func.max(_R.opened_at)).where(*mine)).scalar_one()


def wait_for_openers(conn: Connection, channel: str, at: datetime, until: datetime, limit: int) -> int:
    """At most `limit` of those who could only be sent an opener are due `until` then; how many were."""
    closed = or_(_A.id.is_(None), _A.last_inbound.is_(None), _A.last_inbound <= at - WINDOW)
    waits = (
        select(_R.id)
        .join(ISSUES, and_(_I.id == _R.issue_id, _I.state == "sending"))
        .outerjoin(ADDRESSES, _A.id == _R.address_id)
        .where(_R.channel == channel, _R.outcome == WAITING, _R.due_at <= at, closed)
        .limit(limit)
    )
    keys = list(conn.execute(waits).scalars())
    if keys:
        conn.execute(update(RECIPIENTS).where(_R.id.in_(keys), _R.outcome == WAITING).values(due_at=until))
    return len(keys)


def another_address(
    conn: Connection, person_id: str, wanted: str, channels: Collection[str], but: int | None = None
) -> KnownAddress | None:
    """Where else she can be reached: on the channel she wants, else where she wrote last; None if nowhere."""
    known = find_by_id(conn, person_id, lock=False)
    mine = () if known is None else known.addresses
    fit = [one for one in mine if not one.blocked and one.channel in channels and one.id != but]
    return min(fit, key=lambda one: one.channel != wanted, default=None)


FULL: Final = "full"
SKIPPED: Final = "skipped"


def _rows(conn: Connection, issue_id: str, terms: Terms, at: datetime, room: int) -> Sequence[Any]:
    c = CONSENTS.c
    consent = (
        select(c.given)
        .where(c.person_id == _R.person_id, c.purpose == PURPOSE)
        .order_by(c.id.desc())
        .limit(1)
        .correlate(RECIPIENTS)
        .scalar_subquery()
    )
    waits = [_R.issue_id == issue_id, _R.channel == terms.channel, _R.outcome == WAITING, _R.due_at <= at]
    if terms.in_hand:
        waits.append(_R.id.not_in(terms.in_hand))
    query = (
        select(
            _R.id,
            _R.person_id,
            _R.language,
            _R.attempts,
            _R.doubts,
            _R.code,
            _P.id.label("known"),
            _P.stopped_at,
            consent.label("given"),
            _A.id.label("address_id"),
            _A.kind,
            _A.value,
            _A.last_inbound,
            _A.blocked_at,
            _W.topics,
            func.coalesce(_W.channel, literal("")).label("wanted"),
        )
        .select_from(RECIPIENTS)
        .outerjoin(PEOPLE, _P.id == _R.person_id)
        .outerjoin(
            ADDRESSES,
            and_(_A.id == _R.address_id, _A.person_id == _R.person_id, _A.channel == _R.channel),
        )
        .outerjoin(READERS, _W.person_id == _R.person_id)
        .where(*waits)
        .order_by(_R.due_at, _R.id)
        .limit(room)
    )
    if conn.dialect.name == "postgresql":
        query = query.with_for_update(of=RECIPIENTS, skip_locked=True)
    return conn.execute(query).all()


def _look(
    conn: Connection, issue: Any, row: Any, terms: Terms, at: datetime, openers: int | None
) -> Claimed | str:
    """The row in hand, FULL where it must wait for another day, SKIPPED where it was skipped or left to another
    channel."""
    if row.known is None:
        return _skipped(conn, row.id, ERASED)
    if row.stopped_at is not None:
        return _skipped(conn, row.id, STOPPED)
    if not row.given:
        return _skipped(conn, row.id, OPTED_OUT)
    address: KnownAddress | None = None
    if row.address_id is not None and row.blocked_at is None:
        address = KnownAddress(row.address_id, terms.channel, row.kind, row.value, row.last_inbound, False)
    else:
        address = another_address(conn, row.person_id, row.wanted, terms.channels)
        if address is None:
            return _skipped(conn, row.id, UNREACHABLE)
        _set(conn, row.id, {"address_id": address.id, "channel": address.channel})
        if address.channel != terms.channel:
            return SKIPPED
    opens = terms.channel in WINDOWED and (address.last_inbound is None or address.last_inbound <= at - WINDOW)
    if opens and openers is not None and openers <= 0:
        _set(conn, row.id, {"due_at": terms.next_day})
        return FULL
    _set(conn, row.id, {"outcome": "sending", "run": terms.token, "claimed_at": at})
    aliases: tuple[KnownAddress, ...] = ()
    if terms.channel in WINDOWED:
        known = find_by_id(conn, row.person_id, lock=False)
        mine = () if known is None else known.addresses
        aliases = tuple(one for one in mine if one.channel == terms.channel and one.id != address.id)
    return Claimed(
        row.id,
        issue.id,
        issue.revision,
        issue.rate,
        issue.at_most_once,
        row.person_id,
        address,
        aliases,
        row.language,
        Wishes(tuple(cast(Sequence[Topic], row.topics or ())), row.wanted),
        row.attempts,
        row.doubts,
        row.code,
        opens,
    )


def _skipped(conn: Connection, key: int, code: str) -> str:
    _set(conn, key, {"outcome": "skipped", "code": code})
    return SKIPPED


def _set(conn: Connection, key: int, values: Mapping[str, Any]) -> None:
    conn.execute(update(RECIPIENTS).where(_R.id == key, _R.outcome == WAITING).values(**values))
