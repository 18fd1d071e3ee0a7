"""How a letter looks on a phone of the simulator: the bubbles, keyboards and lists of each look."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.dialogue import button_label
from bot.channels.layout import LayoutWords, split_text, whatsapp_layout
from conversations.events import Json
from conversations.graphemes import utf16_units
from scheduler.sending import Button, Letter, Refused

# channels.md 5.4: the Bot API's limits; the text is counted in UTF-16 units, the token in bytes.
TELEGRAM_TEXT = 4096
TELEGRAM_CAPTION = 1024
TELEGRAM_TOKEN = 64
TELEGRAM_BUTTONS = 100
# Characters a phone shows on a button that has the row to itself.
TELEGRAM_LABEL = 34
# Two labels of this length fit side by side on a small phone.
NARROW = 18
# Labels of so few characters, as the steps of a scale, stand so many in a row.
SCALE, SCALE_STEPS = 3, 5

Keys = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the phone shows it.

    `keys` are rows of (token, label) below it; `rows` are (token, title, description) of a list that opens from
    the button `list_label`; `prompt` is an example shown in the empty input field; `with_file` tells that the
    letter's file is in this bubble. `marked_up` says that the text follows WhatsApp's markup.
    """

    text: str
    title: str = ""
    keys: Keys = ()
    rows: tuple[tuple[str, str, str], ...] = ()
    list_label: str = ""
    prompt: str = ""
    with_file: bool = False
    template: bool = False
    marked_up: bool = False

    def as_json(self) -> dict[str, Json]:
        """The bubble as the page shows it; what is empty is left out."""
        shown: dict[str, Json] = {
            "title": self.title,
            "keys": [[{"token": token, "label": label} for token, label in row] for row in self.keys],
            "rows": [
                {"token": token, "label": label, "description": description}
                for token, label, description in self.rows
            ],
            "list_label": self.list_label,
            "prompt": self.prompt,
            "template": self.template,
            "marked_up": self.marked_up,
        }
        kept = {key: value for key, value in shown.items() if value}
        return {"kind": "bubble", "text": self.text, **kept}


def whatsapp_bubbles(letter: Letter, words: LayoutWords) -> list[Bubble]:
    """The letter as WhatsApp shows it: layout.py within Twilio's limits."""
    return [
        Bubble(
            message.text,
            keys=tuple(((button.token, button.label),) for button in message.buttons),
            rows=tuple((row.token, row.label, row.description) for row in message.rows),
            list_label=message.choose,
            with_file=message.file is not None,
            marked_up=True,
        )
        for message in whatsapp_layout(letter, words)
    ]


def telegram_bubbles(letter: Letter) -> list[Bubble]:
    """The letter as Telegram shows it: a bold title, at most 4096 units a message (1024 under a file), and an
    inline keyboard below the last one. Raises Refused for a keyboard that Telegram would refuse."""
    keys = _keyboard(letter.choices, letter.ways)
    text = "\n\n".join(part for part in (*letter.body, _told(letter.choices), letter.hint) if part)
    size = utf16_units(letter.title) + 2 + utf16_units(text)
    prompt = letter.example if letter.wanted != "choice" else ""
    if letter.file and size > TELEGRAM_CAPTION:
        return [Bubble("", with_file=True), *_texts(letter.title, text, keys, prompt)]
    if letter.file:
        return [Bubble(text, letter.title, keys, prompt=prompt, with_file=True)]
    return _texts(letter.title, text, keys, prompt)


def labels_by_token(entry: dict[str, Json]) -> dict[str, str]:
    """The labels, without marks, of all that can be tapped in a shown bubble."""
    found: dict[str, str] = {}
    keys, rows = entry.get("keys"), entry.get("rows")
    flat = [key for row in keys if isinstance(row, list) for key in row] if isinstance(keys, list) else []
    for item in [*flat, *(rows if isinstance(rows, list) else [])]:
        match item:
            case {"token": str(token), "label": str(label)}:
                found[token] = label.lstrip("☑☐✓ ")
            case _:
                continue
    return found


def _told(choices: Sequence[Button]) -> str:
    """What a keyboard cannot show of the choices, as Telegram's channel writes it into the text."""
    if not any(one.description or len(one.label) > TELEGRAM_LABEL for one in choices):
        return ""
    return "\n".join(f"• {one.label} – {one.description}" if one.description else f"• {one.label}" for one in choices)


def _texts(title: str, text: str, keys: Keys, prompt: str) -> list[Bubble]:
    room = max(TELEGRAM_TEXT - utf16_units(title) - 2, 64)
    pieces = split_text(text, room, utf16_units) or [""]
    last = len(pieces) - 1
    return [
        Bubble(
            piece,
            title if place == 0 else "",
            keys if place == last else (),
            prompt=prompt if place == last else "",
        )
        for place, piece in enumerate(pieces)
    ]


def _keyboard(choices: Sequence[Button], ways: Sequence[Button]) -> Keys:
    buttons = (*choices, *ways)
    if len(buttons) > TELEGRAM_BUTTONS:
        raise Refused(f"more than {TELEGRAM_BUTTONS} buttons", "buttons")
    if any(not 1 <= len(button.token.encode()) <= TELEGRAM_TOKEN for button in buttons):
        raise Refused(f"a button token must have 1 to {TELEGRAM_TOKEN} bytes", "button-token")
    return (*_columns(choices, 2), *_columns(ways, 3))


def _columns(buttons: Sequence[Button], most: int) -> Keys:
    keys = [(button.token, button_label(button)) for button in buttons]
    longest = max((len(label) for _, label in keys), default=0)
    together = len(keys) <= most and sum(len(label) for _, label in keys) <= 2 * NARROW
    step = 1 if longest > NARROW else SCALE_STEPS if longest <= SCALE else 2
    if keys and together and most > 2:
        step = len(keys)
    return tuple(tuple(keys[start : start + step]) for start in range(0, len(keys), step))
