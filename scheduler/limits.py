"""How fast a channel may be used: a token bucket and an exact window, with the clock passed in."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

COURTESY: Final = 0.05
"""Seconds a reply may wait for the bulk's last letter to be old enough."""


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
    """Bulk and replies of one channel: at most `most` letters in any `span` seconds while there is bulk.

    The bulk is spread evenly, at most `rate` a second, and makes room for replies (for half of the limit at most). A
    reply takes the next free place; it waits at most COURTESY seconds, and not at all where no bulk is under way.
    Times are seconds of one monotonic clock.
    """

    most: int
    span: float
    rate: float
    _bulk: deque[float] = field(default_factory=deque)
    _replies: deque[float] = field(default_factory=deque)
    _next: float = float("-inf")

    def wait(self, now: float, rate: float = 0.0) -> float:
        """Seconds until a letter of the bulk may leave, 0 if it may now; `rate` may be lower than the channel's."""
        return max(0.0, self._next - now, self._free(now))

    def take(self, now: float, rate: float = 0.0) -> None:
        """A letter of the bulk leaves now."""
        step = 1 / min(rate or self.rate, self.rate)
        self._bulk.append(now)
        # a late letter may be caught up with, one step, but no more: the flow stays even
        self._next = max(self._next, now - step) + step

    def reply(self, now: float) -> float:
        """A reply leaves; the seconds it waits first."""
        wait = min(COURTESY, self._free(now)) if self._bulk else 0.0
        self._replies.append(now + wait)
        while len(self._replies) > self.most // 2:
            self._replies.popleft()
        return wait

    def per_second(self, now: float) -> int:
        """Letters of the bulk in the last `span`."""
        self._free(now)
        return len(self._bulk)

    def _free(self, now: float) -> float:
        """Seconds until one more fits."""
        for times in (self._bulk, self._replies):
            while times and now - times[0] >= self.span:
                times.popleft()
        over = len(self._bulk) + len(self._replies) - self.most
        return 0.0 if over < 0 else sorted((*self._bulk, *self._replies))[over] + self.span - now
