"""What the topics and the queue will be once these orders are carried out, for the next screen of the same step."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, assert_never

from conversations.events import Json
from conversations.facts import Facts
from conversations.faq_orders import AnswerGroup, ChangeTopic, DismissGroup, RestoreTopic
from conversations.faq_views import Topic

_READ: Final = frozenset({"title", "answer", "norms", "body", "page", "covered"})


def faq_foreseen(facts: Facts, order: ChangeTopic | RestoreTopic | AnswerGroup | DismissGroup) -> Facts:
    """The facts as the next turn would gather them; which topics a question finds stays as it was."""
    match order:
        case ChangeTopic(topic_id=key, patch=patch):
            return _with_topic(facts, after(_held(facts, key), patch, facts.now.astimezone(facts.zone).date()))
        case RestoreTopic(topic_id=key, to=to):
            held = _held(facts, key)
            before = next((v.topic for v in facts.desk.history if v.topic.version == to), held)
            return _with_topic(facts, replace(before, version=held.version + 1, published=held.published))
        case AnswerGroup(group_id=key) | DismissGroup(group_id=key):
            groups = tuple(group for group in facts.desk.groups if group.id != key)
            return replace(facts, desk=replace(facts.desk, groups=groups))
        case _:
            assert_never(order)


def after(topic: Topic, patch: Mapping[str, Json], today: date) -> Topic:
    """The topic with these fields (named as in content/faq); a change of what people read ends the signature."""
    changed: dict[str, Any] = {}
    for name, value in patch.items():
        match name, value:
            case "phrasings", dict(authors):
                changed[name] = {a: tuple(map(str, texts)) for a, texts in authors.items() if isinstance(texts, list)}
            case "translation", dict(states):
                changed["unverified"] = tuple(code for code, state in states.items() if state != "verified")
            case _, dict(texts):
                changed[name] = {code: str(text) for code, text in texts.items()}
            case (("norms" | "related"), list(items)):
                changed[name] = tuple(map(str, items))
            case (("verified_on" | "valid_until" | "drafted_on"), _):
                changed[name] = date.fromisoformat(str(value)) if value else None
            case _:
                changed[name] = value
    if "verified_on" not in patch and any(
        changed.get(name, getattr(topic, name)) != getattr(topic, name) for name in _READ
    ):
        changed |= {"verified_on": None, "verified_by": "", "drafted_on": today}
    return replace(topic, version=topic.version + 1, **changed)


def _held(facts: Facts, key: str) -> Topic:
    topic = facts.faq.topics.get(key) if facts.faq is not None else None
    return topic or Topic(key, 0, False, {}, {}, {}, "progetto")


def _with_topic(facts: Facts, topic: Topic) -> Facts:
    if facts.faq is None:
        return facts
    topics: Mapping[str, Topic] = {**facts.faq.topics, topic.id: topic}
    return replace(facts, faq=replace(facts.faq, topics=topics))
