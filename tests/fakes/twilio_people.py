"""The people who chat with the bot through the local Twilio: what they do becomes signed webhooks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.twilio_api import FakeTwilio
    from tests.fakes.twilio_rules import Sent


def signature(secret: str, url: str, fields: list[tuple[str, str]], sha256: bool = False) -> str:
    """The signature of a form, written anew from the rule: the URL, then the fields in order of their names."""
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(secret.encode(), told.encode(), hashlib.sha256 if sha256 else hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class User:
    """One person. What she does returns the HTTP status our server answered to the webhook."""

    def __init__(self, fake: FakeTwilio, number: str, name: str = "", bsuid: str = "") -> None:
        self.fake = fake
        self.number = number
        self.name = name or "Persona Inventata"
        self.bsuid = bsuid
        self.wrote: datetime | None = None
        self.messages: list[Sent] = []
        self._news = asyncio.Condition()

    @property
    def address(self) -> str:
        """Her address as Twilio writes it."""
        return f"whatsapp:{self.number or self.bsuid}"

    async def says(self, text: str, **more: str) -> int:
        """She writes a text; `more` are fields to add or change."""
        return await self._tells({"Body": text, "MessageType": "text"} | more)

    async def taps(self, label: str) -> int:
        """She taps the newest button with this label."""
        for message in reversed(self.messages):
            for token, shown, _ in message.buttons:
                if shown == label:
                    return await self._tells(
                        {
                            "Body": shown,
                            "ButtonText": shown,
                            "ButtonPayload": token,
                            "MessageType": "button",
                            "OriginalRepliedMessageSid": message.sid,
                        }
                    )
        raise AssertionError(f"no button {label!r}; there are {[m.labels for m in self.messages]}")

    async def chooses(self, row: str) -> int:
        """She chooses the newest row with this title from its list."""
        for message in reversed(self.messages):
            for token, shown, _ in message.rows:
                if shown == row:
                    return await self._tells(
                        {
                            "Body": shown,
                            "ListId": token,
                            "ListTitle": shown,
                            "MessageType": "interactive",
                            "OriginalRepliedMessageSid": message.sid,
                        }
                    )
        raise AssertionError(f"no row {row!r}; there are {[m.labels for m in self.messages]}")

    async def sends(self, data: bytes, mime: str, caption: str = "", kind: str = "") -> int:
        """She sends a file."""
        url = self.fake.keep_media(data, mime)
        kinds = {"image": "image", "audio": "audio", "video": "video"}
        return await self._tells(
            {
                "Body": caption,
                "NumMedia": "1",
                "MediaUrl0": url,
                "MediaContentType0": mime,
                "MessageType": kind or kinds.get(mime.partition("/")[0], "document"),
            }
        )

    async def sends_contact(self, card: str) -> int:
        """She shares a contact card."""
        return await self.sends(card.encode(), "text/vcard", kind="contacts")

    async def sends_location(self, latitude: float, longitude: float) -> int:
        """She shares a place."""
        place = {"Latitude": str(latitude), "Longitude": str(longitude), "Body": "", "MessageType": "location"}
        return await self._tells(place)

    async def reacts(self, emoji: str) -> int:
        """She reacts to a message."""
        return await self._tells({"Body": emoji, "MessageType": "reaction"})

    def last_message(self) -> Sent:
        """The last message she got."""
        return self.messages[-1]

    def screen(self) -> dict[str, object]:
        """What she sees, for a driver in another process."""
        if not self.messages:
            return {"text": "", "buttons": [], "rows": [], "messages": 0}
        last = self.messages[-1]
        return {
            "text": last.body,
            "buttons": [label for _, label, _ in last.buttons],
            "rows": [label for _, label, _ in last.rows],
            "messages": len(self.messages),
        }

    async def hears(self, more_than: int, timeout: float = 10) -> Sent:
        """The last message, as soon as she has got more than so many."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: len(self.messages) > more_than), timeout)
        return self.messages[-1]

    async def gets(self, message: Sent) -> None:
        """A message has arrived."""
        self.messages.append(message)
        async with self._news:
            self._news.notify_all()

    async def _tells(self, fields: dict[str, str]) -> int:
        self.wrote = self.fake.now()
        sid = fields.get("MessageSid") or self.fake.new_sid("MM" if fields.get("NumMedia", "0") != "0" else "SM")
        ids = {"ExternalUserId": self.bsuid} if self.bsuid else {}
        ids |= {"WaId": self.number.lstrip("+")} if self.number else {}
        form = {
            "SmsMessageSid": sid,
            "MessageSid": sid,
            "SmsSid": sid,
            "AccountSid": self.fake.account_sid,
            "From": self.address,
            "To": self.fake.sender,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            "ProfileName": self.name,
            "ChannelMetadata": json.dumps({"type": "whatsapp"}),
            "ReferralNumMedia": "0",
        }
        form |= ids | fields
        self.fake.keep_inbound(form)
        return await self.fake.deliver("/whatsapp/inbound", form) if self.fake.delivers else 0
