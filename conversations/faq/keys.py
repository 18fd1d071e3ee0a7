"""Features as numbers of 64 bits: a hundred thousand of them take a megabyte, and are read from a file at once."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate

ABSENT = -1


@lru_cache(maxsize=8_192)
def key_of(feature: str) -> int:
    """The number of a feature, the same on every machine. Two features in a thousand million million share one."""
    return int.from_bytes(blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest(), "little")


class Keys:
    """Features in the order of their numbers, each with its place, and where its own stretch of a long row lies."""

    __slots__ = ("numbers", "starts")

    def __init__(self, numbers: "array[int]", starts: "array[int]") -> None:
        """`numbers` grow; `starts` has one more than they, the last one is the length of the row."""
        self.numbers = numbers
        self.starts = starts

    def place(self, feature: str) -> int:
        """The place of a feature, ABSENT for one that is not known."""
        number = key_of(feature)
        at = bisect_left(self.numbers, number)
        return at if at < len(self.numbers) and self.numbers[at] == number else ABSENT

    def stretch(self, feature: str) -> slice:
        """Where the feature's own stretch of the row lies; an empty one for a feature that is not known."""
        at = self.place(feature)
        return slice(self.starts[at], self.starts[at + 1]) if at >= 0 else slice(0, 0)


def keys_of(features: Mapping[str, int], lengths: Sequence[int]) -> tuple[Keys, list[int]]:
    """The features (name -> number from 0) with the lengths of their stretches by that number; and the numbers in the
    order in which the stretches lie."""
    named: Iterable[tuple[int, int]] = sorted((key_of.__wrapped__(name), number) for name, number in features.items())
    keys, order = array("Q"), []
    for key, number in named:
        keys.append(key)
        order.append(number)
    return Keys(keys, array("I", accumulate((lengths[number] for number in order), initial=0))), order
