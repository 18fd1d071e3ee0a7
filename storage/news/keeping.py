"""A person's rights over what the newsletter holds of her, and how long it is kept.

Who was sent an issue is forgotten a year after it, what the feeds brought after 90 days, what was said of a file an
editor sent after a week; the counts stay.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update

from storage.news.feeds import drop_old
from storage.news.incoming import forget_files
from storage.news.issues import FILES, ISSUES, ITEMS
from storage.news.readers import READERS
from storage.news.recipients import RECIPIENTS

NAMED: Final = timedelta(days=365)
NOBODY: Final = "erased"
_I, _R = ISSUES.c, RECIPIENTS.c
_UNKNOWN: Final[dict[str, Any]] = {"person_id": None, "address_id": None, "ref": ""}


def export_news(conn: Connection, person_id: str) -> dict[str, Any]:
    """Her wishes, what became of every issue that was meant for her, and the files she sent."""
    sent = select(
        _I.number, _R.channel, _R.language, _R.outcome, _R.sent_at, _R.opened_at, _R.delivered_at, _R.read_at
    ).join(ISSUES, _I.id == _R.issue_id)
    files = select(FILES.c.name, FILES.c.status, FILES.c.created_at).where(FILES.c.person_id == person_id)
    wishes = select(READERS.c.topics, READERS.c.channel, READERS.c.hour).where(READERS.c.person_id == person_id)
    return {
        "newsletter_wishes": [dict(r._mapping) for r in conn.execute(wishes)],
        "newsletters_for_you": [dict(r._mapping) for r in conn.execute(sent.where(_R.person_id == person_id))],
        "newsletter_files": [dict(r._mapping) for r in conn.execute(files)],
    }


def erase_news(conn: Connection, person_id: str) -> None:
    """Nothing names her any more: who was reached is still counted, and what she wrote or signed is nobody's."""
    for table in (READERS, FILES):
        conn.execute(delete(table).where(table.c.person_id == person_id))
    mine = update(RECIPIENTS).where(_R.person_id == person_id)
    conn.execute(mine.where(_R.outcome == "todo").values(outcome="skipped"))
    conn.execute(mine.where(_R.outcome == "opened").values(outcome="expired"))
    conn.execute(mine.values(**_UNKNOWN))
    for name in ("created_by", "approved_by", "scheduled_by"):
        conn.execute(update(ISSUES).where(_I[name] == person_id).values({name: NOBODY}))
    conn.execute(update(ITEMS).where(ITEMS.c.signed_by == person_id).values(signed_by=NOBODY))


def hand_over_news(conn: Connection, guest: str, heir: str) -> None:
    """What was the guest's is the heir's; where both have it, the heir's own counts."""
    issues = select(_R.issue_id).where(_R.person_id == heir)
    both = list(conn.execute(issues).scalars())
    theirs = update(RECIPIENTS).where(_R.person_id == guest)
    conn.execute(theirs.where(_R.issue_id.in_(both), _R.outcome == "todo").values(outcome="skipped"))
    conn.execute(theirs.where(_R.issue_id.in_(both)).values(**_UNKNOWN))
    conn.execute(theirs.values(person_id=heir))
    if conn.execute(select(READERS.c.person_id).where(READERS.c.person_id == heir)).first() is not None:
        conn.execute(delete(READERS).where(READERS.c.person_id == guest))
    for table in (READERS, FILES):
        conn.execute(update(table).where(table.c.person_id == guest).values(person_id=heir))


def retain_news(conn: Connection, at: datetime) -> int:
    """What is older than its term is gone; how many rows."""
    over = select(_I.id).where(func.coalesce(_I.ended_at, _I.started_at, _I.created_at) < at - NAMED)
    named = update(RECIPIENTS).where(_R.issue_id.in_(over), _R.person_id.is_not(None))
    gone = conn.execute(named.values(**_UNKNOWN)).rowcount
    gone += drop_old(conn, at)
    return gone + forget_files(conn, at)
