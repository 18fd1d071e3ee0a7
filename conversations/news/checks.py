"""What is wrong with an issue, item by item: errors that stop it, warnings and notes that somebody should read."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from conversations.folding import words
from conversations.messages import Localized, Param, Phrase
from conversations.news.links import fault_of
from conversations.news.views import Issue, Item

Severity = Literal["error", "warning", "note"]
Stage = Literal["draft", "legal", "approval"]
"""How far the issue is to go: what may be missing of a draft may not be missing of what the welfare manager signs,
and nothing may be missing of what a coordinator approves."""

FEWEST: Final = 4
MOST: Final = 6
"""Items of a digest (domain.md 8)."""
LONGEST_TITLE: Final = 60
LONGEST_SENTENCE: Final = 160
LONGEST_SOURCE: Final = 300
LONGEST_DIGEST: Final = 1_000
"""Characters people read in a minute, in every language."""
BODIES: Final[Mapping[str, int]] = {"Telegram": 4_096, "WhatsApp": 1_600}
"""Characters one message can hold (channels.md)."""
LANGUAGES: Final = ("it", "en")

_EMOJI = re.compile(
    "[\u203c\u2049\u2139\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f]"
)
_MARKUP = re.compile(r"</?[A-Za-z!][^>]*>?|&(?:[a-z]+|#\d+);|\*\*|__|`|\[[^\]]*\]\([^)]*\)|^#+ ")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: what to say of it, how bad it is, and the id of the item it is about ("" the whole issue)."""

    severity: Severity
    phrase: Phrase
    item: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """Makes the problems of one item, which is named by its place and title."""

    item: Item
    place: int

    def __call__(self, severity: Severity, key: str, **params: Param) -> Problem:
        named: dict[str, Param] = {"place": self.place, "title": Localized(self.item.title), **params}
        return Problem(severity, Phrase(f"newscheck.{key}", named), self.item.id)


def problems(issue: Issue, today: date, stage: Stage = "draft") -> tuple[Problem, ...]:
    """Everything that is wrong with the issue if it is to go so far; the errors first."""
    found = [*_whole(issue, stage), *_titles(issue)]
    for place, item in enumerate(issue.items, 1):
        found += item_problems(item, place, today, stage)
    return tuple(sorted(found, key=lambda one: ("error", "warning", "note").index(one.severity)))


def stops(issue: Issue, today: date, stage: Stage) -> tuple[Problem, ...]:
    """The errors alone: what must be mended before the issue may go so far."""
    return tuple(one for one in problems(issue, today, stage) if one.severity == "error")


def item_problems(item: Item, place: int, today: date, stage: Stage = "draft") -> tuple[Problem, ...]:
    """What is wrong with one item, which stands at this place (1 the first)."""
    told = _Told(item, place)
    return (*_texts(item, told), *_link(item, told), *_dates(item, told, today), *_law(item, told, stage))


def length(issue: Issue, language: str) -> int:
    """Characters of the digest's title, headlines and sentences in this language; Italian where it has none."""
    told = [_in(issue.title, language)]
    told += [_in(item.title, language) + _in(item.sentence, language) for item in issue.items]
    return sum(map(len, told))


def body_length(issue: Issue, language: str) -> int:
    """Characters of the whole message about, with numbers, sources, links and the lines between them."""
    around = sum(len(item.source) + len(item.link) + 40 for item in issue.items)
    return length(issue, language) + around


