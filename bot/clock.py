"""The program's clock: the real time, or a later one while only the simulator is served."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from storage.lanes import Lanes
from storage.notes import read_note, write_note

NOTE = "clock.offset"


class Clock:
    """Tells the time everything goes by; moved forward, it stays moved over restarts until it is reset."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lanes: Lanes | None = None
        self._moved: Callable[[], None] = _nothing

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self._offset

    async def allow_moving(self, lanes: Lanes, moved: Callable[[], None]) -> None:
        """From now on the clock can be moved; `moved` is called after each move. Goes on where it was left."""
        self._lanes, self._moved = lanes, moved
        offset = await lanes.run(partial(read_note, name=NOTE))
        self._offset = timedelta(seconds=offset) if isinstance(offset, int | float) else timedelta()

    async def advance(self, seconds: int) -> None:
        """The clock is `seconds` later, and what came due is being worked."""
        await self._set(self._offset + timedelta(seconds=max(0, seconds)))

    async def reset(self) -> None:
        """The clock shows the real time again."""
        await self._set(timedelta())

    async def _set(self, offset: timedelta) -> None:
        if self._lanes is None:
            raise PermissionError("the clock can be moved only while no real channel is served")
        await self._lanes.run(partial(write_note, name=NOTE, value=offset.total_seconds() or None))
        self._offset = offset
        self._moved()


def _nothing() -> None:
    return None
