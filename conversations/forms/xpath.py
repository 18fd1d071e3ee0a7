"""Expressions compiled once into closures: XPath 1.0 with the OpenRosa functions.

Expression.evaluate(node, Environment(now=...)) gives text, a number, a truth value or a list of nodes.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from conversations.forms.xpath_axes import in_document_order, step_of, without_repeats
from conversations.forms.xpath_calls import Evaluate, Function
from conversations.forms.xpath_functions import ALL_FUNCTIONS, UNSTEADY
from conversations.forms.xpath_syntax import parse
from conversations.forms.xpath_tree import (
    Binary,
    Call,
    Literal,
    Negate,
    Number,
    Path,
    Step,
    Tree,
    XPathError,
    walk_tree,
)
from conversations.forms.xpath_values import (
    Environment,
    Node,
    Value,
    equal,
    ordered,
    to_boolean,
    to_number,
    to_string,
)

_Numeric = Callable[[float, float], float]
_Comparison = Callable[[float, float], bool]
_COMPARISONS: dict[str, _Comparison] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _divided(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or left != left:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _remainder(left: float, right: float) -> float:
    if right == 0 or math.isinf(left) or left != left or right != right:
        return math.nan
    return math.fmod(left, right)


_ARITHMETIC: dict[str, _Numeric] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divided,
    "mod": _remainder,
}


@lru_cache(maxsize=512)
def _compiled_path(text: str) -> Evaluate:
    return _compile(parse(text), {})


def _choice_name(environment: Environment, value: str, path: str) -> Value:
    node = environment.current or environment.root
    if node is None:
        return ""
    nodes = _compiled_path(path)(node, 1, 1, environment)
    if not isinstance(nodes, list) or not nodes:
        return ""
    return environment.choice_name(nodes[0], value)


def _choice_name_build(arguments: tuple[Evaluate, ...], trees: tuple[Tree, ...]) -> Evaluate:
    value, path = arguments
    if isinstance(trees[1], Literal):
        _compiled_path(trees[1].value)
    return lambda node, position, size, environment: _choice_name(
        environment,
        to_string(value(node, position, size, environment)),
        to_string(path(node, position, size, environment)),
    )


FUNCTIONS: dict[str, Function] = {
    **ALL_FUNCTIONS,
    "jr:choice-name": Function(2, 2, _choice_name_build),
}
"""Every function an expression may call."""


def _call(tree: Call, namespaces: Mapping[str, str]) -> Evaluate:
    function = FUNCTIONS.get(tree.name)
    if function is None:
        raise XPathError("unknown_function", tree.name, tree.position)
    count = len(tree.arguments)
    if count < function.least or (function.most is not None and count > function.most):
        raise XPathError("argument_count", tree.name, tree.position)
    arguments = tuple(_compile(argument, namespaces) for argument in tree.arguments)
    return function.build(arguments, tree.arguments)


def _binary(tree: Binary, namespaces: Mapping[str, str]) -> Evaluate:
    name = tree.operator
    if name in ("or", "and"):
        return _connected(tree, namespaces)
    left, right = _compile(tree.left, namespaces), _compile(tree.right, namespaces)
    if name in ("=", "!="):
        differ = name == "!="
        return lambda node, position, size, environment: equal(
            left(node, position, size, environment),
            right(node, position, size, environment),
            environment,
            differ=differ,
        )
    if name in _COMPARISONS:
        test = _COMPARISONS[name]
        return lambda node, position, size, environment: ordered(
            left(node, position, size, environment), right(node, position, size, environment), environment, test
        )
    if name == "|":
        return _union(left, right)
    compute = _ARITHMETIC[name]
    return lambda node, position, size, environment: compute(
        to_number(left(node, position, size, environment), environment),
        to_number(right(node, position, size, environment), environment),
    )


def _connected(tree: Binary, namespaces: Mapping[str, str]) -> Evaluate:
    """A whole row of "or" or "and" at once: authors write rows of a hundred."""
    operands: list[Evaluate] = []
    rest: Tree = tree
    while isinstance(rest, Binary) and rest.operator == tree.operator:
        operands.insert(0, _compile(rest.right, namespaces))
        rest = rest.left
    operands.insert(0, _compile(rest, namespaces))
    decisive = tree.operator == "or"

    def connected(node: Node, position: int, size: int, environment: Environment) -> Value:
        for operand in operands:
            if to_boolean(operand(node, position, size, environment)) is decisive:
                return decisive
        return not decisive

    return connected


def _union(left: Evaluate, right: Evaluate) -> Evaluate:
    def union(node: Node, position: int, size: int, environment: Environment) -> Value:
        one, other = left(node, position, size, environment), right(node, position, size, environment)
        if not isinstance(one, list) or not isinstance(other, list):
            raise XPathError("value", "| joins paths only")
        return in_document_order(without_repeats([*one, *other]))

    return union


def _filtered(predicate: Evaluate) -> Callable[[list[Node], Environment], list[Node]]:
    def chosen(nodes: list[Node], environment: Environment) -> list[Node]:
        size = len(nodes)
        kept: list[Node] = []
        for position, node in enumerate(nodes, 1):
            value = predicate(node, position, size, environment)
            if value == position if isinstance(value, float) else to_boolean(value):
                kept.append(node)
        return kept

    return chosen


_Walk = Callable[[list[Node], Environment], list[Node]]


def _walk_of(step: Step, namespaces: Mapping[str, str]) -> _Walk:
    axis = step_of(step.axis, step.test, namespaces)
    filters = [_filtered(_compile(predicate, namespaces)) for predicate in step.predicates]
    if not filters and step.axis in ("child", "self", "attribute"):
        if step.axis == "child" and step.test[0] not in "*" and "(" not in step.test:
            name = step_name(step.test, namespaces)
            return lambda nodes, environment: [
                child for node in nodes for child in node.children if child.name == name
            ]
        return lambda nodes, environment: [found for node in nodes for found in axis(node)]

    def walk(nodes: list[Node], environment: Environment) -> list[Node]:
        result: list[Node] = []
        for node in nodes:
            found = axis(node)
            for chosen in filters:
                found = chosen(found, environment)
            result.extend(found)
        if len(nodes) > 1:
            result = without_repeats(result)
        if step.axis not in ("child", "self", "attribute", "parent") and len(result) > 1:
            return in_document_order(result)
        return result

    return walk


def step_name(test: str, namespaces: Mapping[str, str]) -> str:
    """The key that nodes matching a name test carry as their `name`."""
    prefix, colon, local = test.partition(":")
    if not colon:
        return test
    uri = namespaces.get(prefix, f"?{prefix}")
    return local if uri == namespaces.get("", "") else f"{{{uri}}}{local}"


def _path(tree: Path, namespaces: Mapping[str, str]) -> Evaluate:
    walks = [_walk_of(step, namespaces) for step in tree.steps]
    filters = [_filtered(_compile(predicate, namespaces)) for predicate in tree.predicates]
    if tree.start is None:
        if len(walks) == 1:
            only = walks[0]
            return lambda node, position, size, environment: only([node], environment)
        first, rest = walks[0], walks[1:]

        def relative(node: Node, position: int, size: int, environment: Environment) -> Value:
            nodes = first([node], environment)
            for walk in rest:
                nodes = walk(nodes, environment)
            return nodes

        return relative
    if isinstance(tree.start, str):

        def absolute(node: Node, position: int, size: int, environment: Environment) -> Value:
            top = environment.root
            if top is None:
                top = node
                while top.parent is not None:
                    top = top.parent
            nodes = [top]
            for walk in walks:
                nodes = walk(nodes, environment)
            return nodes

        return absolute
    start = _compile(tree.start, namespaces)

    def filtered(node: Node, position: int, size: int, environment: Environment) -> Value:
        nodes = start(node, position, size, environment)
        if not isinstance(nodes, list):
            raise XPathError("value", "only a path can be followed by [ or /")
        for chosen in filters:
            nodes = chosen(nodes, environment)
        for walk in walks:
            nodes = walk(nodes, environment)
        return nodes

    return filtered


def _compile(tree: Tree, namespaces: Mapping[str, str]) -> Evaluate:
    match tree:
        case Literal(text):
            return lambda node, position, size, environment: text
        case Number(number):
            return lambda node, position, size, environment: number
        case Call():
            return _call(tree, namespaces)
        case Binary():
            return _binary(tree, namespaces)
        case Negate(operand):
            inner = _compile(operand, namespaces)
            return lambda node, position, size, environment: (
                -to_number(inner(node, position, size, environment), environment)
            )
        case Path():
            return _path(tree, namespaces)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression; `functions` are the names it calls, `unsteady` says it calls the clock or chance."""

    text: str
    tree: Tree
    run: Evaluate = field(repr=False)
    functions: frozenset[str]

    @property
    def unsteady(self) -> bool:
        """True when two evaluations of the same document may differ."""
        return not UNSTEADY.isdisjoint(self.functions)

    def evaluate(self, node: Node, environment: Environment) -> Value:
        """The value at `node`. Raises XPathError (code value) where the data do not allow one."""
        try:
            return self.run(node, 1, 1, environment)
        except RecursionError as error:
            raise XPathError("value", "the document is nested too deeply") from error


