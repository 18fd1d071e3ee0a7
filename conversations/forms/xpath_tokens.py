"""XPath 1.0 text cut into tokens."""

import re

from conversations.forms.xpath_tree import LONGEST_EXPRESSION, XPathError

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
