"""What was counted, as bytes that can be kept and read again at once; nothing in them is ever executed."""

import json
import sys
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Final

from conversations.faq.counted import Counted
from conversations.faq.keys import Keys
from conversations.faq.linear import Linear
from conversations.faq.nearest import Nearest

_MARK: Final = b"WIS FAQ 1\n"
_DIGEST: Final = 32
_LINEARS: Final = 4
_OF_A_LINEAR: Final = 5
"""Numbers, starts, topics, amounts, base."""


class BadPack(ValueError):
    """These bytes are not what `packed` made on this kind of machine."""


def packed(counted: Counted) -> bytes:
    """Everything that was counted."""
    rows = [row for part in _linears(counted) for row in _rows(part)]
    near = counted.nearest
    rows += [near.keys.numbers, near.keys.starts, near.rare, near.at, near.amounts, near.owners]
    head = {
        "order": sys.byteorder,
        "rows": [[row.typecode, row.itemsize, len(row)] for row in rows],
        "size": near.size,
        "words": list(counted.known),
        "times": list(counted.known.values()),
    }
    body = json.dumps(head).encode() + b"\n" + b"".join(row.tobytes() for row in rows)
    return _MARK + blake2b(body, digest_size=_DIGEST).digest() + body


def unpacked(data: bytes) -> Counted:
    """What was packed. Raises BadPack."""
    start = len(_MARK) + _DIGEST
    if data[: len(_MARK)] != _MARK or blake2b(data[start:], digest_size=_DIGEST).digest() != data[len(_MARK) : start]:
        raise BadPack("another format, or broken bytes")
    try:
        return _counted(
            memoryview(data), data.index(b"\n", start), json.loads(data[start : data.index(b"\n", start)])
        )
    except (LookupError, TypeError, ValueError, StopIteration) as error:
        raise BadPack("not what this version packs") from error


def _counted(data: memoryview, end: int, head: Any) -> Counted:
    if head["order"] != sys.byteorder:
        raise BadPack("made on another kind of machine")
    rows = _read(head["rows"], data, end + 1)
    size = int(head["size"])
    bayes, concepts, together, letters = (
        _linear(size, [next(rows) for _ in range(_OF_A_LINEAR)]) for _ in range(_LINEARS)
    )
    numbers, starts, rare, at, amounts, owners = rows
    near = Nearest(size, Keys(numbers, starts), rare, at, amounts, owners)
    return Counted(dict(zip(head["words"], head["times"], strict=True)), bayes, concepts, together, letters, near)


def _linears(counted: Counted) -> tuple[Linear, ...]:
    return counted.bayes, counted.concepts, counted.together, counted.letters


def _rows(part: Linear) -> "list[array[Any]]":
    return [part.keys.numbers, part.keys.starts, part.topics, part.amounts, part.base]


def _linear(size: int, rows: "list[array[Any]]") -> Linear:
    numbers, starts, *others = rows
    return Linear(size, Keys(numbers, starts), *others)


def _read(rows: list[list[Any]], data: memoryview, at: int) -> "Iterator[array[Any]]":
    for typecode, itemsize, length in rows:
        row = array(typecode)
        if row.itemsize != itemsize:
            raise BadPack("made on another kind of machine")
        end = at + itemsize * length
        row.frombytes(data[at:end])
        at = end
        yield row
