"""The values of expressions (text, number, truth, node list), their conversions and comparisons."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from random import Random
from typing import Union

from conversations.forms.xpath_dates import Moment, moment_from_text

DOCUMENT, ELEMENT, ATTRIBUTE, TEXT, COMMENT, INSTRUCTION = range(6)


class Node:
    """A node of a document as expressions see it.

    `text` is what a node without children reads as; `name` is the local name, `uri` the namespace or "".
    """

    __slots__ = ("attributes", "children", "kind", "name", "parent", "prefix", "text", "uri")

    def __init__(self, name: str, text: str = "", kind: int = ELEMENT, uri: str = "", prefix: str = "") -> None:
        self.kind = kind
        self.name = name
        self.uri = uri
        self.prefix = prefix
        self.text = text
        self.parent: Node | None = None
        self.children: list[Node] = []
        self.attributes: list[Node] = []

    def append(self, child: "Node") -> "Node":
        """Adds `child` at the end and returns it."""
        child.parent = self
        self.children.append(child)
        return child

    def set_attribute(self, attribute: "Node") -> None:
        """Adds an attribute node."""
        attribute.parent = self
        self.attributes.append(attribute)


Value = Union[str, float, bool, "list[Node]"]


def _no_choice_name(node: Node, value: str) -> str:
    return ""


def _no_translation(identifier: str) -> str:
    return ""


@dataclass(slots=True)
class Environment:
    """What an expression may ask for beside its document: clock, zone, chance, lists and labels.

    `now` is aware and its zone is the local zone. `current` is the node the expression belongs to.
    """

    now: datetime = field(default_factory=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    random: Random = field(default_factory=lambda: Random(0))
    instances: Mapping[str, Node] = field(default_factory=dict)
    choice_name: Callable[[Node, str], str] = _no_choice_name
    translation: Callable[[str], str] = _no_translation
    namespaces: Mapping[str, str] = field(default_factory=dict)
    current: Node | None = None
    root: Node | None = None

    @property
    def zone(self) -> tzinfo:
        """The local time zone."""
        return self.now.tzinfo or UTC


def string_value(node: Node) -> str:
    """The text of a node: its own, or that of all text below it in document order."""
    if not node.children:
        return node.text
    return "".join(string_value(child) for child in node.children if child.kind in (ELEMENT, TEXT))


def number_text(number: float) -> str:
    """A number as ODK Web Forms writes it: no trailing zero, an exponent only below 1e-6 and from 1e21 on."""
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = repr(float(number))
    if "e" not in text:
        return text.removesuffix(".0")
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(text), "f")
    digits, _, exponent = text.partition("e")
    return f"{digits.removesuffix('.0')}e{'-' if int(exponent) < 0 else '+'}{abs(int(exponent))}"


# XPath knows no exponents; the signed ones are those that number_text() writes.
_NUMBER = re.compile(r"[ \t\r\n]*-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]\d{1,3})?[ \t\r\n]*", re.ASCII)
NAN = float("nan")


def number_of_text(text: str, environment: Environment) -> float:
    """The number a text stands for: XPath's decimal form, or the days of an ISO date; otherwise NaN."""
    if _NUMBER.fullmatch(text):
        return float(text)
    if len(text) >= 10 and text[4] == "-":
        moment = moment_from_text(text, environment.zone)
        if moment is not None:
            return float(moment)
    return NAN


def to_string(value: Value) -> str:
    """XPath string(): of a node list its first node, of a moment its ISO text, of NaN nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return string_value(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return value.text
    # XPath 1.0 writes NaN; ODK Web Forms shows and stores nothing instead.
    return number_text(value) if value == value else ""


def to_number(value: Value, environment: Environment) -> float:
    """XPath number(), with ISO dates read as days since 1970 (forms.md, section 3.7)."""
    if isinstance(value, (float, bool)):
        return float(value)
    if isinstance(value, list):
        return number_of_text(string_value(value[0]), environment) if value else NAN
    return number_of_text(value, environment)


def to_boolean(value: Value) -> bool:
    """XPath boolean(): a node list is true when it has a node, text when it is not empty."""
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


def to_strings(value: Value) -> Iterator[str]:
    """The text of every node of a list, or of the one value."""
    if isinstance(value, list):
        yield from map(string_value, value)
    else:
        yield to_string(value)


def to_numbers(value: Value, environment: Environment) -> Iterator[float]:
    """The number of every node of a list, or of the one value."""
    if isinstance(value, list):
        for node in value:
            yield number_of_text(string_value(node), environment)
    else:
        yield to_number(value, environment)


def equal(left: Value, right: Value, environment: Environment, *, differ: bool) -> bool:
    """XPath = (or != when `differ`): a list matches when any of its nodes does."""
    if isinstance(left, bool) or isinstance(right, bool):
        return (to_boolean(left) == to_boolean(right)) != differ
    if isinstance(left, list):
        if isinstance(right, list):
            texts = [string_value(node) for node in right]
            return any((string_value(node) == text) != differ for node in left for text in texts)
        left, right = right, left
    if isinstance(right, list):
        if isinstance(left, str):
            return any((string_value(node) == left) != differ for node in right)
        return any((number_of_text(string_value(node), environment) == left) != differ for node in right)
    if isinstance(left, float) or isinstance(right, float):
        return (to_number(left, environment) == to_number(right, environment)) != differ
    return (left == right) != differ


def ordered(left: Value, right: Value, environment: Environment, test: Callable[[float, float], bool]) -> bool:
    """XPath <, <=, > and >=: by number, dates by their days; a list matches when any node does."""
    if not isinstance(left, list) and not isinstance(right, list):
        return test(to_number(left, environment), to_number(right, environment))
    numbers = list(to_numbers(right, environment))
    return any(test(one, other) for one in to_numbers(left, environment) for other in numbers)


def xml_words(text: str) -> list[str]:
    """The words of a text, split at XML white space."""
    return [word for word in text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ") if word]
