"""Sets of questions to measure with: tab-separated files of id and question, in either order."""

from collections.abc import Set
from pathlib import Path
from typing import Final

from conversations.faq.measures import Case
from storage.content import ContentError

_HEADINGS: Final = frozenset(("id", "ids", "topic", "argomento", "question", "domanda", "phrasing", "text", "testo"))
_COMMENT: Final = "#"


def read_cases(path: Path, ids: Set[str]) -> tuple[Case, ...]:
    """The questions with their topics. One column names the topic (several with | between them), one is the question,
    a third may name the topic of the question before. Raises ContentError for a line that is neither.
    """
    cases = []
    for number, cells in _rows(path):
        if len(cells) < 2:
            raise ContentError(f"{path.name}, line {number}: an id and a question, with a tab between them")
        if cells[0].lower() in _HEADINGS and cells[1].lower() in _HEADINGS:
            continue
        first, second = _ids(cells[0]), _ids(cells[1])
        named, question = (second, cells[0]) if second & ids and not first & ids else (first, cells[1])
        cases.append(Case(question, named, cells[2] if len(cells) > 2 and cells[2] else None))
    if not cases:
        raise ContentError(f"{path.name} holds no question")
    return tuple(cases)


def read_questions(path: Path) -> tuple[str, ...]:
    """One question per line; of several columns the one with the most words. Raises ContentError without any."""
    found = tuple(max(cells, key=lambda cell: len(cell.split())) for _, cells in _rows(path))
    if not found:
        raise ContentError(f"{path.name} holds no question")
    return found


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    text = path.read_text("utf-8-sig", errors="replace")
    return [
        (number, [cell.strip() for cell in line.split("\t")])
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and not line.startswith(_COMMENT)
    ]


def _ids(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split("|"))
