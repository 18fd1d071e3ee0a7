"""A web server of this machine that plays the feeds' servers: each path answers as a test says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
RSS = "application/rss+xml; charset=utf-8"


@dataclass
class FeedServer:
    """`say` decides what a path answers; `asked` holds the headers of every question, in order."""

    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    _answers: dict[str, Answer] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    port: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        # a test that hangs a request does not wait for it
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"

    def say(self, path: str, body: bytes | str, kind: str = RSS, status: int = 200, **headers: str) -> None:
        """From now on the path answers with this; an underscore in a header's name is a hyphen."""
        data = body.encode() if isinstance(body, str) else body
        told = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(request: web.Request) -> web.StreamResponse:
            etag = told.get("ETag")
            if etag and request.headers.get("If-None-Match") == etag:
                return web.Response(status=304)
            return web.Response(body=data, status=status, headers={"Content-Type": kind, **told})

        self._answers[path] = answer

    def does(self, path: str, answer: Answer) -> None:
        """From now on the path does this."""
        self._answers[path] = answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append((path, dict(request.headers)))
        if path not in self._answers:
            raise web.HTTPNotFound
        return await self._answers[path](request)


def rss(*items: tuple[str, str, str, str]) -> str:
    """A feed in RSS 2.0 with items of title, description, link and date."""
    told = "".join(
        f"<item><title>{title}</title><description>{text}</description><link>{link}</link>"
        f"<guid isPermaLink='false'>{link or title}</guid>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
        for title, text, link, date in items
    )
    head = "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>P</title>"
    return f"{head}{told}</channel></rss>"


def atom(*items: tuple[str, str, str, str]) -> str:
    """A feed in Atom 1.0 with entries of title, HTML content, link and date."""
    told = "".join(
        f"<entry><title type='html'>{title}</title><id>urn:x:{n}</id><link href='{link}'/><updated>{date}</updated>"
        f"<content type='html'>{text}</content></entry>"
        for n, (title, text, link, date) in enumerate(items)
    )
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>P</title><id>urn:x</id>{told}</feed>"
