"""An issue as a Markdown file, read and written: front matter, a section per item, its English, a list of fields.

Reading never stops at the first fault: each has its line, the key of the phrase that explains it, and the words in
question. An item with a title and a sentence is read whatever else is wrong around it.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from conversations.folding import tidy, words
from conversations.news.life import MOST_ITEMS
from conversations.news.views import Issue, IssueKind, Item
from storage.news.file_fields import Fault, Fields, written

LARGEST: Final = 200 * 1024
"""Bytes of a Markdown file; twenty items are a tenth of it."""
LONGEST: Final = 1_000
"""Characters of any one text: what is longer is no sentence."""
SHOWN: Final = 60
"""Characters of a text that a fault shows."""
NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,20}")
_HEAD: Final = re.compile(r"---[ \t]*\n(?P<yaml>.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_ENGLISH: Final = re.compile(r"(?i)(?:english|inglese|en)\s*(?:[:–—-]\s*(?P<title>.*))?")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&#~|!])")
_FIRST: Final = re.compile(r"([-+=]|\d+(?=[.)]))")
_MARKDOWN: Final = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class NewsFile:
    """What a file says: number "" and no title where it has no front matter; items without ids; its faults."""

    number: str = ""
    kind: IssueKind = "monthly"
    title: dict[str, str] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Section:
    """An item while it is read."""

    line: int
    title: str
    sentence: str = ""
    english: list[str] = field(default_factory=list)
    english_title: str = ""
    in_english: bool = False
    link: str = ""
    fields: Fields = field(default_factory=Fields)


class _Reader:
    """Goes through the blocks of a text; `lines` before it were front matter."""

    def __init__(self, lines: int) -> None:
        self.before = lines
        self.faults: list[Fault] = []
        self.sections: list[_Section] = []
        self.title = ""

    def fault(self, token: Token, key: str, text: str = "") -> None:
        self.faults.append((self.line(token), f"newscheck.file_{key}", _short(text)))

    def line(self, token: Token) -> int:
        return self.before + (token.map[0] if token.map else 0) + 1

    def read(self, tokens: list[Token]) -> None:
        headings = [(one.tag, tokens[at + 1].content) for at, one in enumerate(tokens) if one.type == "heading_open"]
        items = any(tag == "h2" and not _ENGLISH.fullmatch(text) for tag, text in headings)
        # in a Word file the items may be headings of the first order
        item_level, english_level = ("h2", "h3") if items or all(tag != "h1" for tag, _ in headings) else ("h1", "h2")
        if not items and any(tag == "h3" for tag, _ in headings):
            english_level = "h3"
        at = 0
        while at < len(tokens):
            token = tokens[at]
            match token.type:
                case "heading_open":
                    self.heading(token, tokens[at + 1], item_level, english_level)
                    at += 2
                case "paragraph_open":
                    self.paragraph(token, tokens[at + 1])
                    at += 2
                case "bullet_list_open" | "ordered_list_open":
                    at = self.listing(tokens, at)
                case "html_block":
                    self.fault(token, "html", token.content)
                case "hr":
                    self.fault(token, "block", "---")
                case _ if token.nesting >= 0:
                    at = self.block(tokens, at)
                case _:
                    pass
            at += 1

    def heading(self, token: Token, inline: Token, item_level: str, english_level: str) -> None:
        text, _ = self.text(token, inline)
        english = _ENGLISH.fullmatch(text) if token.tag == english_level else None
        if token.tag == item_level:
            self.sections.append(_Section(self.line(token), text))
        elif english is not None and self.sections:
            self.sections[-1].in_english = True
            self.sections[-1].english_title = (english["title"] or "").strip()
        elif token.tag == "h1" and not self.sections and not self.title:
            self.title = text
        else:
            self.fault(token, "block", text)

    def paragraph(self, token: Token, inline: Token) -> None:
        text, link = self.text(token, inline)
        if not text:
            return
        if not self.sections:
            self.fault(token, "before", text)
            return
        section = self.sections[-1]
        section.link = section.link or link
        if section.in_english and len(section.english) < (1 if section.english_title else 2):
            section.english.append(text)
        elif not section.in_english and not section.sentence:
            section.sentence = text
        elif section.fields.take(text, link):
            # in a Word file a field is often a paragraph, not a line of a list
            self.fault(token, "second", text)

    def listing(self, tokens: list[Token], at: int) -> int:
        """A list of fields; what it holds besides is no field. The place of its end."""
        end = _end(tokens, at)
        for token in (token for token in tokens[at:end] if token.type == "inline"):
            text, link = self.text(token, token)
            if not self.sections:
                self.fault(token, "before", text)
                continue
            key = self.sections[-1].fields.take(text, link)
            if key:
                self.fault(token, key, text)
        for token in (token for token in tokens[at:end] if token.type in ("html_block", "fence", "code_block")):
            self.fault(token, "block", token.content)
        return end

    def block(self, tokens: list[Token], at: int) -> int:
        """Anything that cannot stand here, told once. The place of its end."""
        token, end = tokens[at], _end(tokens, at)
        inside = " ".join(one.content for one in tokens[at : end + 1] if one.content)
        self.fault(token, "block", inside)
        return end

    def text(self, where: Token, inline: Token) -> tuple[str, str]:
        """The plain text on one line, and the first link in it; what is no text is told."""
        told: list[str] = []
        link = ""
        for child in inline.children or ():
            match child.type:
                case "text" | "code_inline":
                    told.append(child.content)
                case "softbreak" | "hardbreak":
                    told.append(" ")
                case "html_inline":
                    self.fault(where, "html", child.content)
                case "image":
                    self.fault(where, "picture")
                case "link_open":
                    link = link or str(child.attrs.get("href") or "")
                case _:
                    pass
        text = plain("".join(told))
        if len(text) > LONGEST:
            self.fault(where, "long", text)
        return text, link


def plain(text: str) -> str:
    """The text on one line, without what no reader sees."""
    return " ".join(tidy(text).split())


def read_news(text: str) -> NewsFile:
    """The issue that the text tells, or only its items where it has no front matter."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = _HEAD.match(text)
    body = text[head.end() :] if head else text
    reader = _Reader(text[: head.end()].count("\n") if head else 0)
    found = _front(head["yaml"]) if head else NewsFile()
    tokens = _MARKDOWN.parse(body)
    reader.read(tokens)
    items = []
    for section in reader.sections[:MOST_ITEMS]:
        item, faults = _item(section)
        reader.faults += faults
        items += [item] if item is not None else []
    if len(reader.sections) > MOST_ITEMS:
        reader.faults.append((reader.sections[MOST_ITEMS].line, "newscheck.file_many", ""))
    if not reader.sections:
        reader.faults.append((1, "newscheck.file_empty", ""))
    title = found.title or ({"it": reader.title} if reader.title else {})
    faults = sorted((*found.faults, *reader.faults), key=lambda one: one[0])
    return replace(found, title=title, items=tuple(items), faults=tuple(faults))


