"""A file in YAML read part by part: every value with its line, every mistake told with what to write instead."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

import yaml

LARGEST_FILE: Final = 64 * 1024
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EUROS: Final = re.compile(r"(\d{1,9})(?:[.,](\d{2}))?")
_NULL: Final = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake: the line (from 1), the part ("caps.person"), what is wrong and what to write instead."""

    line: int
    part: str
    words: str

    def told(self) -> str:
        """The mistake in one sentence or two."""
        return f"line {self.line}, {self.part}: {self.words}" if self.part else f"line {self.line}: {self.words}"


class Part:
    """A group of `name: value` lines; what is wrong goes to `faults`."""

    def __init__(self, node: Any, where: str, known: Sequence[str], faults: list[Fault]) -> None:
        """`known` are the names that may stand here, () where any may."""
        self.where = where
        self.faults = faults
        self.line = node.start_mark.line + 1
        self._nodes: dict[str, Any] = {}
        if not isinstance(node, yaml.MappingNode):
            self.fault("", "lines of `name: value` belong here, indented below it.")
            return
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if known and name not in known:
                near = get_close_matches(name, known, 1)
                better = f"did you mean {near[0]}?" if near else f"the names here are {', '.join(known)}."
                self.faults.append(Fault(line, self._part(name), f"there is no such name; {better}"))
            elif name in self._nodes:
                self.faults.append(Fault(line, self._part(name), "it stands here twice; leave one out."))
            else:
                self._nodes[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._nodes and self._nodes[name].tag != _NULL

    def names(self) -> Iterator[str]:
        """The names that stand here, in order."""
        yield from self._nodes

    def line_of(self, name: str) -> int:
        """Where the value is; where the group begins if it is missing."""
        node = self._nodes.get(name)
        return self.line if node is None else int(node.start_mark.line) + 1

    def fault(self, name: str, words: str) -> None:
        """One more mistake, at this name."""
        self.faults.append(Fault(self.line_of(name), self._part(name), words))

    def text(self, name: str, default: str | None = None) -> str:
        """The value as it was written; without a default it must be there."""
        node = self._nodes.get(name)
        if node is None or node.tag == _NULL:
            if default is None:
                self.fault(name, "it is missing.")
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(name, "one value belongs here, not a list.")
            return default or ""
        return str(node.value).strip()

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """One of these words."""
        said = self.text(name, default)
        if said in allowed:
            return said
        self.fault(name, f"{said!r} is not known; write {' or '.join(allowed)}.")
        return default

    def euros(self, name: str, default: int | None = None) -> int:
        """The amount in cents."""
        said = self.text(name, None if default is None else "-")
        if not said or (said == "-" and name not in self):
            return default or 0
        found = _EUROS.fullmatch(said.removesuffix("EUR").removesuffix("€").strip())
        if found is None:
            self.fault(name, f"{said!r} is no amount; write euros as 24000 or 24000.50, without thousands marks.")
            return default or 0
        return int(found[1]) * 100 + int(found[2] or 0)

    def whole(self, name: str, default: int) -> int:
        """A whole number from 0 on."""
        said = self.text(name, str(default))
        if said.isascii() and said.isdigit() and len(said) < 10:
            return int(said)
        self.fault(name, f"{said!r} is no whole number; write digits only, as {default}.")
        return default

    def day(self, name: str, needed: bool = True) -> date | None:
        """A day; None where it is missing or wrong."""
        said = self.text(name, None if needed else "")
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            self.fault(name, f"{said!r} is no day; write year-month-day, as 2027-05-31.")
            return None

    def several(self, name: str) -> tuple[str, ...]:
        """A list of words; one word alone is a list too."""
        node = self._nodes.get(name)
        if node is None or node.tag == _NULL:
            return ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(item, yaml.ScalarNode) for item in items):
            self.fault(name, "a list of words belongs here, as [one, two].")
            return ()
        return tuple(str(item.value).strip() for item in items)

    def part(self, name: str, known: Sequence[str] = ()) -> "Part":
        """The group below this name; an empty one where it is missing."""
        node = self._nodes.get(name)
        if node is None or node.tag == _NULL:
            mark = yaml.Mark("", 0, self.line - 1, 0, None, 0)
            node = yaml.MappingNode("tag:yaml.org,2002:map", [], mark, mark)
        return Part(node, self._part(name), known, self.faults)

    def parts(self, name: str, known: Sequence[str]) -> tuple["Part", ...]:
        """The groups in the list below this name; without one it is a mistake."""
        node = self._nodes.get(name)
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.fault(name, "a list of groups belongs here, each beginning with a hyphen (`- name: ...`).")
            return ()
        at = enumerate(node.value, 1)
        return tuple(Part(item, f"{self._part(name)}[{number}]", known, self.faults) for number, item in at)

    def _part(self, name: str) -> str:
        return ".".join(part for part in (self.where, name) if part)


def root(text: str, known: Sequence[str]) -> tuple[Part | None, list[Fault]]:
    """The whole file as a group, and the mistakes so far; None where it is no YAML at all."""
    faults: list[Fault] = []
    if len(text) > LARGEST_FILE:
        return None, [Fault(1, "", f"the file is larger than {LARGEST_FILE // 1024} KB; it should be a page.")]
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        return None, [Fault(line, "", f"this is no YAML ({error.problem}); look at the indentation, colons, quotes.")]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [Fault(1, "", f"this is no YAML ({str(error).splitlines()[0]}).")]
    if node is None:
        return None, [Fault(1, "", "the file is empty; begin with a copy of content/calls/example.yaml.")]
    part = Part(node, "", known, faults)
    return (part if isinstance(node, yaml.MappingNode) else None), faults


def weights(part: Part, name: str) -> tuple[tuple[str, int], ...]:
    """The sources and their weights below this name, () where it is missing."""
    group = part.part(name)
    found = tuple((source, group.whole(source, 0)) for source in group.names())
    for source, weight in found:
        if not weight:
            group.fault(source, "a weight is a whole number above 0, as 70.")
        if not source or len(source) > 40:
            group.fault(source, "the name of a source has 1 to 40 characters.")
    return found


def one_of(
    part: Part, name: str, said: str, known: Mapping[str, Sequence[str]], what: str
) -> str:
    """The id of whoever or whatever is called so; "" and a mistake where nobody is, or several are."""
    found = known.get(said) or known.get(said.casefold()) or ()
    if len(found) == 1:
        return found[0]
    if found:
        part.fault(name, f"{len(found)} are called {said!r}; write the id instead: {', '.join(found)}.")
    else:
        part.fault(name, f"{said!r} is not known; {what}")
    return ""
