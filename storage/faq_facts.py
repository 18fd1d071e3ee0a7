"""What a welfare manager's desk shows: the queue by groups, the history of the topic in hand, how answers served."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from conversations.faq.masking import mask_all
from conversations.faq_views import Desk, Group, Reason, Version
from storage import faq_asked, faq_topics
from storage.faq_asked import KnownQuestion
from storage.faq_library import topic_from

MOST_TEXTS = 5


def desk(conn: Connection, person_id: str, topic_id: str) -> Desk:
    """The desk of this welfare manager; the history is that of the topic in her hands, if there is one."""
    held = faq_topics.topic(conn, topic_id) if topic_id else None
    return Desk(
        groups=groups(faq_asked.waiting(conn)),
        history=tuple(
            Version(topic_from(one.data, topic_id, one.version, held.published), one.at, one.why)
            for one in faq_topics.history(conn, topic_id)
        )
        if held is not None
        else (),
        ratings=faq_asked.ratings(conn),
        name=faq_topics.name_of(conn, person_id),
    )


def groups(waiting: Sequence[KnownQuestion]) -> tuple[Group, ...]:
    """The questions by group, the one that most people asked first, then the oldest."""
    found: dict[str, list[KnownQuestion]] = {}
    for question in waiting:
        found.setdefault(question.group_id, []).append(question)
    made = (
        Group(
            id=key,
            count=len({one.person_id for one in questions}),
            texts=tuple(dict.fromkeys(mask_all(one.text) for one in questions))[:MOST_TEXTS],
            reason=cast(Reason, questions[0].reason),
            topic=next((one.topic_id for one in questions if one.topic_id), ""),
            oldest=questions[0].asked_at,
            language=questions[0].language,
        )
        for key, questions in found.items()
    )
    return tuple(sorted(made, key=lambda group: (-group.count, group.oldest, group.id)))
