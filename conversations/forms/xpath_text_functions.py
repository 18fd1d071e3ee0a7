"""Functions of expressions that work on text."""

import base64
import binascii
import hashlib
import math
from collections.abc import Callable
from uuid import UUID

from conversations.forms.xpath_calls import Evaluate, Function, simple, text_argument
from conversations.forms.xpath_regex import matcher
from conversations.forms.xpath_tree import Literal, Tree, XPathError
from conversations.forms.xpath_values import Environment, Value, to_string, to_strings, xml_words


def _about_node(of_text: Callable[[str, Environment], Value]) -> Function:
    def build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
        if not arguments:
            return lambda node, position, size, environment: of_text(to_string([node]), environment)
        only = text_argument(arguments[0])
        return lambda node, position, size, environment: of_text(only(node, position, size, environment), environment)

    return Function(0, 1, build)


def _substring(environment: Environment, text: str, start: float, length: float | None = None) -> str:
    whole = length is None
    length = math.inf if length is None else length
    # XPath 1.0, 4.2: positions from round(start) on, below round(start) + round(length); NaN chooses nothing.
    if start != start or length != length or start == math.inf:
        return ""
    if start == -math.inf:
        return text if whole else ""
    first = math.floor(start + 0.5)
    end = first + length if math.isinf(length) else first + math.floor(length + 0.5)
    return "".join(letter for index, letter in enumerate(text, 1) if first <= index < end)


def _clamped(number: float, length: int) -> int:
    if math.isinf(number):
        return length if number > 0 else 0
    whole = math.trunc(number)
    return min(max(0, whole + length if whole < 0 else whole), length)


def _substr(environment: Environment, text: str, start: float, end: float = math.inf) -> str:
    if start != start or end != end:
        return ""
    return text[_clamped(start, len(text)) : _clamped(end, len(text))]


def _before(environment: Environment, text: str, mark: str) -> str:
    head, found, _ = text.partition(mark) if mark else ("", "", "")
    return head if found else ""


def _after(environment: Environment, text: str, mark: str) -> str:
    if not mark:
        return text
    return text.partition(mark)[2]


def _translate(environment: Environment, text: str, source: str, target: str) -> str:
    table: dict[int, str | None] = {}
    for index, letter in enumerate(source):
        table.setdefault(ord(letter), target[index] if index < len(target) else None)
    return text.translate(table)


def _joined(environment: Environment, glue: str, *values: Value) -> str:
    return glue.join(text for value in values for text in to_strings(value))


_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _digest(environment: Environment, text: str, algorithm: str, encoding: str = "base64") -> str:
    if algorithm not in _HASHES or encoding not in ("base64", "hex"):
        raise XPathError("value", f"digest {algorithm} {encoding}")
    raw = hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False).digest()
    return raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()


def _base64_decode(environment: Environment, text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except binascii.Error:
        return ""


def _uuid(environment: Environment, length: float = 36) -> str:
    if length != length:
        raise XPathError("value", "uuid(NaN)")
    text = str(UUID(int=environment.random.getrandbits(128), version=4))
    while len(text) < length <= 4096:
        text += str(UUID(int=environment.random.getrandbits(128), version=4))
    return text[: int(max(0, min(length, 4096)))]


def _regex_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    text = text_argument(arguments[0])
    if isinstance(trees[1], Literal):
        search = matcher(trees[1].value)
        return lambda node, position, size, environment: search(text(node, position, size, environment))
    pattern = text_argument(arguments[1])
    return lambda node, position, size, environment: matcher(pattern(node, position, size, environment))(
        text(node, position, size, environment)
    )


TEXT_FUNCTIONS: dict[str, Function] = {
    "regex": Function(2, 2, _regex_build),
    "contains": simple("ss", lambda environment, text, part: part in text),
    "starts-with": simple("ss", lambda environment, text, part: text.startswith(part)),
    "ends-with": simple("ss", lambda environment, text, part: text.endswith(part)),
    "string": _about_node(lambda text, environment: text),
    "string-length": _about_node(lambda text, environment: float(len(text))),
    "normalize-space": _about_node(lambda text, environment: " ".join(xml_words(text))),
    "concat": simple("v*", lambda environment, *values: _joined(environment, "", *values)),
    "join": simple("sv*", _joined),
    "substr": simple("sn?n", _substr),
    "substring": simple("sn?n", _substring),
    "substring-before": simple("ss", _before),
    "substring-after": simple("ss", _after),
    "translate": simple("sss", _translate),
    "digest": simple("ss?s", _digest),
    "base64-decode": simple("s", _base64_decode),
    "uuid": simple("?n", _uuid),
    "jr:itext": simple("s", lambda environment, name: environment.translation(name)),
}
"""Text functions by name."""
