"""Why an expression cannot be read, and how the author meant to write it."""

import re
from difflib import get_close_matches

from conversations.forms.check_texts import Sentence, instead
from conversations.forms.xpath import FUNCTIONS
from conversations.forms.xpath_syntax import LONGEST_EXPRESSION, XPathError

Found = tuple[str, dict[str, str | int | Sentence]]
"""A problem's code and the values of its sentence."""

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OPERATORS = (
    (re.compile(r"=="), "==", "="),
    (re.compile(r"=\s*>"), "=>", ">="),
    (re.compile(r"=\s*<"), "=<", "<="),
    (re.compile(r"<>"), "<>", "!="),
    (re.compile(r"&&?"), "&&", "and"),
    (re.compile(r"\|\|"), "||", "or"),
    (re.compile(r"!(?!=)\s*"), "!", "not"),
    (re.compile(r"≥"), "≥", ">="),
    (re.compile(r"≤"), "≤", "<="),
    (re.compile(r"≠"), "≠", "!="),
    (re.compile(r"(?<![\w}\]])%(?=\s*\d)|(?<=[\w}\])])\s*%\s*(?=[\w$(])"), "%", "mod"),
)
_CAPITALS = re.compile(r"\b(AND|OR|NOT|DIV|MOD|And|Or|Not|Div|Mod)\b")
_ITALIAN = {"e": "and", "o": "or", "oppure": "or", "ed": "and"}
_ITALIAN_WORD = re.compile(r"(?<=[\s)'\"}\d])(oppure|ed|e|o)(?=\s+(?:\$\{|not\b|selected\b|\(|\.|'))", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<![\d.,])(\d+),(\d+)(?!\d|,\d)")
_FUNCTIONS_IN_ITALIAN = {
    "selezionato": "selected",
    "scelto": "selected",
    "se": "if",
    "somma": "sum",
    "conta": "count",
    "conta-selezionati": "count-selected",
    "oggi": "today",
    "adesso": "now",
    "ora": "now",
    "lunghezza": "string-length",
    "length": "string-length",
    "len": "string-length",
    "arrotonda": "round",
    "non": "not",
    "vero": "true",
    "falso": "false",
    "massimo": "max",
    "minimo": "min",
    "concatena": "concat",
    "contiene": "contains",
    "data": "date",
    "media": "sum",
    "avg": "sum",
    "isnull": "string-length",
    "is_selected": "selected",
    "count_selected": "count-selected",
}
_EXAMPLES = {
    "selected": "selected(${domanda}, 'codice')",
    "if": "if(${domanda} = 'si', 1, 0)",
    "count-selected": "count-selected(.)",
    "regex": "regex(., '^[0-9]{5}$')",
    "string-length": "string-length(.)",
    "not": "not(${domanda} = 'si')",
    "today": "today()",
    "now": "now()",
    "round": "round(${domanda}, 2)",
    "count": "count(${gruppo})",
    "sum": "sum(${domanda})",
    "coalesce": "coalesce(${domanda}, 0)",
    "contains": "contains(${domanda}, 'testo')",
    "selected-at": "selected-at(${domanda}, 0)",
    "date": "date('2026-11-25')",
}


def why_unreadable(text: str, error: XPathError) -> Found:
    """What is wrong with an expression that does not compile, and the text that may be meant instead."""
    match error.code:
        case "unknown_function":
            return _unknown_function(text, error.detail)
        case "argument_count":
            return _decimal(text) or _argument_count(text, error)
        case "too_long":
            return "too_long", {"limit": LONGEST_EXPRESSION}
        case "too_deep":
            return "too_deep", {}
        case "syntax":
            return _syntax(text, error)
        case "bad_regex" | "slow_regex" | "unsupported" | "value":
            return error.code, {"detail": error.detail}
        case _:
            return "value", {"detail": error.detail}


