"""Who would get an issue now: whoever last said yes to the newsletter and can be reached, each person once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, case, exists, func, literal, or_, select

from conversations.news.views import Audience
from storage.news.issues import IssueRow
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS
from storage.people import ADDRESSES, CONSENTS, PEOPLE

WINDOW: Final = timedelta(hours=23, minutes=50)
"""WhatsApp's 24 hours, ten minutes early: our clock is not the provider's (channels.md 6.3)."""
WINDOWED: Final = ("whatsapp",)
REACHED: Final = ("opened", "sent", "delivered", "read", "doubtful")
PURPOSE: Final = "newsletter"

_A, _C, _P, _R = ADDRESSES.c, CONSENTS.c, PEOPLE.c, READERS.c


def willing(who: ColumnElement[str]) -> ColumnElement[bool]:
    """This person's last word on the newsletter is yes."""
    last = (
        select(func.max(_C.id))
        .where(_C.person_id == who, _C.purpose == PURPOSE)
        .correlate_except(CONSENTS)
        .scalar_subquery()
    )
    return exists().where(_C.id == last, _C.given.is_(True))


def audience_query(
    channels: Sequence[str], corrects: str | None, after: str = "", upto: str | None = None
) -> Select[Any]:
    """person_id, address_id, channel, language, last_inbound and hour of everybody an issue goes to.

    A person with several addresses gets it on the channel she chose, else where she wrote last. An erratum goes to
    those who were reached by the issue it corrects, whatever became of their wishes' channel since. Only people whose
    id is greater than `after` and not greater than `upto` are looked at.
    """
    rank = (
        func.row_number()
        .over(
            partition_by=_A.person_id,
            order_by=(
                case((_A.channel == func.coalesce(_R.channel, ""), 0), else_=1),
                _A.last_inbound.is_(None),
                _A.last_inbound.desc(),
                _A.id,
            ),
        )
        .label("rank")
    )
    # spoilt for the index on channels where a few people are asked for, or a database without statistics would read
    # everybody's addresses for each batch
    channel = _A.channel if upto is None else _A.channel + ""
    reachable = and_(_A.person_id == _P.id, _A.blocked_at.is_(None), channel.in_(channels))
    said = _last_words(after, upto)
    query = (
        select(
            _P.id.label("person_id"),
            _A.id.label("address_id"),
            _A.channel,
            _P.language,
            _A.last_inbound,
            func.coalesce(_R.hour, "").label("hour"),
            rank,
        )
        .select_from(PEOPLE)
        .join(said, said.c.person_id == _P.id)
        .join(CONSENTS, and_(_C.id == said.c.last, _C.given.is_(True)))
        .join(ADDRESSES, reachable)
        .outerjoin(READERS, _R.person_id == _P.id)
        .where(_P.stopped_at.is_(None), *_between(_P.id, after, upto), *_between(_A.person_id, after, upto))
    )
    if corrects:
        r = RECIPIENTS.c
        query = query.where(exists().where(r.issue_id == corrects, r.person_id == _P.id, r.outcome.in_(REACHED)))
    ranked = query.subquery()
    c = ranked.c
    return select(c.person_id, c.address_id, c.channel, c.language, c.last_inbound, c.hour).where(c.rank == 1)


def _last_words(after: str, upto: str | None) -> Subquery:
    """The last consent to the newsletter of each person, given or not."""
    mine = (_C.purpose == PURPOSE, *_between(_C.person_id, after, upto))
    return select(_C.person_id, func.max(_C.id).label("last")).where(*mine).group_by(_C.person_id).subquery()


def _between(who: ColumnElement[str], after: str, upto: str | None) -> tuple[ColumnElement[bool], ...]:
    return (*((who > after,) if after else ()), *((who <= upto,) if upto is not None else ()))


def audience(conn: Connection, issue: IssueRow | Any, channels: Sequence[str], at: datetime) -> tuple[Audience, ...]:
    """How many people on each channel, inside the window or in need of the opener by language. Nothing is written."""
    who = audience_query(channels, issue.corrects).subquery()
    c = who.c
    is_open = case(
        (or_(c.channel.not_in(WINDOWED), c.last_inbound > at - WINDOW), literal(1)), else_=literal(0)
    ).label("is_open")
    rows = conn.execute(
        select(c.channel, c.language, is_open, func.count()).group_by(c.channel, c.language, is_open)
    ).all()
    free: dict[str, int] = {}
    closed: dict[str, dict[str, int]] = {}
    for channel, language, open_now, count in rows:
        if open_now:
            free[channel] = free.get(channel, 0) + int(count)
        else:
            closed.setdefault(channel, {})[language] = int(count)
    return tuple(Audience(name, free.get(name, 0), closed.get(name, {})) for name in sorted({*free, *closed}))
