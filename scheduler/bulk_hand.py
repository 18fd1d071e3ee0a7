"""The few letters a run of the newsletter has in hand: which is next, which waits, and what became of which."""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from scheduler.sending import Letter, Recipient
from storage.news.claims import Claimed
from storage.news.results import Result


@dataclass(slots=True)
class Held:
    """A letter in hand, and how often it was tried since it is."""

    claimed: Claimed
    letter: Letter
    to: Recipient
    tries: int = 0


@dataclass(slots=True)
class Hand:
    """What is in hand until its result is recorded. `told` is set when there is something for the database, `moved`
    when there may be something to send."""

    told: asyncio.Event = field(default_factory=asyncio.Event)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    _held: dict[int, Held] = field(default_factory=dict)
    _ready: deque[Held] = field(default_factory=deque)
    _later: list[tuple[float, int, Held]] = field(default_factory=list)
    _chosen: Held | None = None
    _results: list[Result] = field(default_factory=list)
    _doubts: list[int] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def __len__(self) -> int:
        """How many rows are this run's."""
        return len(self._held)

    def take(self, held: Held) -> None:
        """The row is this run's; it is not ready to be sent yet."""
        self._held[held.claimed.id] = held

    def ready(self, held: Held, first: bool = False) -> None:
        """It may be sent; `first` before all others."""
        if first:
            self._ready.appendleft(held)
        else:
            self._ready.append(held)
        self.moved.set()

    def again(self, held: Held, after: float) -> None:
        """It may be sent once more in so many seconds."""
        heapq.heappush(self._later, (time.monotonic() + after, next(self._numbers), held))
        self.moved.set()

    def next(self) -> Held | None:
        """The letter whose moment comes next; it waits for it until `leaves`."""
        while self._later and self._later[0][0] <= time.monotonic():
            self._ready.appendleft(heapq.heappop(self._later)[2])
        self._chosen = self._ready.popleft() if self._ready else None
        return self._chosen

    def leaves(self, held: Held) -> bool:
        """The letter that `next` gave is on its way from here on; False if it was given back meanwhile."""
        still = self._chosen is held
        self._chosen = None
        return still

    def soonest(self) -> float | None:
        """Seconds until one that waits may be sent; None where none does."""
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None

    def ended(self, result: Result) -> None:
        """What became of a letter; it stays in hand until that is recorded."""
        self._results.append(result)
        self.told.set()

    def doubted(self, key: int) -> None:
        """Nobody knows whether its last try was sent."""
        self._doubts.append(key)
        self.told.set()

    def give_back(self, at: datetime, *held: Held) -> None:
        """These were not sent, and wait in the database again."""
        for one in held:
            self.ended(Result(one.claimed.id, "todo", due_at=at))

    def waiting(self) -> list[Held]:
        """What is in hand and not on its way."""
        chosen = () if self._chosen is None else (self._chosen,)
        return [*chosen, *self._ready, *(held for _, _, held in self._later)]

    def give_all_back(self, at: datetime, issue_id: str = "") -> None:
        """Nothing that is not on its way is sent, of this issue or of all."""
        self._put_down(at, [held for held in self.waiting() if issue_id in ("", held.claimed.issue_id)])

    def call_off(self, at: datetime, keys: Collection[int]) -> None:
        """Of these rows nothing is sent that is not on its way."""
        self._put_down(at, [held for held in self.waiting() if held.claimed.id in keys])

    def _put_down(self, at: datetime, mine: list[Held]) -> None:
        self._ready = deque(held for held in self._ready if held not in mine)
        self._later = [one for one in self._later if one[2] not in mine]
        heapq.heapify(self._later)
        self._chosen = None if self._chosen in mine else self._chosen
        self.give_back(at, *mine)

    def news(self) -> tuple[tuple[Result, ...], tuple[int, ...]]:
        """What is to be recorded: results, and doubts of rows that stay in hand."""
        return tuple(self._results), tuple(self._doubts)

    def recorded(self, results: tuple[Result, ...], doubts: tuple[int, ...]) -> None:
        """This is on record: those rows are not this run's any more."""
        del self._results[: len(results)]
        del self._doubts[: len(doubts)]
        for result in results:
            self._held.pop(result.id, None)

    def kept(self, results: Iterable[Result]) -> list[Held]:
        """What stays in hand once these are recorded."""
        done = {result.id for result in results}
        return [held for key, held in self._held.items() if key not in done]