def _whole(issue: Issue, stage: Stage) -> Iterator[Problem]:
    count = len(issue.items)
    if not count:
        yield _about("error" if stage != "draft" else "warning", "no_items")
        return
    if issue.kind == "monthly" and count < FEWEST:
        yield _about("warning", "few_items", count=count, fewest=FEWEST)
    if count > MOST:
        yield _about("warning", "many_items", count=count, most=MOST)
    if issue.kind == "monthly" and not any(item.common for item in issue.items):
        yield _about("warning", "no_common")
    for language in LANGUAGES:
        told = length(issue, language)
        if told > LONGEST_DIGEST:
            yield _about("warning", "long_digest", language=_name(language), length=told, most=LONGEST_DIGEST)
        for channel, most in BODIES.items():
            whole = body_length(issue, language)
            if whole > most:
                yield _about(
                    "error", "long_message", language=_name(language), channel=channel, length=whole, most=most
                )
    for language in LANGUAGES:
        titles = Counter(words(item.title.get(language, "")) for item in issue.items)
        for item in issue.items:
            if titles[words(item.title.get(language, ""))] > 1 and item.title.get(language):
                yield Problem("error", Phrase("newscheck.twice", {"title": Localized(item.title)}), item.id)
                titles[words(item.title[language])] = 0


def _titles(issue: Issue) -> Iterator[Problem]:
    if not issue.title.get("it", "").strip():
        yield _about("error", "issue_no_title")
    if not issue.title.get("en", "").strip():
        yield _about("warning", "issue_no_english")
    for language, title in issue.title.items():
        if len(title) > LONGEST_TITLE:
            yield _about("error", "issue_long_title", language=_name(language), length=len(title), most=LONGEST_TITLE)
        if _EMOJI.search(title):
            yield _about("error", "issue_emoji", language=_name(language))
        if _MARKUP.search(title):
            yield _about("error", "issue_markup", language=_name(language))


def _texts(item: Item, told: _Told) -> Iterator[Problem]:
    if not item.title.get("it", "").strip():
        yield told("error", "no_title")
    if not item.sentence.get("it", "").strip():
        yield told("error", "no_sentence")
    if not (item.title.get("en", "").strip() and item.sentence.get("en", "").strip()):
        yield told("warning", "no_english")
    for language, title in item.title.items():
        if len(title) > LONGEST_TITLE:
            yield told("error", "long_title", language=_name(language), length=len(title), most=LONGEST_TITLE)
        if _EMOJI.search(title):
            yield told("error", "emoji", language=_name(language))
    for language, sentence in item.sentence.items():
        if len(sentence) > LONGEST_SENTENCE:
            size = len(sentence)
            yield told("error", "long_sentence", language=_name(language), length=size, most=LONGEST_SENTENCE)
    for text in (*item.title.values(), *item.sentence.values(), item.source):
        if found := _MARKUP.search(text):
            yield told("error", "markup", words=found.group()[:20])
            break


def _link(item: Item, told: _Told) -> Iterator[Problem]:
    if item.link and (fault := fault_of(item.link)):
        yield told("error", f"link_{fault}", link=item.link[:80])
    if item.action == "read" and not item.link:
        yield told("error", "no_link")


def _dates(item: Item, told: _Told, today: date) -> Iterator[Problem]:
    if item.expires is not None and item.expires < today:
        yield told("error", "expired")
    if item.as_of is not None and item.as_of > today:
        yield told("error", "as_of_later")
    if item.as_of is not None and item.expires is not None and item.expires < item.as_of:
        yield told("error", "expires_before")


def _law(item: Item, told: _Told, stage: Stage) -> Iterator[Problem]:
    """What speaks of the law names where it stands, since when and until when, and who answers for it."""
    if len(item.source) > LONGEST_SOURCE:
        yield told("error", "long_source", most=LONGEST_SOURCE)
    if not item.normative:
        return
    severity: Severity = "warning" if stage == "draft" else "error"
    for name, value in (("source", item.source), ("as_of", item.as_of), ("expires", item.expires)):
        if not value:
            yield told(severity, f"no_{name}")
    if not item.signed_by:
        yield told("error" if stage == "approval" else "note", "unsigned")


def _about(severity: Severity, key: str, **params: Param) -> Problem:
    return Problem(severity, Phrase(f"newscheck.{key}", params))


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("it", "")


def _name(language: str) -> Phrase:
    return Phrase("newscheck.english" if language == "en" else "newscheck.italian")