def _syntax(text: str, error: XPathError) -> Found:
    bare = _QUOTED.sub(lambda match: "'" + "x" * (len(match[0]) - 2) + "'", text)
    if "'" in _QUOTED.sub("", text) or '"' in _QUOTED.sub("", text):
        return "quote_open", {}
    for pattern, found, operator in _OPERATORS:
        if pattern.search(bare):
            spaced = f" {operator} " if operator.isalpha() and operator != "not" else operator
            better = _rewritten(text, bare, pattern, spaced)
            if found == "==":
                return "double_equals", {"better": better}
            code = "reversed_operator" if found in {"=>", "=<"} else "programming_operator"
            return code, {"found": found, "operator": operator, "better": better}
    if _CAPITALS.search(bare):
        return "uppercase_operator", {"better": _rewritten(text, bare, _CAPITALS, None)}
    if match := _ITALIAN_WORD.search(bare):
        operator = _ITALIAN[match[1].lower()]
        better = _rewritten(text, bare, _ITALIAN_WORD, operator)
        return "italian_operator", {"found": match[1], "operator": operator, "better": better}
    if ";" in bare:
        return "semicolon", {"better": _rewritten(text, bare, re.compile(";"), ",")}
    if bare.count("(") > bare.count(")"):
        return "parenthesis_open", {"better": text + ")" * (bare.count("(") - bare.count(")"))}
    if bare.count(")") > bare.count("("):
        return "parenthesis_extra", {}
    return _decimal(text) or ("syntax", {"detail": _near(text, error)})


def _near(text: str, error: XPathError) -> str | Sentence:
    if error.position < 0 or error.position >= len(text.rstrip()):
        return Sentence("la fine", "the end")
    return f"«{text[error.position : error.position + 15].strip()}»"


def _rewritten(text: str, bare: str, pattern: re.Pattern[str], operator: str | None) -> str:
    """The text with every match outside quotes replaced, by the same in small letters where `operator` is None."""
    out, last = [], 0
    for match in pattern.finditer(bare):
        out += [text[last : match.start()], match[0].lower() if operator is None else operator]
        last = match.end()
    return re.sub(r"  +", " ", "".join([*out, text[last:]])).strip()


def _decimal(text: str) -> Found | None:
    bare = _QUOTED.sub(lambda match: "'" + "x" * (len(match[0]) - 2) + "'", text)
    if not _DECIMAL.search(bare):
        return None
    out, last = [], 0
    for match in _DECIMAL.finditer(bare):
        out += [text[last : match.start()], f"{match[1]}.{match[2]}"]
        last = match.end()
    return "decimal_comma", {"better": "".join([*out, text[last:]])}


def _unknown_function(text: str, name: str) -> Found:
    if name.lower() in {"and", "or", "div", "mod"}:
        return "uppercase_operator", {"better": _CAPITALS.sub(lambda match: match[0].lower(), text)}
    known = name.lower() if name.lower() in FUNCTIONS else _FUNCTIONS_IN_ITALIAN.get(name.lower(), "")
    close = [known] if known else get_close_matches(name.lower().replace("_", "-"), FUNCTIONS, 1, 0.7)
    if not close:
        return "unknown_function", {"name": name, "better": Sentence("Controlla il nome.", "Check the name.")}
    return "unknown_function", {"name": name, "better": instead(_EXAMPLES.get(close[0], f"{close[0]}(...)"))}


def _argument_count(text: str, error: XPathError) -> Found:
    name = error.detail
    function = FUNCTIONS[name]
    least, most = function.least, function.most
    if most is None:
        wanted = Sentence(f"almeno {_arguments(least).it}", f"at least {_arguments(least).en}")
    elif least == most:
        wanted = _arguments(least)
    else:
        wanted = Sentence(f"da {least} a {most} valori", f"{least} to {most} values")
    example = _EXAMPLES.get(name) or f"{name}({', '.join('abcdefgh'[:least])})"
    return "argument_count", {"name": name, "wanted": wanted, "count": _count(text, error), "better": example}


def _arguments(count: int) -> Sentence:
    if count == 0:
        return Sentence("nessun valore", "no value")
    return Sentence("1 valore", "1 value") if count == 1 else Sentence(f"{count} valori", f"{count} values")


def _count(text: str, error: XPathError) -> int:
    """How many values stand between the parentheses of the call at the error's position."""
    start = text.find("(", max(error.position, 0))
    depth, commas, filled, quote = 0, 0, False, ""
    for char in text[start:]:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote, filled = char, True
        elif char in "([":
            depth += 1
            filled = filled or depth > 1
        elif char in ")]":
            depth -= 1
            if depth == 0:
                break
        elif char == "," and depth == 1:
            commas += 1
        elif not char.isspace():
            filled = True
    return commas + 1 if filled else 0
