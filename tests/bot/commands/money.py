"""A small network in the data folder of the command line: the people of tests/storage/money_world.py."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.content import content_folder
from tests.bot.commands.command_line import Wis
from tests.storage.money_world import World, a_spec

EXAMPLE = content_folder() / "calls" / "example.yaml"


def world_of(wis: Wis) -> World:
    """Everybody has joined; the clock of the moves is the real one."""
    assert wis("call", "list").code == 0
    world = World(wis.database(), at=datetime.now(UTC))
    world.populate()
    return world


def a_call(world: World, **terms: object) -> str:
    """A call that is open now."""
    today = world.at.date()
    return world.opened(
        a_spec(starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=60), **terms)
    )


def call_file(wis: Wis, *changes: tuple[str, str], name: str = "call.yaml") -> str:
    """A copy of the example, with parts of its text replaced; it can be opened today."""
    text = Path(EXAMPLE).read_text("utf-8")
    later = f"{datetime.now(UTC).date() + timedelta(days=100)}"
    for old, new in (("2027-05-31", later), ("2026-12-01", f"{datetime.now(UTC).date()}"), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    (wis.folder / name).write_text(text, "utf-8")
    return str(wis.folder / name)
