"""The import rules hold, our own two kinds of rule refuse what they should, and files look as agreed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grimp import ImportGraph

from tests.import_contracts import Homes, Places

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "scheduler", "storage", "conversations")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def test_all_import_contracts_hold() -> None:
    # in a process of its own: import-linter switches off every logger that it finds
    lint = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True, no_logo=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def graph(*imports: tuple[str, str], libraries: tuple[str, ...] = ("requests",)) -> ImportGraph:
    made = ImportGraph()
    for module in ("shop", "shop.top", "shop.top.deep", "shop.red_one", "shop.red_two", "shop.blue", "shop.ground"):
        made.add_module(module)
    for library in libraries:
        made.add_module(library, is_squashed=True)
    for importer, imported in imports:
        made.add_import(importer=importer, imported=imported)
    return made


def places(lines: list[str], *imports: tuple[str, str]) -> list[str]:
    contract = Places("places", {}, {"name": "places", "package": "shop", "lines": lines})
    return sorted(contract.breaches(graph(*imports)))


LINES = ["top", "red_* | blue", "ground"]


def test_a_file_may_import_from_its_own_family_and_from_below() -> None:
    down, across = ("shop.top", "shop.blue"), ("shop.red_one", "shop.red_two")
    assert places(LINES, down, across, ("shop.blue", "shop.ground")) == []


def test_a_file_without_a_place_is_told() -> None:
    assert places(["top", "red_* | blue"]) == ["shop.ground has no place yet: add it to a line of shop"]


def test_an_import_that_goes_up_is_told_also_out_of_a_folder() -> None:
    assert places(LINES, ("shop.ground", "shop.top.deep")) == [
        "shop.ground imports shop.top.deep, which stands above it"
    ]
    assert places(["red_* | blue", "top ground"], ("shop.top.deep", "shop.blue")) == [
        "shop.top.deep imports shop.blue, which stands above it"
    ]


def test_families_of_one_line_do_not_know_each_other() -> None:
    told = places(LINES, ("shop.red_one", "shop.blue"))
    assert told == ["shop.red_one imports shop.blue, which is none of its family"]


def test_a_name_wins_over_a_pattern() -> None:
    assert places(["red_one", "*", "red_two"], ("shop.red_one", "shop.blue"), ("shop.blue", "shop.red_two")) == []


def homes(lines: list[str], *imports: tuple[str, str]) -> list[str]:
    contract = Homes("homes", {}, {"name": "homes", "libraries": lines})
    return sorted(contract.breaches(graph(*imports, libraries=("requests", "json"))))


def test_a_library_is_imported_at_home_only() -> None:
    lines = ["requests -> shop.red_*, shop.top"]
    assert homes(lines, ("shop.red_two", "requests"), ("shop.top", "requests"), ("shop.blue", "json")) == []
    assert homes(lines, ("shop.blue", "requests")) == [
        "shop.blue imports requests, whose home is shop.red_*, shop.top"
    ]


def test_a_new_library_needs_a_home() -> None:
    told = homes(["numpy -> shop.top"], ("shop.blue", "requests"))
    assert told == ["shop.blue imports requests, which has no home yet"]


def test_a_broken_contract_prints_each_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    contract = Places("places", {}, {"name": "places", "package": "shop", "lines": ["top"]})
    check = contract.check(graph(), verbose=False)
    assert not check.kept
    contract.render_broken_contract(check)
    assert "- shop.blue has no place yet" in capsys.readouterr().out


def test_every_module_says_in_its_first_line_what_lives_there() -> None:
    silent = [str(path) for path, tree in modules() if not ast.get_docstring(tree)]
    assert silent == []


def test_an_init_file_holds_one_docstring_and_nothing_else() -> None:
    crowded = [str(path) for path, tree in modules() if path.name == "__init__.py" and len(tree.body) != 1]
    assert crowded == []
