"""The table of functions an expression may call, by name and number of arguments."""

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any
from uuid import UUID

from conversations.forms.xpath_dates import (
    DAY_MILLISECONDS,
    BadDate,
    Moment,
    decimal_time,
    formatted,
    instant_after,
    instant_of,
    milliseconds_of,
    moment_of,
)
from conversations.forms.xpath_regex import matcher
from conversations.forms.xpath_syntax import Literal, Tree, XPathError
from conversations.forms.xpath_values import (
    NAN,
    Environment,
    Node,
    Value,
    to_boolean,
    to_number,
    to_numbers,
    to_string,
    to_strings,
)

Evaluate = Callable[[Node, int, int, Environment], Value]
"""A compiled expression: context node, its position, the context size, the environment."""
Build = Callable[[tuple[Evaluate, ...], tuple[Tree, ...]], Evaluate]


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its argument counts (`most` None: any number) and how its calls are compiled."""

    least: int
    most: int | None
    build: Build


def _text(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    return lambda node, position, size, environment: to_string(evaluate(node, position, size, environment))


def _number(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    return lambda node, position, size, environment: to_number(
        evaluate(node, position, size, environment), environment
    )


def _truth(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    return lambda node, position, size, environment: to_boolean(evaluate(node, position, size, environment))


def _plain(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    return evaluate


def _nodes(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    def nodes(node: Node, position: int, size: int, environment: Environment) -> list[Node]:
        value = evaluate(node, position, size, environment)
        if not isinstance(value, list):
            raise XPathError("value", "a path is wanted here")
        return value

    return nodes


_COERCIONS = {"s": _text, "n": _number, "b": _truth, "v": _plain, "l": _nodes}


def simple(signature: str, body: Callable[..., Value]) -> Function:
    """A function whose arguments are all evaluated first.

    `signature` has one letter an argument (s text, n number, b truth, v any, l node list); ? makes the rest
    optional, * repeats the last letter. `body` gets the environment and the converted arguments.
    """
    required, _, optional = signature.rstrip("*").partition("?")
    letters = required + optional
    endless = signature.endswith("*")
    least = len(required) - (1 if endless and not optional else 0)

    def build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
        converted = tuple(
            _COERCIONS[letters[min(index, len(letters) - 1)]](argument) for index, argument in enumerate(arguments)
        )
        if not converted:
            return lambda node, position, size, environment: body(environment)
        if len(converted) == 1:
            only = converted[0]
            return lambda node, position, size, environment: body(
                environment, only(node, position, size, environment)
            )
        return lambda node, position, size, environment: body(
            environment, *(argument(node, position, size, environment) for argument in converted)
        )

    return Function(least, None if endless else len(letters), build)


def _about_node(of_text: Callable[[str, Environment], Value]) -> Function:
    def build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
        if not arguments:
            return lambda node, position, size, environment: of_text(to_string([node]), environment)
        only = _text(arguments[0])
        return lambda node, position, size, environment: of_text(only(node, position, size, environment), environment)

    return Function(0, 1, build)


# Text


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
    if number != number:
        return 0
    if math.isinf(number):
        return length if number > 0 else 0
    whole = math.trunc(number)
    return min(max(0, whole + length if whole < 0 else whole), length)


def _substr(environment: Environment, text: str, start: float, end: float = math.inf) -> str:
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


def xml_words(text: str) -> list[str]:
    """The words of a text, split at XML white space."""
    return [word for word in text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ") if word]


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
    text = _text(arguments[0])
    if isinstance(trees[1], Literal):
        search = matcher(trees[1].value)
        return lambda node, position, size, environment: search(text(node, position, size, environment))
    pattern = _text(arguments[1])
    return lambda node, position, size, environment: matcher(pattern(node, position, size, environment))(
        text(node, position, size, environment)
    )


# Truth


def _if_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    condition, positive, negative = _truth(arguments[0]), arguments[1], arguments[2]
    return lambda node, position, size, environment: (
        positive(node, position, size, environment)
        if condition(node, position, size, environment)
        else negative(node, position, size, environment)
    )


def _coalesce_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    texts = [_text(argument) for argument in arguments]

    def coalesce(node: Node, position: int, size: int, environment: Environment) -> Value:
        for text in texts:
            found: str = text(node, position, size, environment)
            if found:
                return found
        return ""

    return coalesce


def _once_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    fresh = _text(arguments[0])

    def once(node: Node, position: int, size: int, environment: Environment) -> Value:
        kept = to_string([environment.current or node])
        if kept:
            return kept
        result: str = fresh(node, position, size, environment)
        return result

    return once


def _truths(value: Value) -> Iterator[bool]:
    if isinstance(value, list):
        # Nodes inside a checklist count by their text, as ODK Web Forms does.
        for text in to_strings(value):
            yield bool(text)
    else:
        yield to_boolean(value)


def _checklist(environment: Environment, least: float, most: float, *values: Value) -> bool:
    met = sum(1 for value in values for truth in _truths(value) if truth)
    return met >= least and (most == -1 or met <= most)


def _weighted(environment: Environment, least: float, most: float, *values: Value) -> bool:
    total = 0.0
    for index in range(0, len(values), 2):
        truths = list(_truths(values[index]))
        weights = list(to_numbers(values[index + 1], environment))
        if len(weights) > len(truths):
            return False
        total += sum(weight for truth, weight in zip(truths, weights, strict=False) if truth)
    return total >= least and (most == -1 or total <= most)


def _weighted_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    if len(arguments) % 2:
        raise XPathError("argument_count", "weighted-checklist")
    return simple("nnv*", _weighted).build(arguments, trees)


def _selected(environment: Environment, chosen: str, name: str) -> bool:
    return " ".join(xml_words(name)) in xml_words(chosen)


def _selected_at(environment: Environment, chosen: str, index: float) -> str:
    words = xml_words(chosen)
    whole = int(index) if index == index and not math.isinf(index) else -1
    return words[whole] if 0 <= whole < len(words) else ""


# Numbers


def _guarded(body: Callable[..., float]) -> Callable[..., Value]:
    def guarded(environment: Environment, *numbers: float) -> Value:
        if any(number != number for number in numbers):
            return NAN
        try:
            result = body(*numbers)
        except ValueError:
            return NAN
        except (OverflowError, ZeroDivisionError):
            return math.inf
        return result if isinstance(result, float) else NAN

    return guarded


def _log(base: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else base(number)


def _whole(body: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: number if math.isinf(number) else math.copysign(float(body(number)), number)


def _round(environment: Environment, number: float, places: float = 0) -> float:
    if number != number or places != places or math.isinf(places):
        return NAN
    if math.isinf(number) or abs(places) > 300:
        return number
    from_decimal = _decimal_round(number, int(places))
    return math.copysign(from_decimal, number) if from_decimal == 0 else from_decimal


def _decimal_round(number: float, places: int) -> float:
    exact = Context(prec=700)
    shifted = exact.add(exact.scaleb(Decimal(repr(float(number))), places), Decimal("0.5"))
    return float(exact.scaleb(shifted.to_integral_value(ROUND_FLOOR), -places))


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., Value]:
    def extreme(environment: Environment, *values: Value) -> Value:
        numbers = [number for value in values for number in to_numbers(value, environment)]
        if not numbers or any(number != number for number in numbers):
            return NAN
        return choose(numbers)

    return extreme


def _sum(environment: Environment, nodes: list[Node]) -> float:
    # Nothing to add up is no number in ODK Web Forms, where XPath 1.0 says 0.
    return float(sum(to_numbers(nodes, environment))) if nodes else NAN


def _number_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    def number(value: Value, environment: Environment) -> Value:
        if isinstance(value, float):
            return value
        result = to_number(value, environment)
        if isinstance(value, bool):
            return result
        text = to_string(value)
        if result == result and len(text) >= 10 and text[4:5] == "-":
            return Moment(result, str(math.floor(result)) if "T" in text else text)
        return result

    if not arguments:
        return lambda node, position, size, environment: number([node], environment)
    only = arguments[0]
    return lambda node, position, size, environment: number(only(node, position, size, environment), environment)


# Dates


def _instant(value: Value, environment: Environment) -> Any:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return instant_after(value * DAY_MILLISECONDS, environment.zone) if value == value else None
    try:
        return instant_of(to_string(value), environment.zone)
    except BadDate as error:
        raise XPathError("value", f"no such date: {error}") from error


def _padded(text: str) -> str:
    parts = text.split("-")
    if len(parts) < 3 or len(parts[0]) != 4:
        return text
    day, mark, rest = "-".join(parts[2:]).partition("T")
    return f"{parts[0]}-{parts[1].zfill(2)}-{day.zfill(2)}{mark}{rest}"


def _date(environment: Environment, value: Value) -> Value:
    if isinstance(value, bool):
        return ""
    if isinstance(value, Moment):
        return moment_of(_instant(value, environment))
    if isinstance(value, float):
        return moment_of(_instant(value, environment))
    text = to_string(value)
    return moment_of(_instant(_padded(text), environment)) if text else ""


def _decimal_date_time(environment: Environment, value: Value) -> float:
    instant = _instant(value, environment)
    return NAN if instant is None else milliseconds_of(instant) / DAY_MILLISECONDS


def _format(with_time: bool) -> Callable[..., Value]:
    def format_moment(environment: Environment, value: Value, pattern: str) -> Value:
        text = to_string(value)
        instant = _instant(_padded(text), environment) if text else None
        return "" if instant is None else formatted(instant, pattern, with_time=with_time)

    return format_moment


def _today(environment: Environment) -> Value:
    return moment_of(environment.now.replace(hour=0, minute=0, second=0, microsecond=0))


_TRIGONOMETRY = ("acos", "asin", "atan", "atan2", "cos", "exp", "sin", "sqrt", "tan")

FUNCTIONS: dict[str, Function] = {
    "true": simple("", lambda environment: True),
    "false": simple("", lambda environment: False),
    "boolean": simple("b", lambda environment, truth: truth),
    "not": simple("b", lambda environment, truth: not truth),
    "boolean-from-string": simple("s", lambda environment, text: text in ("1", "true")),
    "if": Function(3, 3, _if_build),
    "coalesce": Function(2, None, _coalesce_build),
    "once": Function(1, 1, _once_build),
    "checklist": simple("nnv*", _checklist),
    "weighted-checklist": Function(2, None, _weighted_build),
    "selected": simple("ss", _selected),
    "selected-at": simple("sn", _selected_at),
    "count-selected": simple("s", lambda environment, text: float(len(xml_words(text)))),
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
    "number": Function(0, 1, _number_build),
    "int": simple("n", _guarded(_whole(math.trunc))),
    "floor": simple("n", _guarded(_whole(math.floor))),
    "ceiling": simple("n", _guarded(_whole(math.ceil))),
    "round": simple("n?n", _round),
    "abs": simple("n", _guarded(abs)),
    "pow": simple("nn", _guarded(math.pow)),
    "exp10": simple("n", _guarded(lambda number: 10.0**number)),
    "log": simple("n", _guarded(_log(math.log))),
    "log10": simple("n", _guarded(_log(math.log10))),
    "pi": simple("", lambda environment: math.pi),
    "random": simple("", lambda environment: environment.random.random()),
    "sum": simple("l", _sum),
    "max": simple("v*", _extreme(max)),
    "min": simple("v*", _extreme(min)),
    "today": simple("", _today),
    "now": simple("", lambda environment: moment_of(environment.now)),
    "date": simple("v", _date),
    "date-time": simple("v", _date),
    "decimal-date-time": simple("v", _decimal_date_time),
    "decimal-time": simple("s", lambda environment, text: decimal_time(text, environment.zone)),
    "format-date": simple("vs", _format(False)),
    "format-date-time": simple("vs", _format(True)),
    "jr:itext": simple("s", lambda environment, name: environment.translation(name)),
} | {name: simple("nn" if name == "atan2" else "n", _guarded(getattr(math, name))) for name in _TRIGONOMETRY}
"""Functions that need no node list of their own; xpath_nodesets.py holds the others."""

UNSTEADY = frozenset(("uuid", "random", "now", "today", "jr:itext"))
"""Functions whose result may change though no answer does (chance, clock, language): calculations with them run once (forms.md, section 3.5)."""
