"""Telegram's HTML: which markup it refuses, with its words, and what the reader sees of the rest."""

import re
from html import unescape

TAGS = frozenset(
    "b strong i em u ins s strike del span tg-spoiler a code pre blockquote tg-emoji".split()
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)?([^<>]*)(>?)")
_ENTITY = re.compile(r"&(lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);")


class MarkupError(Exception):
    """The markup is one that Telegram refuses."""


def visible(html: str) -> str:
    """What the reader sees. Raises MarkupError."""
    if "<" not in html and "&" not in html:
        return html
    open_tags: list[str] = []
    seen: list[str] = []
    place = 0
    for tag in _TAG.finditer(html):
        seen.append(html[place : tag.start()])
        place = tag.end()
        closing, name, _, end = tag.groups()
        name = (name or "").lower()
        offset = len(html[: tag.start()].encode())
        if not closing and name not in TAGS:
            raise MarkupError(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
        if not end:
            raise MarkupError(f"can't parse entities: Unclosed start tag at byte offset {offset}")
        if not closing:
            open_tags.append(name)
        elif not open_tags:
            raise MarkupError(f"can't parse entities: Unexpected end tag at byte offset {offset}")
        elif open_tags.pop() != name:
            raise MarkupError(f"can't parse entities: Unmatched end tag at byte offset {offset}")
    if open_tags:
        raise MarkupError(f'can\'t parse entities: Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    seen.append(html[place:])
    return _ENTITY.sub(lambda found: unescape(found[0]), "".join(seen))


def units(text: str) -> int:
    """UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
