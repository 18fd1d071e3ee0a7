"""Reading JSON that may hold anything: each function returns what was asked for, or an empty value."""

from collections.abc import Mapping, Sequence
from typing import Any

_NOTHING: Mapping[str, Any] = {}
_LARGEST = 2**63


def record(value: object) -> Mapping[str, Any]:
    """The value if it is an object, otherwise an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: object) -> Sequence[Any]:
    """The value if it is an array, otherwise an empty one."""
    return value if isinstance(value, list) else ()


def number(value: object) -> int | None:
    """The value if it is a whole number of at most 64 bits."""
    return value if type(value) is int and -_LARGEST <= value < _LARGEST else None


def text(value: object) -> str:
    """The value if it is a string, without what a database or UTF-8 cannot hold; otherwise an empty string."""
    if not isinstance(value, str):
        return ""
    if value.isascii():
        return value.replace("\0", "") if "\0" in value else value
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
