"""The simulator's phones kept in the database, behind the store its channel asks for."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bot.channels.contract import Unready
from bot.channels.simulator_phones import Entry, Phone, Stored, StoredFile
from storage import simulator
from storage.db import Missing, is_outage
from storage.lanes import Lanes
from storage.simulator import KeptEntry

KEY = "simulator"
T = TypeVar("T")


class TableStore:
    """The store on the program's own database. Every method raises Unready while that cannot be used."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def phones(self) -> Sequence[Phone]:
        return [Phone.from_json(body) for body in await self._run(simulator.phones)]

    async def keep(self, phone: Phone) -> None:
        await self._run(partial(simulator.keep_phone, address=phone.address, body=phone.as_json()))

    async def append(self, address: str, entry: Entry) -> Stored:
        return _stored(await self._run(partial(simulator.append, address=address, body=entry)))

    async def update(self, address: str, number: int, entry: Entry) -> Stored:
        change = partial(simulator.change, address=address, number=number, body=entry)
        try:
            return _stored(await self._run(change))
        except Missing as error:
            raise KeyError(number) from error

    async def entries(self, address: str, after: int) -> Sequence[Stored]:
        kept = await self._run(partial(simulator.entries, address=address, after=after))
        return [_stored(one) for one in kept]

    async def entry(self, address: str, number: int) -> Stored | None:
        kept = await self._run(partial(simulator.entry, address=address, number=number))
        return None if kept is None else _stored(kept)

    async def keep_file(self, file: StoredFile) -> str:
        key = secrets.token_urlsafe(16)
        keep = partial(simulator.keep_picture, key=key, name=file.name, mime=file.mime, data=file.data)
        await self._run(keep)
        return key

    async def file(self, id: str) -> StoredFile | None:
        found = await self._run(partial(simulator.picture, key=id))
        return None if found is None else StoredFile(*found)

    async def _run(self, job: Callable[..., T]) -> T:
        try:
            return await self._lanes.run(job, KEY)
        except Exception as error:
            if is_outage(error):
                raise Unready from error
            raise


def _stored(kept: KeptEntry) -> Stored:
    return Stored(kept.number, kept.revision, kept.address, kept.body)
