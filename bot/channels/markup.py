"""WhatsApp's text markup: how we write it, and how a text of others is kept from being read as it."""

import re

# A word joiner is invisible, is no white space and allows no line break.
GUARD = "\u2060"

_SPAN = re.compile(r"https?://\S+|(?<![^\W_])(?=([*_~`])(?=\S))")
_LINE = re.compile(r"^(?=[>*\-] )", re.MULTILINE)


def neutral(text: str) -> str:
    """The text such that no part of it is shown as bold, italic, struck, code, quotation or bullet.

    WhatsApp opens a span where a sign stands at the start of a word and the same sign follows later; an
    invisible character before it is enough, and nothing else of the text changes. A web address stays as it is:
    with the invisible character in it, it would lead nowhere.
    """
    text = _LINE.sub(GUARD, text)

    def guarded(match: re.Match[str]) -> str:
        sign = match.group(1)
        return match.group() + (GUARD if sign and text.find(sign, match.start() + 1) > 0 else "")

    return _SPAN.sub(guarded, text)


def bold(text: str) -> str:
    """The text as one bold line; asterisks inside are shown by their twin, they would end it."""
    return f"*{neutral(' '.join(text.split()).replace('*', '∗'))}*"
