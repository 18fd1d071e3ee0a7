"""Handing one message to Twilio: which of a person's addresses takes it, and whether it went out if nobody says."""

import random
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_errors import error_for
from bot.channels.whatsapp_history import find_sent
from bot.channels.whatsapp_http import ApiRefusal, NoAnswer, NotSent
from conversations.events import Address
from scheduler.sending import Doubtful, Recipient, SendError, Unavailable

REMEMBERED = 1000
INVALID_ADDRESS = "21211"
ADDRESS_ORDER = ("phone", "bsuid", "parent")


@dataclass
class Progress:
    """How far a letter came in an earlier attempt: the messages that went out, since when the next one is in
    doubt, and whether Twilio has already once contradicted our idea of the window."""

    sids: list[str] = field(default_factory=list)
    doubtful_since: datetime | None = None
    window_contradicted: bool = False


class Post:
    """The way of single messages to Twilio. It never sends again what may have gone out without looking first."""

    def __init__(self, config: WhatsAppConfig, client: Any, now: Callable[[], datetime]) -> None:
        self._config = config
        self._client = client
        self._now = now
        self._recent: OrderedDict[str, None] = OrderedDict()

    async def put(
        self, content: Mapping[str, Any], text: str, reported: str, to: Recipient, progress: Progress
    ) -> str:
        """The SID of the message, sent to the first of the person's addresses that Twilio takes. `text` is what
        she will read, `reported` the query by which its fate comes back to us. Raises SendError."""
        addresses = list(addresses_of(to))
        for address in addresses[:-1]:
            try:
                return await self._create(content, text, reported, address, progress)
            except SendError as error:
                if error.code != INVALID_ADDRESS:
                    raise
        return await self._create(content, text, reported, addresses[-1], progress)

    async def look_again(self, text: str, to: Recipient, progress: Progress) -> str:
        """The SID of a message that was in doubt and did go out, else empty. Raises Unavailable where that cannot
        be seen."""
        if progress.doubtful_since is None:
            return ""
        for address in addresses_of(to):
            try:
                if sid := await self._sent_already(address, text, progress.doubtful_since):
                    return self._accepted(sid)
            except (ApiRefusal, NotSent, NoAnswer) as error:
                raise Unavailable(f"whether it was sent cannot be seen: {type(error).__name__}") from error
        return ""

    async def _create(
        self, content: Mapping[str, Any], text: str, reported: str, address: Address, progress: Progress
    ) -> str:
        asked = dict(content)
        if self._config.public_base_url:
            asked["status_callback"] = self._config.public(f"/whatsapp/status?{reported}")
        began = self._now()
        try:
            made = await self._client.messages.create_async(
                to=f"whatsapp:{address.value}", from_=self._config.sender, **asked
            )
        except NotSent as error:
            raise Unavailable(f"Twilio cannot be reached: {error}") from error
        except ApiRefusal as refusal:
            if refusal.status < 500:
                raise send_error(refusal) from refusal
            return await self._in_doubt(text, address, began, progress, send_error(refusal))
        except NoAnswer as error:
            doubtful = Doubtful(f"no answer from Twilio: {error}")
            return await self._in_doubt(text, address, began, progress, doubtful)
        return self._accepted(str(made.sid))

    async def _in_doubt(
        self, text: str, address: Address, began: datetime, progress: Progress, error: SendError
    ) -> str:
        """The SID if Twilio took the message although it did not say so. Else raises the error, and the next
        attempt looks again before it sends."""
        progress.doubtful_since = began
        try:
            sid = await self._sent_already(address, text, began)
        except (ApiRefusal, NotSent, NoAnswer) as unseen:
            raise Doubtful(f"{error.reason}; the list of messages is not there either", error.code) from unseen
        if not sid:
            raise error
        return self._accepted(sid)

    async def _sent_already(self, address: Address, text: str, since: datetime) -> str:
        to = f"whatsapp:{address.value}"
        return await find_sent(self._client, self._config, to, text, since, self._recent.keys())

    def _accepted(self, sid: str) -> str:
        self._recent[sid] = None
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return sid


def addresses_of(to: Recipient) -> Iterator[Address]:
    """The person's addresses here, the phone before ids whose delivery is disputed (channels.md section 3)."""
    known = dict.fromkeys((to.address, *to.aliases))
    ours = [address for address in known if address.channel == to.address.channel]
    yield from sorted(ours, key=lambda a: ADDRESS_ORDER.index(a.kind) if a.kind in ADDRESS_ORDER else 9)


def send_error(refusal: ApiRefusal) -> SendError:
    """The error for an answer of Twilio's. Many wait at once after a 429: a little chance in the pause keeps them
    from coming back together."""
    after = refusal.retry_after * random.uniform(1.0, 1.2)
    return error_for(refusal.status, refusal.code, refusal.message, after)
