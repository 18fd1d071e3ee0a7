"""How function calls of expressions are compiled: argument counts, conversions, closures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conversations.forms.xpath_tree import Tree, XPathError
from conversations.forms.xpath_values import Environment, Node, Value, to_boolean, to_number, to_string

Evaluate = Callable[[Node, int, int, Environment], Value]
"""A compiled expression: context node, its position, the context size, the environment."""
Build = Callable[[tuple[Evaluate, ...], tuple[Tree, ...]], Evaluate]


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its argument counts (`most` None: any number) and how its calls are compiled."""

    least: int
    most: int | None
    build: Build


def text_argument(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    return lambda node, position, size, environment: to_string(evaluate(node, position, size, environment))


def _number(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
    return lambda node, position, size, environment: to_number(
        evaluate(node, position, size, environment), environment
    )


def truth_argument(evaluate: Evaluate) -> Callable[[Node, int, int, Environment], Any]:
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


_COERCIONS = {"s": text_argument, "n": _number, "b": truth_argument, "v": _plain, "l": _nodes}


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
