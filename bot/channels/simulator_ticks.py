"""The ticks of the WhatsApp look: what the phone received and showed, reported to the program as Twilio would."""

from typing import Literal

from bot.channels.contract import Inbox, StatusReport
from bot.channels.simulator_book import Changes, PhoneBook
from bot.channels.simulator_phones import CHANNEL, SimulatorStore, Stored

LOOKED_BACK = 300
RANKS = ("sent", "delivered", "read")


class Ticks:
    """Raises the ticks of the program's messages, never lowers them."""

    def __init__(self, inbox: Inbox, store: SimulatorStore, book: PhoneBook, changes: Changes) -> None:
        self._inbox = inbox
        self._store = store
        self._book = book
        self._changes = changes

    async def delivered(self, entries: list[Stored]) -> None:
        """Those of the entries that were only sent are delivered, and the program knows. Raises Unready."""
        for stored in entries:
            if stored.entry.get("ticks") == "sent" and stored.entry.get("kind") == "bubble":
                await self._rise(stored.address, stored.number, "delivered")

    async def read(self, address: str, up_to: int) -> None:
        """The phone's messages up to this number are read, and the program knows. Raises Unready."""
        # an entry's revision is never below its number, so that this skips only what was read long ago
        for stored in await self._store.entries(address, max(0, up_to - LOOKED_BACK)):
            unread = stored.entry.get("kind") == "bubble" and stored.entry.get("ticks") in ("sent", "delivered")
            if stored.number <= up_to and unread:
                await self._rise(address, stored.number, "read")

    async def _rise(self, address: str, number: int, rank: Literal["delivered", "read"]) -> None:
        async with self._book.locks[f"ticks {address}"]:
            stored = await self._store.entry(address, number)
            ticks = stored.entry.get("ticks") if stored else None
            if stored is None or ticks not in RANKS or RANKS.index(ticks) >= RANKS.index(rank):
                return
            row = stored.entry.get("number")
            # that an opener was read says nothing of the message that waits behind it
            if not stored.entry.get("opener"):
                await self._inbox.report(
                    StatusReport(CHANNEL, ref=str(number), rank=rank, number=row if isinstance(row, int) else 0)
                )
            await self._store.update(address, number, {**stored.entry, "ticks": rank})
        self._changes.ring()
