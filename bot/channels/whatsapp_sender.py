"""WhatsApp's way out: a letter as free text, buttons, list or opener, within the 24-hour window or without."""

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.layout import LayoutWords, WhatsAppMessage, whatsapp_layout
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_content import ContentBook, Resource, interactive, opener_resource
from bot.channels.whatsapp_errors import FALLS_BACK, reaction
from bot.channels.whatsapp_http import ApiRefusal, NoAnswer, NotSent
from bot.channels.whatsapp_media import Links
from bot.channels.whatsapp_post import REMEMBERED, Post, Progress, send_error
from bot.channels.whatsapp_templates import OpenerTemplate, filled_body, values
from scheduler.sending import (
    Letter,
    Misconfigured,
    Opener,
    Receipt,
    Recipient,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    WindowClosed,
)

# Twilio's clock decides, not ours: ten minutes before the end the window counts as closed (channels.md 6.3).
WINDOW = timedelta(hours=23, minutes=50)
SECOND_LOOK = 30.0


class WhatsAppSender:
    """The Sender of WhatsApp. `words` maps a language to what a layout adds; `told` gets what is worth showing in
    the channel's health, a name and a value."""

    channel = "whatsapp"

    def __init__(
        self,
        config: WhatsAppConfig,
        post: Post,
        book: ContentBook,
        links: Links,
        templates: Mapping[str, OpenerTemplate],
        words: Mapping[str, LayoutWords],
        now: Callable[[], datetime],
        told: Callable[[str, str], None],
    ) -> None:
        self._config = config
        self._post = post
        self._book = book
        self._links = links
        self._templates = templates
        self._words = words
        self._now = now
        self._told = told
        self._progress: OrderedDict[int, Progress] = OrderedDict()

    async def send(self, letter: Letter, to: Recipient) -> Receipt:
        """The letter has been accepted by Twilio when this returns: the whole of it, or only its opener where the
        24-hour window is closed. Raises SendError. A letter of several messages goes on where it stopped.
        """
        progress = self._progress.pop(letter.number, None) or Progress()
        try:
            receipt = await self._send(letter, to, progress)
        except SendError as error:
            if error.retry:
                self._progress[letter.number] = progress
                while len(self._progress) > REMEMBERED:
                    self._progress.popitem(last=False)
            if error.tell_office:
                self._told("last problem", error.reason)
            raise
        self._told("last accepted", self._now().astimezone(UTC).isoformat(timespec="seconds"))
        return receipt

    async def _send(self, letter: Letter, to: Recipient, progress: Progress) -> Receipt:
        if to.last_inbound is None or self._now() - to.last_inbound >= WINDOW:
            return await self._opener(letter, to, progress)
        try:
            return await self._letter(letter, to, progress)
        except WindowClosed as closed:
            if progress.window_contradicted:
                return await self._opener(letter, to, progress, closed)
            # By our clock she wrote less than a day ago: Twilio may only be a moment behind.
            progress.window_contradicted = True
            raise Throttled(SECOND_LOOK, closed.reason, closed.code, whole_channel=False) from closed

    async def _letter(self, letter: Letter, to: Recipient, progress: Progress) -> Receipt:
        messages = whatsapp_layout(letter, self._words.get(to.language) or next(iter(self._words.values())))
        if letter.file is not None and not self._config.public_base_url:
            raise Misconfigured("a file can only be sent on WhatsApp where PUBLIC_BASE_URL is set")
        for message in messages[len(progress.sids) :]:
            sid = await self._post.look_again(message.text, to, progress)
            sid = sid or await self._message(message, letter.number, to, progress)
            progress.doubtful_since = None
            progress.sids.append(sid)
        return Receipt(tuple(progress.sids))

    async def _message(self, message: WhatsAppMessage, number: int, to: Recipient, progress: Progress) -> str:
        if message.buttons or message.rows:
            resource, variables = interactive(message)
            try:
                content = _content(await self._known(resource), variables)
                return await self._post.put(content, message.text, f"n={number}", to, progress)
            except (Refused, _NoContent) as refused:
                # The options stand in the text with their numbers, so she can answer all the same.
                if isinstance(refused, Refused) and reaction(refused.code) not in FALLS_BACK:
                    raise
                self._book.forget(resource)
                self._told("last problem", f"buttons sent as text: {refused}")
        content = {"body": message.text} if message.text else {}
        if message.file is not None:
            content["media_url"] = [self._config.public(self._links.path(number))]
        return await self._post.put(content, message.text, f"n={number}", to, progress)

    async def _known(self, resource: Resource) -> str:
        try:
            return await _asked(self._book.ensure(resource))
        except Unavailable as error:
            raise _NoContent(error.reason) from error

    async def _opener(
        self, letter: Letter, to: Recipient, progress: Progress, cause: WindowClosed | None = None
    ) -> Receipt:
        if letter.opener is None:
            raise cause or WindowClosed("the 24-hour window is closed and the message has no opener")
        template = self._templates.get(letter.opener.name)
        if template is None:
            raise Misconfigured(f"content/templates.toml has no template {letter.opener.name}")
        language, variables = _spoken(template, to.language, letter.opener)
        text = filled_body(template, language, variables)
        sid = await self._post.look_again(text, to, progress)
        if not sid:
            content_sid = await _asked(self._book.find(opener_resource(template, language)))
            if not content_sid:
                raise Misconfigured(f"the template {template.name} is not at Twilio: run wis whatsapp sync-templates")
            reported = f"n={letter.number}" if letter.opener.whole else f"n={letter.number}&opener=1"
            sid = await self._post.put(_content(content_sid, variables), text, reported, to, progress)
        return Receipt((sid,), opener_only=not letter.opener.whole)


class _NoContent(Exception):
    """The Content API does not answer; the message itself has not been tried."""


def _content(sid: str, variables: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"content_sid": sid}
    if variables:
        told["content_variables"] = json.dumps(variables, ensure_ascii=False)
    return told


def _spoken(template: OpenerTemplate, language: str, opener: Opener) -> tuple[str, dict[str, str]]:
    """The language to use and the values. Nobody is left out because her language has no template: any of ours is
    better than silence."""
    spoken = language if language in template.bodies else next(iter(template.bodies))
    try:
        return spoken, values(template, spoken, opener.variables)
    except ValueError as error:
        raise Refused(str(error)) from error


async def _asked(question: Awaitable[str]) -> str:
    """The answer of the Content API, its failures as SendErrors: nothing has been sent yet."""
    try:
        return await question
    except ApiRefusal as refusal:
        raise send_error(refusal) from refusal
    except (NotSent, NoAnswer) as error:
        raise Unavailable(f"the Content API cannot be reached: {error}") from error
