"""The texts people consent to, as pages that a phone can show."""

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.facts import Document, House
from conversations.messages import Localized

HEADING = "## "


@dataclass(frozen=True, slots=True)
class Page:
    """One section of a text: its heading (None where the text has none) and its paragraphs."""

    title: Localized | None
    body: Localized


def pages(document: Document, house: House) -> tuple[Page, ...]:
    """The sections of the text in order, the same in every language, with the names of the house filled in.

    Raises ValueError where the languages differ in their number of sections.
    """
    sections = {language: _sections(_filled(text, house)) for language, text in document.texts.items()}
    found = zip(*sections.values(), strict=True)
    return tuple(_page(dict(zip(sections, versions, strict=True))) for versions in found)


def _page(versions: Mapping[str, tuple[str, str]]) -> Page:
    titles = {language: title for language, (title, _) in versions.items() if title}
    return Page(
        title=Localized(titles) if titles else None,
        body=Localized({language: body for language, (_, body) in versions.items()}),
    )


def _sections(text: str) -> list[tuple[str, str]]:
    """Heading and body of each section; what stands before the first heading is a section without one."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        if line.startswith(HEADING):
            found.append((line.removeprefix(HEADING).strip(), []))
        else:
            found[-1][1].append(line)
    bodies = [(title, _paragraphs(lines)) for title, lines in found]
    return [(title, body) for title, body in bodies if title or body]


def _paragraphs(lines: list[str]) -> str:
    """The lines as paragraphs: an empty line ends one, a line that begins with "- " is an item of its own."""
    paragraphs: list[list[str]] = [[]]
    for line in (line.strip() for line in lines):
        if not line:
            paragraphs.append([])
        elif line.startswith("- ") or not paragraphs[-1]:
            paragraphs[-1].append(line)
        else:
            paragraphs[-1][-1] += f" {line}"
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs if paragraph)


def _filled(text: str, house: House) -> str:
    values = {
        "{name}": house.name,
        "{controller}": house.controller or house.name,
        "{privacy_contact}": house.privacy_contact or house.phone or house.name,
        "{phone}": house.phone,
        "{hours}": house.hours,
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
