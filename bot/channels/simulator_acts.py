"""What the holder of a phone does: shown on her phone, taken by the program, ticked."""

import secrets
from dataclasses import replace

from bot.channels.contract import Inbox, Unready
from bot.channels.simulator_body import BadRequest
from bot.channels.simulator_book import Changes, PhoneBook
from bot.channels.simulator_looks import labels_by_token
from bot.channels.simulator_phones import (
    CHANNEL,
    ClockControl,
    Entry,
    Phone,
    SimulatorConfig,
    SimulatorStore,
    Stored,
    StoredFile,
)
from conversations.events import (
    Address,
    Blocked,
    Chose,
    ContactShared,
    Event,
    Happening,
    Joined,
    Located,
    MediaKind,
    Said,
    Sent,
    Unblocked,
)

REMEMBERED = 300
"""Changes of the phones within which an act that comes again is known."""


class Acts:
    """Everything a person can do on her phone. Each act has a key that the page made: an act that comes again
    with the same key is shown once, and the program sees the same event again.

    Each raises BadRequest: "unready" when the program cannot take it now, "blocked" when she blocked the chat.
    """

    def __init__(
        self,
        config: SimulatorConfig,
        inbox: Inbox,
        store: SimulatorStore,
        clock: ClockControl,
        book: PhoneBook,
        changes: Changes,
    ) -> None:
        self._config = config
        self._inbox = inbox
        self._store = store
        self._clock = clock
        self._book = book
        self._changes = changes
        self._latest = 0

    async def say(self, phone: Phone, key: str, text: str) -> None:
        """She wrote a text; "/start CODE" opens the chat on Telegram."""
        if not text.strip():
            raise BadRequest("empty_text")
        command, _, code = text.strip().partition(" ")
        if phone.look == "telegram" and command == "/start":
            await self.join(phone, key, code.strip())
            return
        await self._happen(phone, key, {"kind": "said", "text": text}, Said(text))

    async def join(self, phone: Phone, key: str, code: str) -> None:
        """She opened an invitation link: a deep link on Telegram, a text to send on WhatsApp."""
        if phone.look == "telegram":
            await self._happen(phone, key, {"kind": "joined", "code": code}, Joined(code[:64]))
            return
        text = self._config.greeting(code, phone.language)
        await self._happen(phone, key, {"kind": "said", "text": text}, Said(text))

    async def tap(self, phone: Phone, key: str, number: int, token: str) -> None:
        """She tapped a button of the message with this number. BadRequest "stale" when it has no such button."""
        stored = await self._store.entry(phone.address, number)
        labels = labels_by_token(stored.entry) if stored else {}
        if token not in labels:
            raise BadRequest("stale", 409)
        entry: Entry = {"kind": "tap", "label": labels[token], "token": token, "ref": number}
        await self._happen(phone, key, entry, Chose(token, labels[token]), str(number))

    async def send(self, phone: Phone, key: str, media: str, file: StoredFile, caption: str) -> None:
        """She sent a file; what is no picture does not go as a photo."""
        kind: MediaKind = "document"
        if media == "photo" and file.mime.startswith("image/"):
            kind = "photo"
        elif media == "voice" and file.mime.startswith("audio/"):
            kind = "voice"
        id = await self._store.keep_file(file)
        shown: Entry = {"id": id, "name": file.name, "mime": file.mime, "size": len(file.data)}
        entry: Entry = {"kind": "file", "media": kind, "file": shown, "caption": caption}
        what = Sent(kind, id, file.mime, file.name, len(file.data), caption)
        await self._happen(phone, key, entry, what)

    async def locate(self, phone: Phone, key: str, latitude: float, longitude: float) -> None:
        """She shared a place."""
        entry: Entry = {"kind": "location", "latitude": latitude, "longitude": longitude}
        await self._happen(phone, key, entry, Located(latitude, longitude))

    async def share_contact(self, phone: Phone, key: str, number: str) -> None:
        """She shared a contact card, her own when `number` is empty. Only Telegram vouches for an own one."""
        own = not number and phone.look == "telegram"
        entry: Entry = {"kind": "contact", "contact": number or phone.number, "own": own}
        await self._happen(phone, key, entry, ContactShared(number or phone.number, own))

    async def block(self, phone: Phone, key: str, blocked: bool) -> None:
        """She blocked the chat, or let it in again. Only Telegram tells; on WhatsApp the next message fails."""
        if phone.blocked == blocked:
            return
        async with self._book.locks[phone.address]:
            await self._store.keep(replace(phone, blocked=blocked))
            entry: Entry = {"kind": "block" if blocked else "unblock", "at": self._clock.now().isoformat()}
            await self._store.append(phone.address, entry)
            if phone.look == "telegram":
                await self._take(phone, key, Blocked() if blocked else Unblocked(), "")
        self._changes.ring()

    async def _happen(self, phone: Phone, key: str, entry: Entry, what: Happening, ref: str = "") -> None:
        async with self._book.locks[phone.address]:
            # Read again under the lock: she may have blocked the chat, or switched looks, meanwhile.
            phone = await self._book.find(phone.address) or phone
            if phone.blocked:
                raise BadRequest("blocked", 409)
            stored = await self._earlier(phone, key) or await self._store.append(
                phone.address, {**entry, "at": self._clock.now().isoformat(), "key": key, "ticks": "sent"}
            )
            self._changes.ring()
            await self._store.keep(replace(phone.heard_at(self._clock.now()), hidden=False))
            try:
                await self._take(phone, key, what, ref)
            except BadRequest:
                await self._tick(stored, "failed")
                raise
            await self._tick(stored, "read")

    async def _earlier(self, phone: Phone, key: str) -> Stored | None:
        """The act with this key, if it is one of the last; an older one comes again only by a stranger's hand."""
        entries = await self._store.entries(phone.address, max(0, self._latest - REMEMBERED))
        self._latest = max((stored.revision for stored in entries), default=self._latest)
        return next((stored for stored in entries if stored.entry.get("key") == key), None)

    async def _tick(self, stored: Stored, ticks: str) -> None:
        await self._store.update(stored.address, stored.number, {**stored.entry, "ticks": ticks})
        self._changes.ring()

    async def _take(self, phone: Phone, key: str, what: Happening, ref: str) -> None:
        event = Event(
            id=f"{phone.address}:{key or secrets.token_hex(8)}",
            address=Address(CHANNEL, phone.address),
            at=self._clock.now(),
            what=what,
            language_hint=phone.language,
            profile_name=phone.name,
            message_ref=ref,
        )
        try:
            await self._inbox.take([event])
        except Unready:
            raise BadRequest("unready", 503) from None
