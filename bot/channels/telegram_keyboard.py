"""The buttons under a Telegram message: inline keyboards, the keys that share a contact or place, placeholders."""

from collections.abc import Sequence
from typing import Any

from bot.channels.telegram_text import units
from scheduler.sending import Button, Letter, Refused

MARKED, UNMARKED = "✅ ", "▫️ "
REMOVE: dict[str, Any] = {"remove_keyboard": True}

LONGEST_TOKEN = 64
"""Bytes of callback_data (Bot API)."""
MOST_BUTTONS = 100
"""Of one inline keyboard; the Bot API does not say so, python-telegram-bot's constants do."""
LONGEST_PLACEHOLDER = 64
NARROW = 18
"""Labels up to this many characters fit two in a row on a small phone."""
SCALE, SCALE_STEPS = 3, 5
"""Labels of so few characters, as the steps of a scale, stand so many in a row."""

Markup = dict[str, Any]


def inline(choices: Sequence[Button], ways: Sequence[Button]) -> Markup | None:
    """The keyboard: choices in one or two columns, then the ways out on a row of their own. None without buttons.

    Raises Refused for a button that Telegram would not accept, because then it would refuse the whole message.
    """
    if not choices and not ways:
        return None
    if len(choices) + len(ways) > MOST_BUTTONS:
        raise Refused(f"more than {MOST_BUTTONS} buttons", "buttons")
    return {"inline_keyboard": _rows([_key(button) for button in choices]) + _last([_key(button) for button in ways])}


def share(letter: Letter, label: str) -> Markup:
    """The reply keyboard that shares the person's contact or place. The other buttons follow as plain keys, which
    come back as typed words, because a message cannot have both sorts of keyboard."""
    asked = "request_contact" if letter.wanted == "contact" else "request_location"
    others = [[{"text": button.label}] for button in (*letter.choices, *letter.ways)]
    return {
        "keyboard": [[{"text": label, asked: True}], *others],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def prompt(example: str) -> Markup:
    """An open input field with an example of at most LONGEST_PLACEHOLDER characters in it."""
    return {"force_reply": True, "input_field_placeholder": example}


def without_mark(label: str) -> str:
    """The label as it was before it was shown as marked or not."""
    return label.removeprefix(MARKED).removeprefix(UNMARKED)


def _key(button: Button) -> dict[str, str]:
    if not 1 <= len(button.token.encode()) <= LONGEST_TOKEN:
        raise Refused(f"a button token must have 1 to {LONGEST_TOKEN} bytes", "button-token")
    if not button.label.strip():
        raise Refused("a button has no label", "button-label")
    mark = "" if button.marked is None else MARKED if button.marked else UNMARKED
    return {"text": mark + button.label, "callback_data": button.token}


def _rows(keys: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    longest = max((units(key["text"]) for key in keys), default=0)
    step = 1 if longest > NARROW else SCALE_STEPS if longest <= SCALE else 2
    return [keys[start : start + step] for start in range(0, len(keys), step)]


def _last(keys: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    if sum(units(key["text"]) for key in keys) <= 2 * NARROW and len(keys) <= 3:
        return [keys] if keys else []
    return _rows(keys)
