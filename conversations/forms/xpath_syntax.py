"""XPath 1.0 text as a syntax tree: a recursive descent over its tokens."""

from typing import NoReturn

from conversations.forms.xpath_tokens import AXES, KIND_TESTS, tokens_of
from conversations.forms.xpath_tree import (
    DEEPEST_NESTING,
    LONGEST_EXPRESSION,
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

__all__ = [
    "DEEPEST_NESTING",
    "LONGEST_EXPRESSION",
    "Binary",
    "Call",
    "Literal",
    "Negate",
    "Number",
    "Path",
    "Step",
    "Tree",
    "XPathError",
    "parse",
    "walk_tree",
]

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
