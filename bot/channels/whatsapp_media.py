"""Files: ours, which Twilio fetches from a secret address for half an hour, and those people send us."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote, urljoin

import aiohttp
from aiohttp import web
from yarl import URL

from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_errors import error_for
from bot.channels.whatsapp_http import TwilioHttp, basic_auth
from scheduler.sending import File, Refused, Unavailable

ROUTE = "/whatsapp/media/{token}"
LIFE = timedelta(minutes=30)
MAX_HELD = 64 * 1024 * 1024
MAX_REDIRECTS = 3


class Shelf:
    """Files that wait for Twilio to fetch them. They live in this process only: at most 64 MB, the oldest goes
    first, and none is older than half an hour."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._files: OrderedDict[str, tuple[datetime, File]] = OrderedDict()

    def put(self, file: File) -> str:
        """The path under which the file can be fetched; nobody can guess it."""
        token = secrets.token_urlsafe(32)
        self._files[token] = (self._now() + LIFE, file)
        self.tidy()
        return ROUTE.replace("{token}", token)

    def get(self, token: str) -> File | None:
        """The file, None if there never was one or its time is over."""
        self.tidy()
        held = self._files.get(token)
        return held[1] if held else None

    def tidy(self) -> None:
        """What is too old or too much is gone."""
        size = sum(len(file.data) for _, file in self._files.values())
        while self._files:
            expires, oldest = next(iter(self._files.values()))
            if expires > self._now() and (size <= MAX_HELD or len(self._files) == 1):
                return
            size -= len(oldest.data)
            self._files.popitem(last=False)

    async def serve(self, request: web.Request) -> web.Response:
        """The file under the token in the path, else 404."""
        file = self.get(request.match_info["token"])
        if file is None:
            raise web.HTTPNotFound
        head = {
            "Content-Type": file.mime or "application/octet-stream",
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.name, safe='')}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=file.data, headers=head)


async def fetch(config: WhatsAppConfig, http: TwilioHttp, ref: str, limit: int) -> bytes:
    """The bytes behind the address of an attachment. Only Twilio's own server gets the credentials, and only it
    may send us on to the store where the file lies. Raises Refused or the error of Twilio's answer.
    """
    home = URL(config.api_base_url).origin()
    url = _address(ref)
    if url is None or url.origin() != home or url.user:
        raise Refused("the file is not on Twilio's server")
    for _ in range(MAX_REDIRECTS + 1):
        head = {"Authorization": basic_auth(config.account_sid, config.auth_token)} if url.origin() == home else {}
        try:
            async with http.session.get(url, headers=head, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = _onward(url, answer.headers.get("Location", ""), home)
                    continue
                if answer.status != 200:
                    raise error_for(answer.status, 0, "the file cannot be fetched")
                return await _read(answer, limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"the file cannot be fetched: {type(error).__name__}") from error
    raise Refused("the file is behind too many redirections")


def _address(text: str) -> URL | None:
    """The web address in the text, None if it is none."""
    try:
        url = URL(text)
        return url if url.scheme in ("http", "https") and url.host else None
    except ValueError:
        return None


def _onward(url: URL, location: str, home: URL) -> URL:
    """Where Twilio sends us: to itself, or to a public https server that has a name."""
    onward = _address(urljoin(str(url), location))
    if not location or onward is None:
        raise Refused("the file is behind a redirection that leads nowhere")
    host = onward.host or ""
    public = onward.scheme == "https" and "." in host and ":" not in host and not host.replace(".", "").isdigit()
    if not (public or onward.origin() == home):
        raise Refused("the file is behind a redirection we do not follow")
    return onward


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    if (answer.content_length or 0) > limit:
        raise Refused("the file is too large")
    data = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > limit:
            raise Refused("the file is too large")
    return bytes(data)
