"""Orders about the answers carried out as rows."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from conversations.faq_orders import (
    AnswerGroup,
    ChangeTopic,
    DismissGroup,
    FaqOrder,
    QueueQuestion,
    RateAnswer,
    RestoreTopic,
)
from storage import audit, faq_asked, faq_topics
from storage.db import Conflict
from storage.faq_library import Answers


def carry_out(
    conn: Connection, answers: Answers, order: FaqOrder, person_id: str, at: datetime, zone: ZoneInfo
) -> None:
    """The order is in the rows. Raises Conflict where somebody else was faster."""
    match order:
        case RateAnswer(topic_id=key, version=version, verdict=verdict):
            _guarded(lambda: faq_asked.rate(conn, key, version, verdict))
        case QueueQuestion():
            waiting = [(one.group_id, one.text) for one in faq_asked.waiting(conn)]
            group = answers.group_of(order.text, waiting) or order.question_id
            faq_asked.ask(
                conn,
                order.question_id,
                group,
                person_id,
                order.text,
                order.language,
                order.reason,
                order.topic_id,
                at,
            )
        case AnswerGroup(group_id=key):
            faq_asked.close(conn, key, faq_asked.ANSWERED, at)
        case DismissGroup(group_id=key):
            faq_asked.close(conn, key, faq_asked.DISMISSED, at)
        case ChangeTopic(topic_id=key, version=version, patch=patch, why=why):
            today = at.astimezone(zone).date()
            _guarded(lambda: faq_topics.change(conn, key, version, patch, why, person_id, at, today))
            audit.record(conn, f"faq_{why}", key, person_id, at)
        case RestoreTopic(topic_id=key, version=version, to=to):
            _guarded(lambda: faq_topics.restore(conn, key, version, to, person_id, at))
            audit.record(conn, "faq_restored", key, person_id, at)
        case _:
            assert_never(order)


def _guarded(write: Callable[[], None]) -> None:
    try:
        write()
    except IntegrityError as error:
        raise Conflict("another process wrote the same row first") from error
