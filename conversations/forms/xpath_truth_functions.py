"""Functions of expressions that decide: conditions, choices, checklists."""

import math
from collections.abc import Iterator

from conversations.forms.xpath_calls import Evaluate, Function, simple, text_argument, truth_argument
from conversations.forms.xpath_tree import Tree, XPathError
from conversations.forms.xpath_values import (
    Environment,
    Node,
    Value,
    to_boolean,
    to_numbers,
    to_string,
    to_strings,
    xml_words,
)


def _if_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    condition, positive, negative = truth_argument(arguments[0]), arguments[1], arguments[2]
    return lambda node, position, size, environment: (
        positive(node, position, size, environment)
        if condition(node, position, size, environment)
        else negative(node, position, size, environment)
    )


def _coalesce_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    texts = [text_argument(argument) for argument in arguments]

    def coalesce(node: Node, position: int, size: int, environment: Environment) -> Value:
        for text in texts:
            found: str = text(node, position, size, environment)
            if found:
                return found
        return ""

    return coalesce


def _once_build(arguments: tuple[Evaluate, ...], _: tuple[Tree, ...]) -> Evaluate:
    fresh = text_argument(arguments[0])

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
            yield bool(text.strip())
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


TRUTH_FUNCTIONS: dict[str, Function] = {
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
}
"""Deciding functions by name."""
