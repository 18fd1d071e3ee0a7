"""How fast a channel may be used: a token bucket and an exact window, with the clock passed in."""

from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import Final

COURTESY: Final = 0.25
"""Seconds a reply waits at most for the next free place: a refusal for speed would cost it a whole one."""
UNANSWERED: Final = 0.02
"""Seconds after which one looks again for a free place: answers come at any moment."""


@dataclass(slots=True)
class Bucket:
    """At most `rate` tokens a second, `burst` at once. Times are seconds of one monotonic clock."""

    rate: float
    burst: float
    level: float = 0.0
    at: float = 0.0

    def __post_init__(self) -> None:
        """A new bucket is full."""
        self.level = self.burst

    def wait(self, now: float) -> float:
        """Takes one token; the seconds to wait before it may be used (0 if there is one now)."""
        self.level = min(self.burst, self.level + max(0.0, now - self.at) * self.rate) - 1
        self.at = max(self.at, now)
        return max(0.0, -self.level / self.rate)


@dataclass(slots=True)
class Pace:
    """Bulk and replies of one channel: the provider sees at most `most` letters in any `span` seconds while there is
    bulk, however long letters take to it and its answers back.

    A letter takes a place before it leaves; the place is free again `span` seconds after the last moment at which the
    provider may have counted it. That moment lies between leaving and answer: the shortest time any letter took is
    spent on the way, so nothing is lost but what this letter took longer. The bulk is spread evenly, at most `rate` a
    second, and makes room for replies (for half of the limit at most). A reply takes the next free place; it waits at
    most COURTESY seconds, and not at all where no bulk is under way. Times are seconds of one monotonic clock.
    """

    most: int
    span: float
    rate: float
    _bulk: dict[int, "_Place"] = field(default_factory=dict)
    _replies: dict[int, "_Place"] = field(default_factory=dict)
    _next: float = -inf
    _quickest: float = inf
    _numbers: "count[int]" = field(default_factory=count)

    def wait(self, now: float, rate: float = 0.0) -> float:
        """Seconds until a letter of the bulk may leave, 0 if it may now; `rate` may be lower than the channel's."""
        return max(0.0, self._next - now, self._free(now))

    def take(self, now: float, rate: float = 0.0) -> int:
        """A letter of the bulk is about to leave; its place."""
        step = 1 / min(rate or self.rate, self.rate)
        # a late letter may be caught up with, one step, but no more: the flow stays even
        self._next = max(self._next, now - step) + step
        return self._add(self._bulk)

    def reply(self) -> int:
        """A reply is about to leave: from now on it comes before the bulk; its place."""
        while len(self._replies) >= self.most // 2:
            del self._replies[next(iter(self._replies))]
        return self._add(self._replies)

    def turn(self, now: float) -> float:
        """Seconds until a reply may leave, 0 if it may now or where no bulk is under way."""
        return self._free(now, waiting=False) if self._bulk else 0.0

    def leaves(self, place: int, now: float) -> None:
        """It leaves now."""
        for places in (self._bulk, self._replies):
            if place in places:
                places[place].left = now

    def answered(self, place: int, now: float) -> None:
        """The provider has answered, or never will: from now on it counts the letter no more than it has."""
        for places in (self._bulk, self._replies):
            if place in places:
                self._quickest = min(self._quickest, now - places[place].left)
                places[place].answered = now

    def per_second(self, now: float) -> int:
        """Letters of the bulk in the last `span`."""
        self._free(now)
        return len(self._bulk)

    def _add(self, places: dict[int, "_Place"]) -> int:
        number = next(self._numbers)
        places[number] = _Place()
        return number

    def _free(self, now: float, waiting: bool = True) -> float:
        """Seconds until one more fits; with `waiting` those who have not left yet have their places too."""
        for places in (self._bulk, self._replies):
            for number in [key for key, place in places.items() if self._until(place) <= now]:
                del places[number]
        taken = (*self._bulk.values(), *self._replies.values())
        ends = sorted(self._until(place) for place in taken if waiting or place.left < inf)
        over = len(ends) - self.most
        return 0.0 if over < 0 else min(ends[over] - now, UNANSWERED)

    def _until(self, place: "_Place") -> float:
        """When the place is free again, by the quickest way that any letter is known to have had."""
        return inf if place.answered == inf else place.answered - self._quickest + self.span


@dataclass(slots=True)
class _Place:
    """When a letter left, and when its answer came."""

    left: float = inf
    answered: float = inf
