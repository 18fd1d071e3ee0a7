"""WhatsApp through Twilio: the routes it calls, the way out, files, and the list it keeps."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from bot.channels.contract import Health, Inbox, Unready
from bot.channels.layout import LayoutWords
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_content import ContentBook
from bot.channels.whatsapp_history import missed
from bot.channels.whatsapp_http import ApiRefusal, NoAnswer, NotSent, TwilioHttp, client
from bot.channels.whatsapp_inbound import CHANNEL, card_urls, events, status_report
from bot.channels.whatsapp_media import ROUTE, Links, fetch
from bot.channels.whatsapp_post import Post, send_error
from bot.channels.whatsapp_sender import WhatsAppSender
from bot.channels.whatsapp_signature import Signatures
from bot.channels.whatsapp_templates import OpenerTemplate
from bot.metrics import UPDATES_SKIPPED, WEBHOOK_REFUSED
from conversations.events import Event
from scheduler.sending import SendError, Unavailable

MAX_BODY = 256 * 1024
MAX_CARD = 64 * 1024
CARD_SECONDS = 5.0
CHECK_SECONDS = 300.0
FIRST_PAUSE = 1.0
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

log = logging.getLogger(__name__)


class WhatsApp:
    """The Channel of WhatsApp. `words` maps a language to what a layout adds (the first one serves the others).

    Raises ValueError where a setting is missing: better no start than a channel that refuses every message.
    """

    name = CHANNEL

    def __init__(
        self,
        config: WhatsAppConfig,
        inbox: Inbox,
        templates: Sequence[OpenerTemplate],
        words: Mapping[str, LayoutWords],
        links: Links,
    ) -> None:
        if not words:
            raise ValueError("WhatsApp needs the words of at least one language")
        self.health = Health()
        self._config = config
        self._inbox = inbox
        self._doubted = asyncio.Event()
        self._http = TwilioHttp(config.timeout)
        self._client = client(config, self._http)
        self._book = ContentBook(self._client)
        self._links = links
        self._signatures = (
            Signatures(config.public_base_url, config.auth_token, config.webhook_keys)
            if config.public_base_url
            else None
        )
        self._sender = WhatsAppSender(
            config,
            Post(config, self._client, inbox.now),
            self._book,
            self._links,
            {template.name: template for template in templates},
            words,
            inbox.now,
            self._tell_of_sending,
        )

    def sender(self) -> WhatsAppSender:
        """The channel's way out."""
        return self._sender

    def routes(self) -> Sequence[web.RouteDef]:
        """Inbound messages, status callbacks and our files; none without a public address, because no signature
        could be checked."""
        if self._signatures is None:
            return ()
        return (
            web.post("/whatsapp/inbound", self._inbound),
            web.post("/whatsapp/status", self._status),
            web.get(ROUTE, self._links.serve),
        )

    async def run(self) -> None:
        """Check the account until it answers, and again after each problem and from time to time, so that the health
        is true. Ends by cancellation."""
        pause = FIRST_PAUSE
        while True:
            self._doubted.clear()
            await self.check()
            if self.health.state == "ok":
                pause = FIRST_PAUSE
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._doubted.wait(), CHECK_SECONDS)
            # a problem that every message meets must not become a question for every message
            await asyncio.sleep(pause)
            if self.health.state != "ok":
                pause = min(pause * 2, CHECK_SECONDS)

    async def check(self) -> None:
        """The account has been asked for its Content resources, and the health says what came of it."""
        try:
            await self._book.read()
        except ApiRefusal as refusal:
            self.health.state = "degraded" if refusal.status >= 500 or refusal.status == 429 else "failing"
            self._tell("last problem", f"Twilio refuses: HTTP {refusal.status}, code {refusal.code}")
        except (NotSent, NoAnswer) as error:
            self.health.state = "degraded"
            self._tell("last problem", f"Twilio does not answer: {error}")
        else:
            self.health.state = "ok" if self._config.public_base_url else "degraded"
            self.health.detail["content resources"] = len(self._book)
            if not self._config.public_base_url:
                self._tell("last problem", "PUBLIC_BASE_URL is empty: nothing can come in")

    async def missed(self, since: datetime) -> list[Event]:
        """What reached Twilio since then, oldest first, with the ids the webhooks would have had: for the start
        and the hourly reconciliation. Raises SendError where Twilio cannot be asked."""
        try:
            return await missed(self._client, self._config, since)
        except ApiRefusal as refusal:
            raise send_error(refusal) from refusal
        except (NotSent, NoAnswer) as error:
            raise Unavailable(f"Twilio's list of messages is not there: {error}") from error

    async def fetch(self, ref: str, limit: int) -> bytes:
        """The bytes of a file a person sent, at most `limit`. Raises SendError."""
        return await fetch(self._config, self._http, ref, limit)

    async def close(self) -> None:
        """All connections are closed when this returns."""
        await self._http.close()

    async def _inbound(self, request: web.Request) -> web.Response:
        form = await self._genuine(request)
        found = events(form, self._inbox.now(), await self._cards(form))
        if not found:
            UPDATES_SKIPPED.labels(CHANNEL, "no_whatsapp_message").inc()
        try:
            if found:
                await self._inbox.take(found)
        except Unready:
            raise web.HTTPServiceUnavailable from None
        return web.Response(text=EMPTY_TWIML, content_type="text/xml")

    async def _status(self, request: web.Request) -> web.Response:
        form = await self._genuine(request)
        report = status_report(form, request.query.get("n", ""), opener="opener" in request.query)
        try:
            if report is not None:
                await self._inbox.report(report)
        except Unready:
            raise web.HTTPServiceUnavailable from None
        return web.Response(text=EMPTY_TWIML, content_type="text/xml")

    async def _genuine(self, request: web.Request) -> MultiDict[str]:
        """The fields of a request that Twilio has signed. Anything else ends here, and only a counter knows."""
        form = await _form(request)
        reason = "body"
        if form is not None and self._signatures is not None:
            reason = self._signatures.refusal(request.raw_path, form, request.headers)
            if not reason:
                return form
        WEBHOOK_REFUSED.labels(CHANNEL, reason).inc()
        raise web.HTTPForbidden

    async def _cards(self, form: MultiDict[str]) -> dict[str, str]:
        """The contact cards of a message; one that cannot be had in time is left out."""
        cards = {}
        for url in card_urls(form):
            try:
                async with asyncio.timeout(CARD_SECONDS):
                    cards[url] = (await self.fetch(url, MAX_CARD)).decode("utf-8", "replace")
            except (SendError, TimeoutError, ValueError):
                log.warning("a contact card could not be fetched")
        return cards

    def _tell(self, name: str, value: str) -> None:
        self.health.detail[name] = value

    def _tell_of_sending(self, name: str, value: str) -> None:
        self._tell(name, value)
        if name == "last problem":
            self._doubted.set()


async def _form(request: web.Request) -> MultiDict[str] | None:
    """The fields, blank and repeated ones too; None for a body that is too large or no form in UTF-8."""
    if request.content_type != "application/x-www-form-urlencoded" or (request.content_length or 0) > MAX_BODY:
        return None
    body = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        body += chunk
        if len(body) > MAX_BODY:
            return None
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=500)
    except ValueError:
        return None
    return MultiDict(pairs)
