"""The phones that are there: those of the configuration, and what the store has learnt of them since."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.channels.simulator_phones import LOOKS, Look, Phone, SimulatorConfig, SimulatorStore

MOST_PHONES = 12


class PhoneBook:
    """The phones by address, with a lock for each: what happens on one phone happens in order."""

    def __init__(self, config: SimulatorConfig, store: SimulatorStore) -> None:
        self._config = config
        self._store = store
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def all(self) -> dict[str, Phone]:
        """All phones by address, hidden ones too."""
        # A demo that was reset has new codes: the configuration knows them, the store may hold the old ones.
        given = {phone.id: phone for phone in self._config.phones}
        phones = {phone.address: phone for phone in self._config.phones}
        for phone in await self._store.phones():
            demo = given.get(phone.id)
            phones[phone.address] = replace(phone, code=demo.code, role=demo.role) if demo else phone
        return phones

    async def find(self, address: str) -> Phone | None:
        """The phone with this address. Every demo person has both looks: the other one appears when asked."""
        phones = await self.all()
        if address in phones:
            return phones[address]
        look, _, id = address.partition(":")
        twin = next((phone for phone in phones.values() if phone.id == id), None)
        if twin is None or look not in LOOKS:
            return None
        return replace(twin, look=_look(look), blocked=False, hidden=True, last_inbound=None)

    async def add(self, name: str, look: Look, language: str) -> Phone | None:
        """A new phone is there; None when there are MOST_PHONES already."""
        phones = await self.all()
        if sum(not phone.hidden for phone in phones.values()) >= MOST_PHONES:
            return None
        stem = "".join(char for char in name.lower() if char.isascii() and char.isalnum())[:16] or "phone"
        taken = {phone.id for phone in phones.values()}
        id = next(id for id in (stem, *(f"{stem}{count}" for count in range(2, 1000))) if id not in taken)
        phone = Phone(id=id, look=look, name=name, role={}, language=language)
        await self._store.keep(phone)
        return phone


class Changes:
    """A bell that rings for every open page when something has changed."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Every watcher wakes up."""
        for bell in self._bells:
            bell.set()

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event that is set at every change while the block runs."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)


def _look(look: str) -> Look:
    return "telegram" if look == "telegram" else "whatsapp"
