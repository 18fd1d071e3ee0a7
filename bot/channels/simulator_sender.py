"""The simulator's way out: it refuses what WhatsApp and Telegram refuse, and shows the rest on the phone."""

from dataclasses import replace
from datetime import timedelta

from bot.channels.dialogue import Hears, heard
from bot.channels.simulator_book import Changes, PhoneBook
from bot.channels.simulator_dialogue import letter_entry
from bot.channels.simulator_looks import Bubble, telegram_bubbles, whatsapp_bubbles
from bot.channels.simulator_phones import (
    CHANNEL,
    ClockControl,
    Entry,
    Phone,
    SimulatorConfig,
    SimulatorStore,
    StoredFile,
)
from scheduler.sending import Letter, Receipt, Recipient, Unreachable, WindowClosed

# channels.md 6.3: free-form messages for 24 hours after the person's last message.
WINDOW = timedelta(hours=24)
# channels.md 8: a screen that scrolled away is shown again instead of being edited out of sight.
OUT_OF_SIGHT = 20


class SimulatorSender:
    """Shows letters on the phones."""

    channel = CHANNEL

    def __init__(
        self,
        config: SimulatorConfig,
        store: SimulatorStore,
        clock: ClockControl,
        book: PhoneBook,
        changes: Changes,
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._book = book
        self._changes = changes

    async def send(self, letter: Letter, to: Recipient) -> Receipt:
        """The letter is on the phone. Raises Unreachable for an unknown phone, one that blocked us, or a Telegram
        chat that was never started; WindowClosed for a WhatsApp chat outside its 24 hours when the letter has no
        opener."""
        phone = await self._book.find(to.address.value)
        if phone is None:
            raise Unreachable("no such phone")
        if phone.blocked:
            raise Unreachable("the person blocked the bot", "63014" if phone.look == "whatsapp" else "403")
        if phone.look == "telegram":
            return await self._telegram(letter, phone, to)
        return await self._whatsapp(letter, phone, to)

    async def _telegram(self, letter: Letter, phone: Phone, to: Recipient) -> Receipt:
        if phone.last_inbound is None and to.last_inbound is None:
            raise Unreachable("the person never started the chat", "403")
        bubbles = telegram_bubbles(letter)
        await self._note(phone, heard(phone.name, letter))
        if letter.replaces and len(bubbles) == 1 and letter.file is None:
            edited = await self._edit(letter, phone, bubbles[0])
            if edited:
                return Receipt((letter.replaces,))
        return Receipt(await self._show(letter, phone, bubbles))

    async def _whatsapp(self, letter: Letter, phone: Phone, to: Recipient) -> Receipt:
        last = phone.last_inbound or to.last_inbound
        if last is None or self._clock.now() - last >= WINDOW:
            if letter.opener is None:
                raise WindowClosed("outside the 24-hour window", "63016")
            shown = self._config.template(letter.opener, to.language)
            labels = tuple((label,) for _, label in shown.buttons)
            await self._note(phone, Hears(phone.name, shown.body, labels))
            keys = tuple((button,) for button in shown.buttons)
            bubble = Bubble(shown.body, keys=keys, template=True)
            waits = not letter.opener.whole
            refs = await self._show(replace(letter, file=None), phone, [bubble], opener=waits)
            return Receipt(refs, opener_only=waits)
        await self._note(phone, heard(phone.name, letter))
        return Receipt(await self._show(letter, phone, whatsapp_bubbles(letter, self._config.words(to.language))))

    async def _note(self, phone: Phone, line: Hears) -> None:
        await self._store.append(phone.address, letter_entry(line))

    async def _edit(self, letter: Letter, phone: Phone, bubble: Bubble) -> bool:
        number = int(letter.replaces) if letter.replaces.isdecimal() else 0
        old = await self._store.entry(phone.address, number)
        if old is None or old.entry.get("kind") != "bubble" or old.entry.get("file"):
            return False
        # an entry's revision is never below its number
        newer = [one for one in await self._store.entries(phone.address, number) if one.number > number]
        if sum(one.entry.get("kind") in ("bubble", "said", "file") for one in newer) > OUT_OF_SIGHT:
            return False
        at = old.entry.get("at")
        entry: Entry = {**bubble.as_json(), "at": at, "number": letter.number, "edited": True}
        await self._store.update(phone.address, number, entry)
        self._changes.ring()
        return True

    async def _show(
        self, letter: Letter, phone: Phone, bubbles: list[Bubble], opener: bool = False
    ) -> tuple[str, ...]:
        refs = []
        for bubble in bubbles:
            entry: Entry = {
                **bubble.as_json(),
                "at": self._clock.now().isoformat(),
                "number": letter.number,
                "silent": letter.silent,
            }
            if opener:
                entry["opener"] = True
            if phone.look == "whatsapp":
                entry["ticks"] = "sent"
            if bubble.with_file and letter.file:
                file = letter.file
                id = await self._store.keep_file(StoredFile(file.name, file.mime, file.data))
                entry["file"] = {"id": id, "name": file.name, "mime": file.mime, "size": len(file.data)}
                entry["media"] = file.kind
            refs.append(str((await self._store.append(phone.address, entry)).number))
        self._changes.ring()
        return tuple(refs)
