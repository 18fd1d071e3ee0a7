"""Files: ours, which Twilio fetches from a signed address for half an hour, and those people send us."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hmac import compare_digest
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
MAX_REDIRECTS = 3


class Links:
    """Addresses from which Twilio fetches our files. Each says which letter's file it is and until when, and is
    signed: any process with our keys answers it, and nobody can make one up. Nothing is kept in memory."""

    def __init__(
        self,
        sign: Callable[[str], str],
        file_of: Callable[[int], Awaitable[File | None]],
        now: Callable[[], datetime],
    ) -> None:
        self._sign = sign
        self._file_of = file_of
        self._now = now

    def path(self, number: int) -> str:
        """The path under which the file of this letter can be fetched for half an hour."""
        told = f"{number}.{int((self._now() + LIFE).timestamp())}"
        return ROUTE.replace("{token}", f"{told}.{self._signature(told)}")

    async def serve(self, request: web.Request) -> web.Response:
        """The file the path names, else 404."""
        told, _, signature = request.match_info["token"].rpartition(".")
        if not compare_digest(signature.encode(), self._signature(told).encode()):
            raise web.HTTPNotFound
        number, _, until = told.partition(".")
        file = await self._file_of(int(number)) if self._now().timestamp() < int(until) else None
        if file is None:
            raise web.HTTPNotFound
        head = {
            "Content-Type": file.mime or "application/octet-stream",
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.name, safe='')}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=file.data, headers=head)

    def _signature(self, told: str) -> str:
        return self._sign(told).rpartition(":")[2]


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
