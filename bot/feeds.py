"""The way to the feeds' servers: https, known hosts with public addresses, twenty seconds, two megabytes."""

import asyncio
import socket
import zlib
from collections.abc import Collection
from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from scheduler.feed_reading import Fetched, NoFeed

SECONDS: Final = 20.0
LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a feed, unpacked."""
MAX_REDIRECTS: Final = 3
OTHER_KINDS: Final = ("text/html", "application/json", "application/pdf", "image/", "audio/", "video/")
"""What a server says of an answer that is surely no feed: an error page, a login."""
HEAD: Final = {
    "User-Agent": "WIS-Bot (news for a welfare network; reads feeds every few hours)",
    "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1",
    "Accept-Encoding": "gzip",
}


class FeedWeb:
    """The FeedSource of the program. `local` is for servers of this machine in a test: they need no https."""

    def __init__(self, hosts: Collection[str], local: bool = False, seconds: float = SECONDS) -> None:
        self._hosts = frozenset(hosts)
        self._local = local
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def get(self, url: str, etag: str, modified: str) -> Fetched | None:
        """The feed behind the address, never asked for twice; None where the server says it has not changed.

        Raises NoFeed. No cookie is kept, no proxy of the environment is used.
        """
        head = dict(HEAD)
        if etag:
            head["If-None-Match"] = etag
        if modified:
            head["If-Modified-Since"] = modified
        connector = aiohttp.TCPConnector(resolver=_Resolver(self._local), use_dns_cache=False, limit=1)
        try:
            async with (
                asyncio.timeout(self._timeout.total),
                aiohttp.ClientSession(
                    connector=connector, timeout=self._timeout, headers=head, auto_decompress=False,
                    cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
                ) as session,
            ):
                return await self._follow(session, url)
        except TimeoutError as error:
            raise NoFeed(f"its server takes more than {self._timeout.total:g} seconds") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            cause = error.__cause__ if isinstance(error.__cause__, _Private) else error
            raise NoFeed(str(cause) if isinstance(cause, _Private) else _told(error)) from error

    async def _follow(self, session: aiohttp.ClientSession, url: str) -> Fetched | None:
        for _ in range(MAX_REDIRECTS + 1):
            address = self._allowed(url)
            async with session.get(address, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                if answer.status == 304:
                    return None
                if answer.status != 200:
                    raise NoFeed(f"its server answers with HTTP {answer.status}")
                kind = answer.headers.get("Content-Type", "")
                if kind.lower().startswith(OTHER_KINDS):
                    raise NoFeed(f"its server gives {kind.partition(';')[0]}, which is no feed")
                data = await _read(answer)
                marks = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
                return Fetched(data, kind, url, *marks)
        raise NoFeed(f"it is behind more than {MAX_REDIRECTS} redirections")

    def _allowed(self, url: str) -> URL:
        try:
            address = URL(url)
        except ValueError:
            raise NoFeed("its address cannot be read") from None
        host = address.host or ""
        if address.scheme != "https" and not (self._local and address.scheme == "http"):
            raise NoFeed(f"its address begins with {address.scheme or 'nothing'}, not with https")
        if host not in self._hosts or address.user:
            raise NoFeed(f"{host or 'its address'} is no host of content/feeds.toml")
        with suppress(ValueError):
            if not self._local and not ip_address(host).is_global:
                raise NoFeed(f"{host} is an address of a private network")
        if not self._local and address.port != 443:
            raise NoFeed("its address names a port")
        return address


class _Private(OSError):
    """A public name that leads into a private network."""


class _Resolver(AbstractResolver):
    """Addresses of names, only public ones: what was checked is what is connected to."""

    def __init__(self, local: bool) -> None:
        self._local = local
        self._asked = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of the host. Raises OSError, also where one of them is private."""
        found = await self._asked.resolve(host, port, family)
        if not self._local and not all(ip_address(one["host"].partition("%")[0]).is_global for one in found):
            raise _Private(f"{host} leads into a private network")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._asked.close()


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The body, unpacked chunk by chunk: a bomb is noticed while it is still small."""
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise NoFeed(f"its server packs it as {packing}")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in packing else None
    data = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        try:
            data += unpack.decompress(chunk, LARGEST + 1 - len(data)) if unpack else chunk
        except zlib.error:
            raise NoFeed("its server packs it wrongly") from None
        if len(data) > LARGEST:
            raise NoFeed(f"it is larger than {LARGEST // 1024 // 1024} MB")
    if unpack and not unpack.eof:
        raise NoFeed("its server broke off in the middle")
    return bytes(data)


def _told(error: Exception) -> str:
    return f"its server cannot be reached: {type(error).__name__}"
