"""What is decided about the answers: feedback, questions for the queue, and every change of a topic."""

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.events import Json
from conversations.faq_views import Reason, Verdict


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """Count what a reader said of this version of a topic; nobody's name is kept."""

    topic_id: str
    version: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class QueueQuestion:
    """Keep a question that has no answer, with the person's consent; `text` holds no personal data (masked).

    It joins the open group that asks the same, else it is a group of its own. `topic_id` is the topic she refused.
    """

    question_id: str
    text: str
    language: str
    reason: Reason
    topic_id: str = ""


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Close every open question of a group, answered. The message ToAskers must come before it."""

    group_id: str


@dataclass(frozen=True, slots=True)
class DismissGroup:
    """Close every open question of a group without an answer."""

    group_id: str


@dataclass(frozen=True, slots=True)
class ChangeTopic:
    """Write the next version of a topic: these fields (named as in content/faq) replace the old ones.

    `version` is the one that was read, 0 for a new topic; a Conflict where somebody changed it meanwhile. A change of
    what people read takes the signature away, unless the patch signs.
    """

    topic_id: str
    version: int
    patch: Mapping[str, Json]
    why: str


@dataclass(frozen=True, slots=True)
class RestoreTopic:
    """Write the next version of a topic with everything as it was in version `to`; it stays published or not."""

    topic_id: str
    version: int
    to: int


FaqOrder = RateAnswer | QueueQuestion | AnswerGroup | DismissGroup | ChangeTopic | RestoreTopic
