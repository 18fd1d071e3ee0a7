"""Functions of expressions that calculate with numbers."""

import math
from collections.abc import Callable

from conversations.forms.xpath_calls import Evaluate, Function, simple
from conversations.forms.xpath_dates import Moment
from conversations.forms.xpath_tree import Tree
from conversations.forms.xpath_values import (
    NAN,
    Environment,
    Value,
    to_number,
    to_numbers,
    to_string,
    to_strings,
)


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
    # Halves go away from zero, as in ODK Web Forms (XPath 1.0 would send -0.5 to 0).
    if number != number or places != places or math.isinf(places):
        return NAN
    if math.isinf(number) or abs(places) > 300:
        return number
    shift = 10.0 ** int(places)
    shifted = abs(number) * shift
    if math.isinf(shifted):
        return number
    return math.copysign(math.floor(shifted + 0.5) / shift, number)


def _answered(environment: Environment, values: tuple[Value, ...]) -> list[float]:
    """The numbers of all values and nodes that are not blank: an unanswered question voids no total."""
    texts = (text for value in values for text in to_strings(value))
    numbers = (number for value in values for number in to_numbers(value, environment))
    return [number for text, number in zip(texts, numbers, strict=True) if text.strip()]


def _total(choose: Callable[[list[float]], float]) -> Callable[..., Value]:
    def total(environment: Environment, *values: Value) -> Value:
        # With nothing to add up or compare ODK Web Forms has no number, where XPath 1.0 says sum() is 0.
        numbers = _answered(environment, values)
        return choose(numbers) if numbers and not any(number != number for number in numbers) else NAN

    return total


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


_TRIGONOMETRY = ("acos", "asin", "atan", "atan2", "cos", "exp", "sin", "sqrt", "tan")

NUMBER_FUNCTIONS: dict[str, Function] = {
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
    "sum": simple("l", _total(sum)),
    "max": simple("v*", _total(max)),
    "min": simple("v*", _total(min)),
} | {name: simple("nn" if name == "atan2" else "n", _guarded(getattr(math, name))) for name in _TRIGONOMETRY}
"""Number functions by name."""
