"""`wis feeds` as an operator has it, with servers of this machine in place of the feeds' own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.commands import feeds
from bot.feeds import FeedWeb
from tests.bot.commands.command_line import Wis
from tests.fakes.feed_server import FeedServer, rss


@contextmanager
def served(server: FeedServer) -> Iterator[None]:
    """The server runs in a thread of its own: the command has a loop of its own too."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    server = FeedServer()
    with served(server):
        server.say("buono", rss(("Congedo parentale", "Novità", "https://x.example/1", "")))
        server.say("rotto", "", status=500)
        listed = "".join(
            f'[[feed]]\nname = "{name}"\nurl = "{server.url(name)}"\ntopic = "leave"\n' for name in ("buono", "rotto")
        )
        (tmp_path / "feeds.toml").write_text(listed, "utf-8")
        monkeypatch.setattr(feeds, "content_folder", lambda: tmp_path)
        monkeypatch.setattr(feeds, "FeedWeb", lambda hosts: FeedWeb(hosts, local=True))
        yield server


def test_feeds_are_visited_and_what_they_brought_is_listed(wis: Wis, server: FeedServer) -> None:
    told = wis("feeds", "visit", "buono")
    assert (told.code, told.out) == (0, "buono\t1 new\n")
    assert "Congedo parentale\thttps://x.example/1" in wis("feeds", "inbox").out
    assert "None is due" in wis("feeds", "visit", "buono").out
    assert wis("feeds", "visit", "--now", "buono").out == "buono\t0 new\n"


def test_a_feed_that_fails_is_told_with_its_reason_and_ends_with_1(wis: Wis, server: FeedServer) -> None:
    told = wis("feeds", "visit")
    assert told.code == 1
    assert "rotto\tnothing: its server answers with HTTP 500" in told.out
    assert "content/feeds.toml" in told.err
    listed = wis("feeds", "list").out.splitlines()
    assert listed[0].startswith("buono\tleave\t20")
    assert listed[1] == "rotto\tleave\tnever\t0\tits server answers with HTTP 500 (1 times)"
    assert "NEWSLETTER_FEEDS is off" in listed[2]


def test_an_unknown_feed_is_pointed_out(wis: Wis, server: FeedServer) -> None:
    told = wis("feeds", "visit", "altro")
    assert told.code == 1
    assert "There is no feed altro" in told.err
