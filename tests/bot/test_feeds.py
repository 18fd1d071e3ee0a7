"""The way to a feed's server, through a real server on this machine: what it may do to us, and what it may not."""

import asyncio
import gzip
import io
from pathlib import Path

import pytest
from aiohttp import web

from bot.assembly import opened
from bot.feeds import LARGEST, FeedWeb
from bot.settings import Settings
from scheduler.feed_reading import NoFeed
from tests.fakes.feed_server import FeedServer, rss

NEWS = rss(("Congedo parentale, le novità", "Tre mesi", "https://news.example/1", ""))


@pytest.fixture
def here() -> FeedWeb:
    return FeedWeb({"127.0.0.1", "localhost"}, local=True, seconds=5.0)


async def refused(source: FeedWeb, url: str) -> str:
    with pytest.raises(NoFeed) as told:
        await source.get(url, "", "")
    return str(told.value)


async def test_a_feed_comes_with_its_marks_and_is_not_sent_again_while_it_has_not_changed(here: FeedWeb) -> None:
    async with FeedServer() as server:
        server.say("a", NEWS, ETag='"v1"', Last_Modified="Tue, 24 Nov 2026 10:00:00 GMT")
        first = await here.get(server.url("a"), "", "")
        assert first is not None
        assert first.data.decode() == NEWS
        assert (first.etag, first.modified) == ('"v1"', "Tue, 24 Nov 2026 10:00:00 GMT")
        assert await here.get(server.url("a"), first.etag, first.modified) is None
        assert server.asked[1][1]["If-None-Match"] == '"v1"'
        assert server.asked[1][1]["If-Modified-Since"] == "Tue, 24 Nov 2026 10:00:00 GMT"
        assert "Cookie" not in server.asked[1][1]


async def test_a_packed_feed_is_unpacked(here: FeedWeb) -> None:
    async with FeedServer() as server:
        server.say("a", gzip.compress(NEWS.encode()), Content_Encoding="gzip")
        fetched = await here.get(server.url("a"), "", "")
        assert fetched is not None
        assert fetched.data.decode() == NEWS


async def test_a_server_in_trouble_is_asked_once_and_named_by_its_answer(here: FeedWeb) -> None:
    async with FeedServer() as server:
        server.say("a", "out of order", status=500)
        assert await refused(here, server.url("a")) == "its server answers with HTTP 500"
        assert await refused(here, server.url("gone")) == "its server answers with HTTP 404"
        assert len(server.asked) == 2


async def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(here: FeedWeb) -> None:
    async with FeedServer() as server:
        url = server.url("a")
    assert "cannot be reached" in await refused(here, url)


async def test_a_server_that_never_answers_or_drips_is_left_when_its_time_is_over() -> None:
    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/xml"})
        await answer.prepare(request)
        for _ in range(600):
            await answer.write(b" ")
            await asyncio.sleep(0.1)
        return answer

    short = FeedWeb({"127.0.0.1"}, local=True, seconds=0.5)
    async with FeedServer() as server:
        server.does("hang", hang)
        server.does("drip", drip)
        assert await refused(short, server.url("hang")) == "its server takes more than 0.5 seconds"
        assert await refused(short, server.url("drip")) == "its server takes more than 0.5 seconds"


async def test_ten_megabytes_are_left_after_two(here: FeedWeb) -> None:
    sent = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(headers={"Content-Type": "text/xml"})
        await answer.prepare(request)
        while sent < 200 * 1024 * 1024:
            await answer.write(b"x" * 65536)
            sent += 65536
        return answer

    async with FeedServer() as server:
        server.does("a", pour)
        assert await refused(here, server.url("a")) == "it is larger than 2 MB"
        assert sent < 60 * 1024 * 1024, "all of it was taken in"


async def test_a_gzip_bomb_is_noticed_before_it_is_large(here: FeedWeb) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        for _ in range(64):
            file.write(b"\0" * 1024 * 1024)
    assert len(packed.getvalue()) < LARGEST
    async with FeedServer() as server:
        server.say("a", packed.getvalue(), Content_Encoding="gzip")
        assert await refused(here, server.url("a")) == "it is larger than 2 MB"


async def test_broken_and_unknown_packing_is_said(here: FeedWeb) -> None:
    async with FeedServer() as server:
        server.say("wrong", b"no gzip at all", Content_Encoding="gzip")
        server.say("half", gzip.compress(NEWS.encode())[:-12], Content_Encoding="gzip")
        server.say("odd", NEWS, Content_Encoding="br")
        assert await refused(here, server.url("wrong")) == "its server packs it wrongly"
        assert await refused(here, server.url("half")) == "its server broke off in the middle"
        assert await refused(here, server.url("odd")) == "its server packs it as br"


async def test_a_web_page_in_place_of_the_feed_is_no_feed(here: FeedWeb) -> None:
    async with FeedServer() as server:
        server.say("a", "<html>Please log in</html>", kind="text/html; charset=utf-8")
        assert await refused(here, server.url("a")) == "its server gives text/html, which is no feed"


async def test_redirections_are_followed_three_times_and_only_to_hosts_of_the_list(here: FeedWeb) -> None:
    async with FeedServer() as server:
        server.say("there", NEWS)
        server.say("a", "", status=301, Location="/there")
        server.say("round", "", status=302, Location="/round")
        server.say("away", "", status=302, Location="https://elsewhere.example/feed")
        server.say("nowhere", "", status=302, Location="file:///etc/passwd")
        found = await here.get(server.url("a"), "", "")
        assert found is not None
        assert found.url == server.url("there")
        server.asked.clear()
        assert "more than 3 redirections" in await refused(here, server.url("round"))
        assert len(server.asked) == 4
        assert await refused(here, server.url("away")) == "elsewhere.example is no host of content/feeds.toml"
        assert await refused(here, server.url("nowhere")) == "its address begins with file, not with https"


async def test_private_addresses_plain_http_and_other_ports_are_never_asked_in_service() -> None:
    async with FeedServer() as server:
        server.say("a", NEWS)
        source = FeedWeb({"127.0.0.1", "10.0.0.8", "[::1]", "::1", "localhost", "news.example"})
        assert "not with https" in await refused(source, server.url("a"))
        assert "private network" in await refused(source, f"https://127.0.0.1:{server.port}/a")
        assert "private network" in await refused(source, "https://10.0.0.8/a")
        assert "private network" in await refused(source, "https://[::1]/a")
        assert await refused(source, "https://localhost/a") == "localhost leads into a private network"
        assert await refused(source, "https://news.example:8443/a") == "its address names a port"
        assert "no host of" in await refused(source, "https://user:word@news.example/a")
        assert server.asked == []


async def test_the_program_visits_feeds_only_where_it_is_told_to(tmp_path: Path) -> None:
    quiet = Settings.load(None, data_dir=tmp_path)
    async with opened(quiet, load_demo=False) as app:
        assert app.visit_feeds is None
    async with opened(Settings.load(None, data_dir=tmp_path, newsletter_feeds=True), load_demo=False) as app:
        assert app.visit_feeds is not None
