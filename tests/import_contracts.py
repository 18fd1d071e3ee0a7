"""Two kinds of import contract that import-linter lacks: every file has its place, every library has its home."""

import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, cast

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck


class _Told(Contract):
    """A contract whose breaches are sentences."""

    def breaches(self, graph: ImportGraph) -> Iterator[str]:
        raise TypeError("each contract says itself what breaks it")

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        told = sorted(self.breaches(graph))
        return ContractCheck(kept=not told, metadata={"told": told})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for sentence in cast(list[str], check.metadata["told"]):
            output.print_error(f"- {sentence}", bold=False)
        output.new_line()


class Places(_Told):
    """The files of one package on lines, topmost first; a file may import from its own line and those below.

    On a line, `|` separates families that must not know each other. Names may hold `*`; a name without one wins.
    A file that stands on no line breaks the contract: whoever adds it says where it belongs.
    """

    type_name = "places"

    package = fields.StringField()
    lines = fields.ListField(subfield=fields.StringField())

    def breaches(self, graph: ImportGraph) -> Iterator[str]:
        """A sentence for each file without a place, and for each import that goes up or between families."""
        package = str(self.package)
        places = {child: self._place(child.removeprefix(package + ".")) for child in graph.find_children(package)}
        homeless = [child for child, place in places.items() if not place]
        yield from (f"{child} has no place yet: add it to a line of {package}" for child in homeless)
        inside = {m: child for child in places for m in (child, *graph.find_descendants(child))}
        for module, child in inside.items():
            for imported in graph.find_modules_directly_imported_by(module) & inside.keys():
                ours, theirs = places[child], places[inside[imported]]
                if not ours or not theirs or ours == theirs:
                    continue
                if theirs[0] < ours[0]:
                    yield f"{module} imports {imported}, which stands above it"
                elif theirs[0] == ours[0]:
                    yield f"{module} imports {imported}, which is none of its family"

    def _place(self, name: str) -> tuple[int, int] | None:
        found = None
        for at, line in enumerate(cast(list[str], self.lines)):
            for family, words in enumerate(line.split("|")):
                for pattern in words.split():
                    if pattern == name:
                        return at, family
                    if found is None and fnmatchcase(name, pattern):
                        found = at, family
        return found


class Homes(_Told):
    """Each outside library is imported only at home: lines of `library -> module, module*`.

    A library without a line breaks the contract, so that nobody adds one unnoticed.
    """

    type_name = "homes"

    libraries = fields.ListField(subfield=fields.StringField())

    def breaches(self, graph: ImportGraph) -> Iterator[str]:
        """A sentence for each import away from home, and for each library that has none."""
        homes = {left.strip(): right.replace(",", " ").split() for left, _, right in self._lines()}
        ours = {module for module in graph.modules if not graph.is_module_squashed(module)}
        for library in graph.modules - ours - sys.stdlib_module_names:
            for module in graph.find_modules_that_directly_import(library) & ours:
                if library not in homes:
                    yield f"{module} imports {library}, which has no home yet"
                elif not any(fnmatchcase(module, home) for home in homes[library]):
                    yield f"{module} imports {library}, whose home is {', '.join(homes[library])}"

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        return (line.partition("->") for line in cast(list[Any], self.libraries))