STANDARD_PREFIXES: Mapping[str, str] = {
    "": "http://www.w3.org/2002/xforms",
    "xf": "http://www.w3.org/2002/xforms",
    "h": "http://www.w3.org/1999/xhtml",
    "html": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
    "orx": "http://openrosa.org/xforms",
    "odk": "http://www.opendatakit.org/xforms",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
"""Prefixes that mean the same everywhere unless a document declares them otherwise."""


def compile_expression(text: str, namespaces: Mapping[str, str] | None = None) -> Expression:
    """The expression ready to run.

    `namespaces` maps prefixes to addresses, "" to the one whose names need no prefix; it goes before
    STANDARD_PREFIXES. Raises XPathError:
    syntax, unknown_function, argument_count, too_long, too_deep, bad_regex, slow_regex, unsupported.
    """
    return compile_tree(text, parse(text), {**STANDARD_PREFIXES, **(namespaces or {})})


def compile_tree(text: str, tree: Tree, namespaces: Mapping[str, str]) -> Expression:
    """A syntax tree ready to run; raises as compile_expression does."""
    called: set[str] = set()

    def note(part: Tree) -> None:
        if isinstance(part, Call):
            called.add(part.name)

    try:
        walk_tree(tree, note)
        return Expression(text, tree, _compile(tree, namespaces), frozenset(called))
    except RecursionError as error:
        raise XPathError("too_deep", text[:20]) from error
