"""The pages for people: their links lead somewhere, and they speak only of settings and files that exist."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.__main__ import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]+)")
SETTING = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
WIS = re.compile(r"(?:\.venv/bin/|`)wis ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)")
COMMAND = re.compile(r"^make ([a-z]+)$|`make ([a-z]+)`", re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    lost = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs/howto").glob("*.md")), ids=lambda page: page.stem)
def test_a_how_to_page_speaks_only_of_settings_that_exist(page: Path) -> None:
    known = {name.upper() for name in Settings.model_fields}
    assert {word for word in SETTING.findall(page.read_text("utf-8")) if word not in known} == set()


def test_every_decision_is_in_the_list() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    missing = [path.name for path in (ROOT / "docs/decisions").glob("0*.md") if path.name not in index]
    assert missing == []


def test_every_make_command_the_pages_show_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    shown = {first or second for page in PAGES for first, second in COMMAND.findall(page.read_text("utf-8"))}
    assert {"run", "test", "talk"} <= shown <= targets


def test_every_wis_command_the_pages_show_exists() -> None:
    known = {" ".join(words) for words in commands(get_command(app))}
    shown = {line for page in PAGES for line in WIS.findall(page.read_text("utf-8"))}
    assert len(shown) > 10
    assert shown - known == set()


def commands(command: Any) -> Iterator[tuple[str, ...]]:
    """Every command below this one, and every group of them, as its words."""
    if not hasattr(command, "list_commands"):
        return
    context = command.context_class(command)
    for name in command.list_commands(context):
        yield (name,)
        yield from ((name, *words) for words in commands(command.get_command(context, name)))
