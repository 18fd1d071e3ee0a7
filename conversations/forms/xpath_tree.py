"""The syntax tree of an expression, and the error that says why there is none."""

from collections.abc import Callable
from dataclasses import dataclass

LONGEST_EXPRESSION = 4000
"""Characters; authors' expressions beyond this are refused (forms.md, section 7)."""
DEEPEST_NESTING = 50
"""Levels of parentheses, calls and predicates within one expression."""


class XPathError(Exception):
    """An expression that cannot be read or cannot be evaluated.

    `code` is one of syntax, unknown_function, argument_count, too_long, too_deep, bad_regex, slow_regex,
    unsupported, value; `detail` names the offending piece, `position` its character offset or -1.
    """

    def __init__(self, code: str, detail: str, position: int = -1) -> None:
        super().__init__(f"{code}: {detail}" if position < 0 else f"{code}: {detail} (character {position})")
        self.code = code
        self.detail = detail
        self.position = position


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted string."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `name` keeps its prefix."""

    name: str
    arguments: "tuple[Tree, ...]"
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator: or and = != < <= > >= + - * div mod |."""

    operator: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Negate:
    """Unary minus."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: axis, node test and predicates.

    `test` is a name, prefix:name, *, prefix:* or a kind test such as node() or text().
    """

    axis: str
    test: str
    predicates: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Path:
    """A location path; `start` is None for the context node, "/" for the root, or an expression."""

    start: "Tree | str | None"
    steps: tuple[Step, ...]
    predicates: "tuple[Tree, ...]" = ()


Tree = Literal | Number | Call | Binary | Negate | Path


def walk_tree(tree: Tree, visit: Callable[[Tree], None]) -> None:
    """Calls `visit` on the tree and everything inside it, predicates and arguments included."""
    visit(tree)
    match tree:
        case Call(_, arguments, _):
            for argument in arguments:
                walk_tree(argument, visit)
        case Binary(_, left, right):
            walk_tree(left, visit)
            walk_tree(right, visit)
        case Negate(operand):
            walk_tree(operand, visit)
        case Path(start, steps, predicates):
            if start is not None and not isinstance(start, str):
                walk_tree(start, visit)
            for predicate in predicates:
                walk_tree(predicate, visit)
            for step in steps:
                for predicate in step.predicates:
                    walk_tree(predicate, visit)
        case _:
            pass
