"""Something an author should change in a workbook, told in one line with the place and the cure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from conversations.forms.check_texts import TEXTS, Sentence

_LONGEST_CELL = 80

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `code` says what, the other fields say where.

    `row` counts from 1 (the header), 0 where the problem belongs to no row; `text` is what the cell holds;
    `params` fills the sentence of `code` (check_texts.py).
    """

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    question: str = ""
    text: str = ""
    params: Mapping[str, str | int | Sentence] = field(default_factory=dict)
    severity: Severity = "error"

    def told(self, language: str = "it") -> str:
        """The problem in one line: sheet, row, column, question, the cell's text, what is wrong, what to write."""
        italian = language != "en"
        sentence = TEXTS.get(self.code, TEXTS["other"])
        params = {name: _in(value, italian) for name, value in self.params.items()}
        words = _in(sentence, italian).format_map(_Named(params))
        row, column, question = ("riga", "colonna", "domanda") if italian else ("row", "column", "question")
        place = [
            self.sheet and (f"foglio {self.sheet}" if italian else f"sheet {self.sheet}"),
            self.row and f"{row} {self.row}",
            self.column and f"{column} {self.column}",
            self.question and f"{question} {self.question}",
        ]
        where = ", ".join(str(part) for part in place if part)
        cell = " ".join(self.text.split())
        if len(cell) > _LONGEST_CELL:
            cell = cell[: _LONGEST_CELL - 1] + "…"
        quoted = (f"«{cell}»" if italian else f"“{cell}”") if cell else ""
        return ": ".join(part for part in (where, quoted, words) if part)


class _Named(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _in(value: str | int | Sentence, italian: bool) -> str:
    if isinstance(value, Sentence):
        return value.it if italian else value.en
    return str(value)
