"""How fast a channel may be used: a token bucket with the clock passed in."""

from dataclasses import dataclass


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
