"""A program of its own that reads one feed: bytes in, entries as JSON out. It may hang or burst; we do not.

Run by scheduler/feed_reading.py with a limit of time, memory and processor; it imports nothing of ours and, started
with an empty environment, knows no secret.
"""

import calendar
import io
import json
import re
import resource
import sys
import unicodedata
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

MOST_ENTRIES: Final = 200
LONGEST: Final = {"title": 300, "summary": 600}
LONGEST_LINK: Final = 500
LONGEST_RAW: Final = 20_000
"""Characters of a text that are looked at for the first few hundred that can be read."""
MEMORY: Final = 512 * 1024 * 1024
SECONDS: Final = 10
BREAKS: Final = frozenset("br p div li ul ol tr td th h1 h2 h3 h4 h5 h6 blockquote section article".split())
SILENT: Final = frozenset({"script", "style", "title", "head"})


class _Text(HTMLParser):
    """What a reader of the page would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """A block begins on a line of its own."""
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """A block ends its line."""
        self._silent = max(0, self._silent - (tag in SILENT))
        if tag in BREAKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._silent:
            self.parts.append(data)


def plain(html: str, longest: int) -> str:
    """The text on one line without marks of any kind, cut after a word where it is too long."""
    parser = _Text()
    parser.feed(html[:LONGEST_RAW])
    parser.close()
    # direction marks and other invisible signs would let a title say another thing than it shows
    spaced = re.sub(r"\s+", " ", "".join(parser.parts))
    text = "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}).strip()
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.-") + "…"


def link(text: str) -> str:
    """A web address somebody can open, else ""."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    except ValueError:
        return ""
    return text if good and len(text) <= LONGEST_LINK and text.isprintable() and " " not in text else ""


def moment(entry: Any) -> str:
    """When it was published, as ISO text in UTC; "" if it does not say."""
    told = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(told), UTC).isoformat() if told else ""
    except (ValueError, OverflowError, OSError, TypeError):
        return ""


def read(data: bytes, kind: str, url: str) -> dict[str, Any]:
    """The entries that say something, in the feed's order; `feed` is false where the bytes are no feed at all."""
    import feedparser  # type: ignore[import-untyped]

    told = feedparser.parse(io.BytesIO(data), response_headers={"content-type": kind, "content-location": url})
    entries = []
    for entry in told.entries[:MOST_ENTRIES]:
        title = plain(str(entry.get("title", "")), LONGEST["title"])
        body = entry.get("summary") or next((part.get("value", "") for part in entry.get("content", ())), "")
        summary = plain(str(body), LONGEST["summary"])
        if not title:
            title, summary = plain(summary, LONGEST["title"]), ""
        if title:
            where = link(str(entry.get("link", "")))
            guid = str(entry.get("id", ""))[:500]
            one = {"title": title, "summary": summary, "link": where, "guid": guid, "published": moment(entry)}
            entries.append(one)
    return {"feed": bool(told.get("version") or entries), "entries": entries}


def main() -> None:
    """The bytes of the standard input are read; the standard output holds what they say."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    kind, url = sys.argv[1:3]
    told = read(sys.stdin.buffer.read(), kind, url)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
