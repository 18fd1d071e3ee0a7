"""XPath 1.0 text as a syntax tree: the lexer, the parser and the tree's node types."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

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

AXES = frozenset(
    "ancestor ancestor-or-self attribute child descendant descendant-or-self following following-sibling"
    " namespace parent preceding preceding-sibling self".split()
)
KIND_TESTS = frozenset(("node", "text", "comment", "processing-instruction"))
_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<literal>"[^"]*"|'[^']*')
    | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    | (?P<symbol>\.\.|::|//|!=|<=|>=|[()\[\].@,/|+\-=<>*$])
    )""",
    re.VERBOSE,
)
_WORD_OPERATORS = frozenset(("and", "or", "mod", "div"))
_BEFORE_OPERAND = frozenset(
    ("@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "*o", "and", "or",
     "mod", "div", "")
)  # fmt: skip

Token = tuple[str, str, int]


def tokens_of(text: str) -> list[Token]:
    """The tokens of an expression as (kind, text, offset); kinds: number, literal, name, op, symbol, end.

    Raises XPathError with code syntax or too_long.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise XPathError("too_long", str(len(text)))
    found: list[Token] = []
    position, end, before = 0, len(text.rstrip()), ""
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise XPathError("syntax", text[position:].strip()[:20], position)
        kind = match.lastgroup or ""
        word = match.group(kind)
        start = match.start(kind)
        # XPath 1.0, 3.7: after an operand, * and the four words are operators, not name tests.
        operand_before = before not in _BEFORE_OPERAND
        if kind == "name" and operand_before and word in _WORD_OPERATORS:
            kind = "op"
        elif kind == "symbol" and word == "*" and operand_before:
            kind = "op"
        elif kind == "symbol" and word in ("|", "+", "-", "=", "!=", "<", "<=", ">", ">="):
            kind = "op"
        found.append((kind, word, start))
        before = "*o" if kind == "op" and word == "*" else word
        if kind in ("literal", "number") or (kind == "name"):
            before = "operand"
        position = match.end()
    found.append(("end", "", end))
    return found


_LEVELS: tuple[frozenset[str], ...] = (
    frozenset(("or",)),
    frozenset(("and",)),
    frozenset(("=", "!=")),
    frozenset(("<", "<=", ">", ">=")),
    frozenset(("+", "-")),
    frozenset(("*", "div", "mod")),
)
_ANY_NODE = Step("descendant-or-self", "node()", ())


class _Parser:
    """Recursive descent over one token list."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.at = 0
        self.depth = 0

    def fail(self) -> NoReturn:
        kind, word, position = self.tokens[self.at]
        raise XPathError("syntax", word if kind != "end" else "unexpected end", position)

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        if index >= len(self.tokens):
            return ""
        kind, word, _ = self.tokens[index]
        return word if kind in ("symbol", "op") else ""

    def accept(self, word: str) -> bool:
        if self.peek() == word:
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            self.fail()

    def whole(self) -> Tree:
        tree = self.expression()
        if self.tokens[self.at][0] != "end":
            self.fail()
        return tree

    def expression(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise XPathError("too_deep", str(DEEPEST_NESTING), self.tokens[self.at][2])
        tree = self.level(0)
        self.depth -= 1
        return tree

    def level(self, rank: int) -> Tree:
        if rank == len(_LEVELS):
            return self.unary()
        left = self.level(rank + 1)
        while self.tokens[self.at][0] == "op" and self.tokens[self.at][1] in _LEVELS[rank]:
            operator = self.tokens[self.at][1]
            self.at += 1
            left = Binary(operator, left, self.level(rank + 1))
        return left

    def unary(self) -> Tree:
        minuses = 0
        while self.accept("-"):
            minuses += 1
            if minuses > DEEPEST_NESTING:
                raise XPathError("too_deep", "-", self.tokens[self.at][2])
        tree = self.union()
        for _ in range(minuses):
            tree = Negate(tree)
        return tree

    def union(self) -> Tree:
        left = self.path()
        while self.accept("|"):
            left = Binary("|", left, self.path())
        return left

    def path(self) -> Tree:
        kind, word, _ = self.tokens[self.at]
        if word == "/" and kind == "symbol":
            self.at += 1
            return Path("/", tuple(self.steps()) if self.starts_step() else ())
        if word == "//" and kind == "symbol":
            self.at += 1
            return Path("/", (_ANY_NODE, *self.steps()))
        if not self.starts_primary():
            if not self.starts_step():
                self.fail()
            return Path(None, tuple(self.steps()))
        primary = self.primary()
        predicates = tuple(self.predicates())
        steps: list[Step] = []
        if self.accept("/"):
            steps = self.steps()
        elif self.accept("//"):
            steps = [_ANY_NODE, *self.steps()]
        return Path(primary, tuple(steps), predicates) if predicates or steps else primary

    def starts_primary(self) -> bool:
        kind, word, _ = self.tokens[self.at]
        if kind in ("literal", "number") or (kind == "symbol" and word in ("(", "$")):
            return True
        return kind == "name" and self.peek(1) == "(" and word not in KIND_TESTS

    def starts_step(self) -> bool:
        kind, word, _ = self.tokens[self.at]
        return kind == "name" or (kind == "symbol" and word in (".", "..", "@", "*"))

    def primary(self) -> Tree:
        kind, word, position = self.tokens[self.at]
        self.at += 1
        if kind == "literal":
            return Literal(word[1:-1])
        if kind == "number":
            return Number(float(word))
        if word == "$":
            raise XPathError("unsupported", "$", position)
        if word == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        self.expect("(")
        arguments: list[Tree] = []
        if not self.accept(")"):
            arguments.append(self.expression())
            while self.accept(","):
                arguments.append(self.expression())
            self.expect(")")
        return Call(word, tuple(arguments), position)

    def predicates(self) -> list[Tree]:
        found: list[Tree] = []
        while self.accept("["):
            found.append(self.expression())
            self.expect("]")
        return found

    def steps(self) -> list[Step]:
        found = [self.step()]
        while True:
            if self.accept("/"):
                found.append(self.step())
            elif self.accept("//"):
                found.extend((_ANY_NODE, self.step()))
            else:
                return found

    def step(self) -> Step:
        if self.accept(".."):
            return Step("parent", "node()", tuple(self.predicates()))
        if self.accept("."):
            return Step("self", "node()", tuple(self.predicates()))
        axis = "child"
        if self.accept("@"):
            axis = "attribute"
        elif self.tokens[self.at][0] == "name" and self.peek(1) == "::":
            axis = self.tokens[self.at][1]
            if axis not in AXES:
                self.fail()
            self.at += 2
        return Step(axis, self.node_test(), tuple(self.predicates()))

    def node_test(self) -> str:
        kind, word, _ = self.tokens[self.at]
        if word == "*" and kind == "symbol":
            self.at += 1
            return "*"
        if kind != "name":
            self.fail()
        self.at += 1
        if word in KIND_TESTS and self.accept("("):
            target = ""
            if word == "processing-instruction" and self.tokens[self.at][0] == "literal":
                target = self.tokens[self.at][1][1:-1]
                self.at += 1
            self.expect(")")
            return f"{word}({target})"
        return word


def parse(text: str) -> Tree:
    """The syntax tree of an XPath 1.0 expression. Raises XPathError (syntax, too_long, too_deep)."""
    return _Parser(text).whole()


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
