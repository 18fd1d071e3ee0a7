"""What is wrong in the files of the topics, told in sentences that say what to do."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from conversations.faq.clauses import SHORT
from conversations.faq.language import COMMON, guess
from conversations.faq.stems import stem
from conversations.faq.tokens import tokens
from storage.faq_files import FAMILIES, LANGUAGES, REFERRALS, Library, Topic

LONGEST_ANSWER: Final = 900
LONGEST_TITLE: Final = 60
LONGEST_SHORT: Final = 24
"""Characters of a label in a list, on the narrower of the channels."""
LONGEST_MESSAGE: Final = 1_600
"""Characters of one WhatsApp text, with norms, body, page and dates below the answer."""
LEAST_PHRASINGS: Final = 40
LEAST_AUTHORS: Final = 6
RELATED: Final = range(1, 5)
AUDIENCES: Final = ("employee", "collaborator", "owner", "enterprise", "domestic_employer", "everyone")
CONFIDENCES: Final = ("alta", "media", "bassa")

_BELOW: Final = 330
"""Characters that the program adds below an answer besides norms, body and page."""
_UNSURE: Final = "(°)"
_DOUBTED_HELP: Final = re.compile(r"\b(?:112|1522)\b[^.!?\n]{0,40}\(°\)")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_AMOUNT: Final = re.compile(r"\d[\d.,]*\s?(?:euro|EUR|€|%|per cento)", re.IGNORECASE)
_YEAR: Final = re.compile(r"\b20[2-9]\d\b")
_FEW: Final = 3
_MANY: Final = 6
"""Telling words from which two phrasings are nearly the same: when all of FEW agree, or all of MANY but one."""


@dataclass(frozen=True, slots=True)
class Report:
    """`problems` must be mended; `notes` should be looked at."""

    topics: int
    uncovered: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def check_library(library: Library, today: date) -> Report:
    """Every rule over every topic. `today` tells what has expired."""
    ids = {topic.id for topic in library.topics}
    problems: list[str] = []
    for topic in library.topics:
        found = [
            *_texts(topic),
            *_fields(topic),
            *_relations(topic, ids),
            *_dates(topic, today),
            *_amounts(topic),
            *_phrasings(topic),
        ]
        problems += [f"{topic.id}: {problem}" for problem in found]
    seen: set[str] = set()
    for topic in library.topics:
        if topic.id in seen:
            problems.append(f"{topic.id}: two files have this id")
        seen.add(topic.id)
    problems += confusable(library.topics)
    notes = [f"{topic.id}: {note}" for topic in library.topics for note in _notes(topic)]
    uncovered = sum(not topic.covered for topic in library.topics)
    return Report(len(library.topics), uncovered, tuple(problems), tuple(notes))


def confusable(topics: Sequence[Topic]) -> Iterator[str]:
    """The phrasings that stand, the same or nearly, under two topics."""
    same: dict[tuple[str, ...], tuple[str, str]] = {}
    near: dict[frozenset[str], list[tuple[str, str, frozenset[str]]]] = {}
    told: set[tuple[str, str]] = set()
    for topic in topics:
        for text in (text for texts in topic.phrasings.values() for text in texts):
            words = tokens(text)
            other = same.setdefault(words, (topic.id, text))
            if other[0] != topic.id:
                yield f"{topic.id}: {text!r} stands under {other[0]} too; leave it under one of them"
                continue
            stems = _telling(words)
            for key in _shortened(stems):
                for id_, twin, theirs in near.get(key, ()):
                    pair = (text, twin)
                    if id_ != topic.id and len(stems ^ theirs) <= 2 and pair not in told:
                        told.add(pair)
                        yield f"{topic.id}: {text!r} is nearly {twin!r} of {id_}; tell them apart or drop one"
                near.setdefault(key, []).append((topic.id, text, stems))


def _telling(words: Sequence[str]) -> frozenset[str]:
    language = guess(words)
    return frozenset(stem(word, language) for word in words if len(word) > 1 and word not in COMMON)


def _shortened(stems: frozenset[str]) -> Iterator[frozenset[str]]:
    if len(stems) >= _FEW:
        yield stems
    if len(stems) >= _MANY:
        yield from (stems - {one} for one in stems)


def _texts(topic: Topic) -> Iterator[str]:
    for language in LANGUAGES:
        title, short = topic.title.get(language, ""), topic.short.get(language, "")
        answer = topic.answer.get(language, "")
        for name, text, most in (
            ("title", title, LONGEST_TITLE),
            ("short", short, LONGEST_SHORT),
            ("answer", answer, LONGEST_ANSWER),
        ):
            if not text:
                yield f"the {name} in {language} is missing"
            elif len(text) > most:
                yield f"the {name} in {language} has {len(text)} characters, {most} fit"
        below = sum(map(len, topic.norms)) + len(topic.body) + len(topic.page) + _BELOW
        if len(answer) + below > LONGEST_MESSAGE:
            yield f"the answer in {language} with its norms and page is longer than a WhatsApp message holds"
    if any(_DOUBTED_HELP.search(answer) for answer in topic.answer.values()):
        yield f"the mark {_UNSURE} stands beside 112 or 1522: a doubt there does harm"
    if topic.answer.get("it", "").count(_UNSURE) != topic.answer.get("en", "").count(_UNSURE):
        yield f"the mark {_UNSURE} stands more often in one language than in the other"


def _fields(topic: Topic) -> Iterator[str]:
    if topic.family not in FAMILIES:
        yield f"family is one of {', '.join(FAMILIES)}"
    if topic.covered == (topic.family == "fuori"):
        yield "a topic of the family fuori has covered: false, and no other has"
    if topic.referral not in REFERRALS:
        yield f"referral is one of {', '.join(REFERRALS)}"
    if topic.confidence not in CONFIDENCES:
        yield f"confidence is one of {', '.join(CONFIDENCES)}"
    for who in topic.audience:
        if who not in AUDIENCES:
            yield f"audience {who} is unknown: {', '.join(AUDIENCES)}"
    if not topic.audience:
        yield "audience says for whom the topic is"
    if topic.covered and not topic.body:
        yield "body says which office is in charge"
    if topic.covered and not topic.facts:
        yield "facts are missing: what does the answer rest on?"
    if topic.covered and topic.family != "progetto" and not (topic.norms and topic.page):
        yield "norms and page are missing: on what law does the answer rest, and where is it checked?"
    for fact in topic.facts:
        if not fact.source:
            yield f"the fact {fact.text!r} has no source"
        if "M" in re.split(r"\W+", fact.source) and fact.confidence not in CONFIDENCES:
            yield f"the fact {fact.text!r} is not checked on a source: say its confidence"


def _relations(topic: Topic, ids: set[str]) -> Iterator[str]:
    for other in topic.related:
        if other not in ids:
            yield f"related names {other}, which does not exist"
    if topic.id in topic.related:
        yield "a topic is not related to itself"
    if topic.covered and len(topic.related) not in RELATED:
        yield f"related names {len(topic.related)} topics, from {RELATED[0]} to {RELATED[-1]} fit"


def _dates(topic: Topic, today: date) -> Iterator[str]:
    if topic.valid_until is None:
        yield "valid_until is missing"
    elif topic.valid_until < today:
        yield f"expired on {topic.valid_until}: check the official page, then set valid_until anew"
    if topic.drafted_on is None:
        yield "drafted_on is missing"
    if (topic.verified_on is None) != (not topic.verified_by):
        yield "verified_on and verified_by belong together: a check has a day and a name"


def _amounts(topic: Topic) -> Iterator[str]:
    for amount in topic.amounts:
        if amount.year is None:
            yield f"the amount {amount.value!r} ({amount.what}) has no year"
    for language in LANGUAGES:
        for sentence in _SENTENCE.split(topic.answer.get(language, "")):
            if _AMOUNT.search(sentence) and not _YEAR.search(sentence):
                yield f"an amount without its year in {language}: {sentence.strip()!r}"


def _phrasings(topic: Topic) -> Iterator[str]:
    number = sum(map(len, topic.phrasings.values()))
    if number < LEAST_PHRASINGS:
        yield f"{number} phrasings, at least {LEAST_PHRASINGS} are needed"
    authors = sum(bool(texts) for texts in topic.phrasings.values())
    if authors < LEAST_AUTHORS:
        yield f"phrasings by {authors} authors, at least {LEAST_AUTHORS} are needed"
    for text in (text for texts in topic.phrasings.values() for text in texts):
        if not tokens(text):
            yield f"the phrasing {text!r} has no word"


def _notes(topic: Topic) -> Iterable[str]:
    if topic.unverified:
        yield f"nobody has checked the translation: {', '.join(topic.unverified)}"
    long = sum(len(tokens(text)) > SHORT for texts in topic.phrasings.values() for text in texts)
    if topic.phrasings and not long:
        yield "no phrasing is a long message; people write those too"
