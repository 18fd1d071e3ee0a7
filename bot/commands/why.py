"""`wis why PERSON`: why somebody has, or has not, received an issue of the newsletter, in plain words."""

from collections.abc import Collection, Iterator
from typing import Annotated

import typer

from bot.commands.common import Conn, Wrong, console, now, settings, store, told
from bot.settings import Settings
from conversations.news.why import why as sentences
from conversations.phrases import render
from storage import people
from storage.content import content_folder, read_catalog
from storage.crypto import KeyRing
from storage.money.names import called, meant
from storage.news import history

CHANNELS = ("telegram", "whatsapp", "simulator")

Who = Annotated[
    str,
    typer.Argument(
        metavar="PERSON",
        help="An address (+12025550123, 110201543, telegram:110201543), a person's id or name, or the number of a row"
        " of the report's table (#1234).",
    ),
]
Issue = Annotated[str, typer.Option(help="The issue's number; empty means the one that began last.")]
Language = Annotated[str, typer.Option(help="The language of the answer; empty means DEFAULT_LANGUAGE.")]


def why(person: Who, issue: Issue = "", language: Language = "") -> None:
    """Say why somebody did not receive an issue of the newsletter, or when she did.

    A name is looked for among those who said theirs for a voucher. What is told is personal: handle it so.
    """
    with told():
        found = settings()
        catalog = read_catalog(content_folder() / "locale", found.default_language, found.zone)
        with store(found) as database, database.read() as conn:
            key = history.numbered(conn, issue) if issue else history.last_sent(conn, now())
            if key is None:
                raise Wrong(f"There is no issue {issue}." if issue else "No issue has begun yet.")
            who = _person(conn, database.keys, key, person.strip())
            case = history.case_of(conn, key, who, _served(found))
    if case is None:
        raise Wrong("She is not known any more: her data were erased.")
    for text in sentences(case, now(), found.zone):
        console.print(render(text, language or found.default_language, catalog), markup=False)


def _served(found: Settings) -> Collection[str]:
    on = {"telegram": found.telegram, "whatsapp": found.whatsapp, "simulator": found.simulator_on}
    return [channel for channel in CHANNELS if on[channel]]


def _person(conn: Conn, keys: KeyRing, issue: str, said: str) -> str:
    """The id of whoever is meant. Raises Wrong."""
    if said.startswith("#"):
        row = history.person_of_row(conn, issue, int(said[1:])) if said[1:].isdecimal() else None
        if row is None:
            raise Wrong(f"The report's table of this issue has no row {said}, or her data were erased.")
        return row
    if people.exists(conn, said):
        return said
    for channel, value in _addresses(said):
        known = people.find(conn, channel, [keys.hash("address", f"{channel}:{value}")], lock=False)
        if known is not None:
            return known.id
    found = meant(called(conn, history.named(conn)), said)
    if len(found) > 1:
        raise Wrong(f"Several are called {said}: write one of these ids: {', '.join(found)}.")
    if not found:
        raise Wrong(f"Nobody is known as {said}: write her address, her id, or #NUMBER from the report's table.")
    return found[0]


def _addresses(said: str) -> Iterator[tuple[str, str]]:
    """The addresses that may be meant, as they are kept."""
    channel, colon, value = said.partition(":")
    if colon and channel in CHANNELS:
        yield channel, value.replace(" ", "") if channel == "whatsapp" else value
    plain = said.replace(" ", "")
    yield from ((one, plain) for one in CHANNELS)
