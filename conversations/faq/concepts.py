"""The concept table: surface forms, Italian and English, that mean the same; the longest form in a text wins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conversations.faq.stems import LANGUAGES, stem
from conversations.faq.tokens import tokens

MARK: Final = "#"
"""What begins the name of a concept, so that no word is mistaken for one."""
EXACTLY: Final = "="
"""What begins a form whose words are taken as they stand, without regard to other endings."""


@dataclass(frozen=True, slots=True)
class Group:
    """Forms that mean the same: one line of the table."""

    name: str
    italian: tuple[str, ...]
    english: tuple[str, ...]


_NONE: Final[tuple[str, ...]] = ()

Forms = Mapping[str, tuple[tuple[int, Mapping[tuple[str, ...], tuple[str, ...]]], ...]]
"""First key -> for each length (longest first), how many keys follow, and the concepts by those keys."""


@dataclass(frozen=True, slots=True)
class Table:
    """The groups, ready to be found: by language, the forms by stems and the forms whose words stand as they are."""

    groups: tuple[Group, ...]
    by_stems: Mapping[str, Forms]
    by_words: Mapping[str, Forms]

    def find(self, words: Sequence[str], stems: Sequence[str], language: str) -> list[str]:
        """The concepts of a text in order, each as often as it is said; of two overlapping forms the longer one."""
        language = language if language in LANGUAGES else "it"
        by_stems, by_words = self.by_stems[language], self.by_words[language]
        found: list[str] = []
        at = 0
        for place, (word, key) in enumerate(zip(words, stems, strict=True)):
            if place < at:
                continue
            length, concepts = -1, _NONE
            if (forms := by_stems.get(key)) is not None:
                length, concepts = _longest(forms, stems, place)
            if (exact := by_words.get(word)) is not None:
                other, named = _longest(exact, words, place)
                if other == length:
                    concepts = tuple(dict.fromkeys((*concepts, *named)))
                elif other > length:
                    length, concepts = other, named
            if concepts:
                found.extend(concepts)
                at = place + length + 1
        return found


def _longest(
    forms: tuple[tuple[int, Mapping[tuple[str, ...], tuple[str, ...]]], ...], keys: Sequence[str], at: int
) -> tuple[int, tuple[str, ...]]:
    """How many keys follow the first one, and the concepts; -1 when nothing is found."""
    for length, concepts in forms:
        if (named := concepts.get(tuple(keys[at + 1 : at + 1 + length]))) is not None:
            return length, named
    return -1, _NONE


class BadTable(Exception):
    """The table cannot be read; the message says which line and why."""


def read_table(text: str) -> tuple[Group, ...]:
    """The groups of a file with lines of name, Italian forms, English forms between tabs. Raises BadTable."""
    groups: list[Group] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if cells[0] == "concept":
            continue
        if len(cells) != 3 or not cells[0]:
            raise BadTable(f"line {number}: a name, Italian forms and English forms, with a tab between them")
        if any(group.name == cells[0] for group in groups):
            raise BadTable(f"line {number}: the group {cells[0]} stands in the table twice")
        groups.append(Group(cells[0], _forms(cells[1]), _forms(cells[2])))
        if not any(tokens(form) for form in (*groups[-1].italian, *groups[-1].english)):
            raise BadTable(f"line {number}: the group {cells[0]} has no form")
    return tuple(groups)


def compile_table(groups: Iterable[Group]) -> Table:
    """The table of these groups. A form may stand in several groups; it then stands for all of them."""
    groups = tuple(groups)
    by_stems: dict[str, Forms] = {}
    by_words: dict[str, Forms] = {}
    for language in LANGUAGES:
        stemmed: dict[tuple[str, ...], dict[str, None]] = {}
        exact: dict[tuple[str, ...], dict[str, None]] = {}
        for group in groups:
            for forms, own in ((group.italian, language == "it"), (group.english, language == "en")):
                for form in forms:
                    words = tokens(form)
                    # a foreign word is never stemmed by our rules: "son" would become "sono"
                    if not own or form.startswith(EXACTLY):
                        exact.setdefault(words, {})[MARK + group.name] = None
                    else:
                        keys = tuple(stem(word, language) for word in words)
                        stemmed.setdefault(keys, {})[MARK + group.name] = None
        by_stems[language], by_words[language] = _tree(stemmed), _tree(exact)
    return Table(groups, by_stems, by_words)


def _tree(meanings: Mapping[tuple[str, ...], Iterable[str]]) -> Forms:
    tree: dict[str, dict[int, dict[tuple[str, ...], tuple[str, ...]]]] = {}
    for keys, names in meanings.items():
        if keys:
            tree.setdefault(keys[0], {}).setdefault(len(keys) - 1, {})[keys[1:]] = tuple(names)
    return {first: tuple(sorted(lengths.items(), reverse=True)) for first, lengths in tree.items()}


def _forms(cell: str) -> tuple[str, ...]:
    return tuple(form for form in (part.strip() for part in cell.split("|")) if form)