def read_bytes(data: bytes) -> NewsFile:
    """The same of a file's bytes."""
    if len(data) > LARGEST:
        return failed("large")
    try:
        return read_news(data.decode("utf-8"))
    except UnicodeDecodeError:
        return failed("encoding")


def failed(key: str) -> NewsFile:
    """Nothing could be read, for this reason."""
    return NewsFile(faults=((0, f"newscheck.file_{key}", ""),))


def write_news(issue: Issue) -> str:
    """The issue as a file that reads back as the same, without ids and signatures."""
    head = {"number": issue.number, "kind": issue.kind, "title": dict(issue.title)}
    parts = [f"---\n{yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)}---"]
    for item in issue.items:
        parts.append(f"## {_escaped(item.title.get('it', ''))}")
        parts.append(_escaped(item.sentence.get("it", "")))
        if item.title.get("en") or item.sentence.get("en"):
            title = _escaped(item.title.get("en", ""))
            parts.append(f"### English: {title}".rstrip())
            parts.append(_escaped(item.sentence.get("en", "")))
        parts.append("\n".join(f"- {name}: {_escaped(value)}" for name, value in written(item)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _item(section: _Section) -> tuple[Item | None, list[Fault]]:
    where = section.line
    if not section.title:
        return None, [(where, "newscheck.file_no_title", "")]
    if not section.sentence:
        return None, [(where, "newscheck.file_no_sentence", _short(section.title))]
    title, sentence = {"it": section.title}, {"it": section.sentence}
    english = list(section.english)
    if not section.english_title and len(english) > 1:
        section.english_title = english.pop(0)
    if section.english_title:
        title["en"] = section.english_title
    if english:
        sentence["en"] = english[0]
    if any(len(text) > LONGEST for text in (*title.values(), *sentence.values())):
        return None, []
    item = section.fields.item(title, sentence)
    return (item if item.link or not section.link else replace(item, link=section.link)), []


def _front(text: str) -> NewsFile:
    """Number, kind and title; each thing that is not understood is told."""
    try:
        node: Any = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark is not None else 0)
        return NewsFile(faults=((line, "newscheck.file_head", _short(str(getattr(error, "problem", "") or ""))),))
    if not isinstance(node, yaml.MappingNode):
        return NewsFile(faults=((2, "newscheck.file_head", _short(text)),))
    found, faults = NewsFile(), []
    for name, value in node.value:
        line, said = name.start_mark.line + 2, plain(str(value.value)) if isinstance(value, yaml.ScalarNode) else ""
        match words(str(name.value)), value:
            case (("number" | "numero"), yaml.ScalarNode()):
                if NUMBER.fullmatch(said):
                    found = replace(found, number=said)
                else:
                    faults.append((line, "newscheck.file_number", _short(said)))
            case (("kind" | "tipo"), yaml.ScalarNode()) if said in KINDS:
                found = replace(found, kind=KINDS[said])
            case (("title" | "titolo"), yaml.ScalarNode()):
                found = replace(found, title={"it": said})
            case (("title" | "titolo"), yaml.MappingNode()):
                told = {str(k.value): plain(str(v.value)) for k, v in value.value if isinstance(v, yaml.ScalarNode)}
                found = replace(found, title={code: told[code] for code in ("it", "en") if told.get(code)})
                faults += [(line, "newscheck.file_head", _short(code)) for code in told if code not in ("it", "en")]
            case _:
                faults.append((line, "newscheck.file_head", _short(f"{name.value}: {said}")))
    return replace(found, faults=tuple(faults))


KINDS: Final[dict[str, IssueKind]] = {
    "monthly": "monthly",
    "mensile": "monthly",
    "urgent": "urgent",
    "urgente": "urgent",
    "erratum": "erratum",
    "errata": "erratum",
}


def _end(tokens: list[Token], at: int) -> int:
    """The place of the token that closes this one; its own where it closes nothing."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place
    return len(tokens) - 1


def _escaped(text: str) -> str:
    told = _SPECIAL.sub(r"\\\1", plain(text))
    first = _FIRST.match(told)
    if first is None:
        return told
    # a list, a rule or a heading would begin here
    return f"\\{told}" if not first.group().isdigit() else f"{first.group()}\\{told[first.end() :]}"


def _short(text: str) -> str:
    told = plain(text)
    return told if len(told) <= SHOWN else f"{told[: SHOWN - 1]}…"
