"""Sets of questions to measure with: tab-separated files of id and question, in either order."""

from collections.abc import Set
from pathlib import Path
from typing import Final

from conversations.faq.measures import Case
from storage.content import ContentError

_HEADINGS: Final = frozenset(("id", "ids", "topic", "argomento", "question", "domanda", "phrasing", "text", "testo"))
_COMMENT: Final = "#"


def read_cases(path: Path, ids: Set[str]) -> tuple[Case, ...]:
    """The questions with their topics. A column of ids names the topic (several with | between), a second one the
    topic of the question before; the other column is the question. Raises ContentError for a line without them.
    """
    cases = []
    for number, cells in _rows(path):
        if len(cells) < 2:
            raise ContentError(f"{path.name}, line {number}: an id and a question, with a tab between them")
        if cells[0].lower() in _HEADINGS and cells[1].lower() in _HEADINGS:
            continue
        named = [cell for cell in cells if _ids(cell) & ids] or cells[:1]
        said = [cell for cell in cells if cell and cell not in named]
        if not said:
            raise ContentError(f"{path.name}, line {number}: an id and a question, with a tab between them")
        # a column that is neither a known id nor text with spaces is an id that we do not have
        question = max(said, key=lambda cell: len(cell.split()))
        cases.append(Case(question, _ids(named[0]), named[1] if len(named) > 1 else None))
    if not cases:
        raise ContentError(f"{path.name} holds no question")
    return tuple(cases)


def read_questions(path: Path) -> tuple[str, ...]:
    """One question per line; of several columns the wordiest one of the file. Raises ContentError without any."""
    rows = [cells for _, cells in _rows(path)]
    if not rows:
        raise ContentError(f"{path.name} holds no question")
    width = max(map(len, rows))
    wordy = max(range(width), key=lambda at: sum(len(cells[at].split()) for cells in rows if at < len(cells)))
    return tuple(cells[min(wordy, len(cells) - 1)] for cells in rows)


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    text = path.read_text("utf-8-sig", errors="replace")
    return [
        (number, [cell.strip() for cell in line.split("\t")])
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and not line.startswith(_COMMENT)
    ]


def _ids(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split("|"))
