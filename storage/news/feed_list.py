"""content/feeds.toml: the feeds the newsletter follows, and the hosts we may be sent on to."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast, get_args
from urllib.parse import urlsplit

from conversations.folding import words
from conversations.news.views import Topic
from storage.content import ContentError

FILE: Final = "feeds.toml"
KNOWN: Final = frozenset({"name", "title", "url", "language", "topic", "keywords"})
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed. An entry is wanted if a word in it begins with one of the `keywords`; without any, each is."""

    name: str
    title: str
    url: str
    language: str
    topic: Topic
    keywords: tuple[str, ...] = ()

    def wants(self, text: str) -> bool:
        """Whether an entry with this text is for us."""
        return not self.keywords or any(f" {word}" in f" {words(text)}" for word in self.keywords)


@dataclass(frozen=True, slots=True)
class FeedList:
    """Every feed, and the hosts with which we may speak because of them."""

    feeds: tuple[Feed, ...]
    hosts: frozenset[str]


def read_feeds(text: str) -> FeedList:
    """The feeds of the file. Raises ContentError, which names the feed and what is wrong with it."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"content/{FILE}: {error}") from error
    common = _keywords(told, ())
    feeds = tuple(_feed(one, common) for one in told.get("feed", ()))
    names = [feed.name for feed in feeds]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ContentError(f"content/{FILE}: there are two feeds named {min(twice)}")
    hosts = {str(host).lower() for host in told.get("hosts", ())}
    return FeedList(feeds, frozenset(hosts | {urlsplit(feed.url).hostname or "" for feed in feeds}))


def _feed(told: Mapping[str, Any], common: tuple[str, ...]) -> Feed:
    name = str(told.get("name", ""))
    where = f"content/{FILE}, feed {name or 'without a name'}"
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise ContentError(f"{where}: a name has small letters, digits and -, at most 40 of them")
    if unknown := told.keys() - KNOWN:
        raise ContentError(f"{where}: there is no field {min(unknown)}")
    url = str(told.get("url", ""))
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or len(url) > 500:
        raise ContentError(f"{where}: its url is not a whole address")
    topic = told.get("topic")
    if topic not in get_args(Topic):
        raise ContentError(f"{where}: its topic must be one of {', '.join(get_args(Topic))}")
    title, language = str(told.get("title", name)), str(told.get("language", "it"))
    if len(title) > 40:
        raise ContentError(f"{where}: its title has more than 40 characters")
    return Feed(name, title, url, language, cast(Topic, topic), _keywords(told, common))


def _keywords(told: Mapping[str, Any], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    given = told.get("keywords")
    return otherwise if given is None else tuple(filter(None, (words(str(one)) for one in given)))
