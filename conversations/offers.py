"""What a screen offers: the tokens of its buttons, the labels people read, and which one a text means."""

import re

from conversations.facts import Facts
from conversations.folding import clean, words
from conversations.messages import Choice
from conversations.phrases import render
from conversations.state import Offer
from conversations.understand import choice_of

TOKEN_BYTES = 64
"""Telegram's callback_data holds 1-64 bytes (Bot API, InlineKeyboardButton)."""
_BELOW_ZERO = re.compile(r"-\d")
MOST_COMPARED = 100
"""Characters of a text that are compared with the labels of a screen, which are far shorter."""


def base36(number: int) -> str:
    """The number in as few characters as a button allows."""
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def tokened(choice: Choice, screen: int) -> Choice:
    """The choice with the token that a tap on it will bring back.

    Raises ValueError where the token is longer than a button can carry.
    """
    token = choice.value if choice.value.startswith("@") else f"{base36(screen)}:{choice.value}"
    if len(token.encode()) > TOKEN_BYTES:
        raise ValueError(f"the button {token!r} is longer than {TOKEN_BYTES} bytes")
    return Choice(token, choice.label, choice.description, choice.marked)


def exactly(text: str, offers: tuple[Offer, ...]) -> str:
    """The value of the one offer whose label the text is, empty if there is none or two."""
    said = words(text[:MOST_COMPARED])
    values = [offer.value for offer in offers if said and words(offer.label) == said]
    return values[0] if len(values) == 1 else ""


def meant(text: str, offers: tuple[Offer, ...]) -> str:
    """The value of the one offer the text means by number or words, empty if there is none or two.

    "-5" is an amount somebody typed, never the fifth choice.
    """
    if _BELOW_ZERO.match(clean(text)):
        return ""
    numbered = [offer for offer in offers if offer.numbered]
    others = [offer for offer in offers if not offer.numbered]
    found = choice_of(text, [offer.label for offer in numbered])
    if found is not None:
        return numbered[found].value
    found = choice_of(text, [offer.label for offer in others], by_number=False)
    return others[found].value if found is not None else ""


def offered(choice: Choice, numbered: bool, facts: Facts) -> Offer:
    """The choice as the state remembers it, with its label in the person's language."""
    return Offer(choice.value, render(choice.label, facts.language, facts.catalog), numbered)
