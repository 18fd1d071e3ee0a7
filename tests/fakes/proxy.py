"""A reverse proxy of this machine, as Caddy is in deploy/: each node in turn, past those out of reach."""

from dataclasses import dataclass, field
from itertools import count
from typing import Self

import aiohttp
from aiohttp import web


@dataclass
class Proxy:
    """Passes requests on with body and headers untouched; `passed` says to which node, by person-less path."""

    nodes: list[str] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._turn = count()
        self._session = aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        first = next(self._turn)
        for place in range(len(self.nodes)):
            node = self.nodes[(first + place) % len(self.nodes)]
            try:
                async with self._session.request(
                    request.method, node + request.raw_path, data=body, headers=request.headers, allow_redirects=False
                ) as answer:
                    self.passed.append((node, request.path))
                    return web.Response(status=answer.status, body=await answer.read(), headers=_kept(answer))
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                # it may have arrived: the provider decides whether to send it again
                break
        raise web.HTTPBadGateway


def _kept(answer: aiohttp.ClientResponse) -> dict[str, str]:
    return {name: answer.headers[name] for name in ("Content-Type", "Retry-After") if name in answer.headers}
