"""How a letter becomes messages: texts cut where a reader would pause, choices as buttons, list or numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels.markup import bold, neutral
from conversations.graphemes import Measure, border_at_most, code_points, fitting, is_border
from scheduler.sending import Button, File, Letter

ELLIPSIS = "…"
TICK = "✓"
NO_LABEL = "–"

# Twilio and WhatsApp limits, in code points (channels.md 6.4 and 6.5).
FREE_TEXT = 1600
INTERACTIVE_TEXT = 1024
MEDIA_CAPTION = 1024
MAX_BUTTONS = 3
MAX_ROWS = 10
BUTTON_TITLE = 20
ROW_TITLE = 24
ROW_DESCRIPTION = 72
LIST_TITLE = 20
TOKEN = 200
# Each line of an interactive text is one variable of a Content resource, which has at most 100 of them.
INTERACTIVE_LINES = 60

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class LayoutWords:
    """The few words a layout adds, in the reader's language: `ways` holds "{ways}" ("Puoi anche scrivere:
    {ways}."), `choose` opens a list (at most 20 characters, "Scegli")."""

    ways: str
    choose: str


@dataclass(frozen=True, slots=True)
class WhatsAppMessage:
    """One message within WhatsApp's limits: a text with at most one of buttons, rows and file.

    The labels are cut to their limits already; `choose` is the text of the button that opens the rows.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    rows: tuple[Button, ...] = ()
    choose: str = ""
    file: File | None = None


def clip(text: str, limit: int, measure: Measure = code_points) -> str:
    """The text on one line, at most `limit` long, with an ellipsis where something is missing."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    if measure(text) <= limit:
        return text
    end = border_at_most(text, fitting(text, limit - measure(ELLIPSIS), measure))
    return text[:end].rstrip() + ELLIPSIS


def split_text(text: str, limit: int, measure: Measure = code_points) -> list[str]:
    """The text in parts of at most `limit`, none empty, cut at the widest pause: paragraph, line, sentence,
    word, and inside a word only between characters. Nothing but white space at the cuts is lost.
    """
    if limit < 2:
        raise ValueError("a part must have room for a character")
    parts: list[str] = []
    rest = text.strip()
    while measure(rest) > limit:
        end = _cut(rest, fitting(rest, limit, measure))
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def option_lines(choices: Sequence[Button]) -> list[str]:
    """The numbered options as lines of plain text: "2. ✓ Asilo – fino a 3 anni"."""
    return [f"{number}. {_told(choice)}" for number, choice in enumerate(choices, start=1)]


def ways_line(ways: Sequence[Button], sentence: str) -> str:
    """The sentence that names the ways out which cannot be tapped; empty if there are none."""
    spoken = ", ".join(filter(None, (_spoken(way.label) for way in ways)))
    return sentence.replace("{ways}", spoken) if spoken else ""


def whatsapp_layout(letter: Letter, words: LayoutWords) -> list[WhatsAppMessage]:
    """The messages to send in order, what can be tapped in the last one. At most 3 things to tap become
    buttons, at most 10 a list; beyond that the numbers in the text do. An empty letter gives no message."""
    buttons, rows = _tappable(letter)
    tokens = {button.token for button in (*buttons, *rows)}
    said = [way for way in letter.ways if way.token not in tokens]
    title = _clean(letter.title)
    opening = [bold(title)] if title else []
    opening += [neutral(text) for text in map(_clean, letter.body) if text]
    options = "\n".join(_numbered(letter.choices))
    hint, example = _clean(letter.hint), _clean(letter.example)
    # There is no grey text in the field of WhatsApp: the example is a line, unless it has been said already.
    spoken = any(example in text for text in (*letter.body, hint))
    closing = [neutral(text) for text in (hint, "" if spoken else example) if text]
    closing += [line for line in (ways_line(said, words.ways),) if line]
    tail = "\n\n".join(filter(None, (options, *closing)))
    messages = [WhatsAppMessage(file=letter.file)] if letter.file else []
    texts = _texts(opening, tail, bool(buttons or rows), words.choose)
    if messages and texts and not (buttons or rows) and _takes_caption(letter.file, texts[0]):
        messages = [WhatsAppMessage(text=texts.pop(0), file=letter.file)]
    messages += [WhatsAppMessage(text=text) for text in texts]
    if buttons or rows:
        choose = clip(words.choose, LIST_TITLE) if rows else ""
        messages[-1] = replace(messages[-1], buttons=buttons, rows=rows, choose=choose)
    return messages


def _cut(text: str, most: int) -> int:
    """Where to cut `text`, at most at `most`; a wide pause must not leave less than a third."""
    for pauses, least in ((("\n\n",), most // 3), (("\n",), most // 3), ((". ", "! ", "? ", "… "), most // 3)):
        ends = [text.rfind(pause, 0, most) + len(pause.rstrip(" ")) for pause in pauses if pause in text[:most]]
        end = max(ends, default=0)
        if end > least and is_border(text, end):
            return end
    for end in range(most, 0, -1):
        if text[end].isspace() and text[:end].strip() and is_border(text, end):
            return end
    # A single character may be longer than the whole part (dozens of combining marks): cut it rather than hang.
    return border_at_most(text, most) or most


def _clean(text: str) -> str:
    """The text without characters that no one can see and providers refuse."""
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def _told(choice: Button) -> str:
    label = f"{TICK} {choice.label}" if choice.marked else choice.label
    told = f"{label} – {choice.description}" if choice.description else label
    return " ".join(_CONTROL.sub(" ", told).split())


def _numbered(choices: Sequence[Button]) -> list[str]:
    if [choice.label for choice in choices] == [str(number) for number in range(1, len(choices) + 1)]:
        # the steps of a scale are their own numbers
        return []
    return option_lines([replace(c, label=neutral(c.label), description=neutral(c.description)) for c in choices])


def _spoken(label: str) -> str:
    """A label as one writes it: without leading signs, in small letters."""
    start = next((i for i, char in enumerate(label) if char.isalnum()), len(label))
    word = " ".join(label[start:].split())
    return word if word[:2].isupper() else word[:1].lower() + word[1:]


def _tappable(letter: Letter) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """The buttons, or the rows of the list, or neither."""
    choices, ways = letter.choices, letter.ways
    if any(len(button.token) > TOKEN for button in (*choices, *ways)) or len(choices) > MAX_ROWS:
        return (), ()
    if not choices:
        return _titled(ways[:MAX_BUTTONS], BUTTON_TITLE), ()
    short = all(len(_marked(choice)) <= BUTTON_TITLE for choice in choices)
    if len(choices) <= MAX_BUTTONS and (short or len(choices) == 1):
        shown = (*choices, *ways) if len(choices) + len(ways) <= MAX_BUTTONS else choices
        return _titled(shown, BUTTON_TITLE), ()
    return (), _titled((*choices, *ways)[:MAX_ROWS], ROW_TITLE)


def _marked(button: Button) -> str:
    return f"{TICK} {button.label}" if button.marked else button.label


def _titled(buttons: Sequence[Button], limit: int) -> tuple[Button, ...]:
    """The buttons with labels that fit and differ: WhatsApp refuses equal titles in one message. What a label
    loses goes to the description, where a list shows it."""
    titles = [clip(_marked(button), limit) or NO_LABEL for button in buttons]
    if len(set(titles)) < len(titles):
        titles = [clip(f"{n}. {_marked(button)}", limit) for n, button in enumerate(buttons, start=1)]
    described = (
        button.description or (button.label if title.endswith(ELLIPSIS) and title != _marked(button) else "")
        for button, title in zip(buttons, titles, strict=True)
    )
    return tuple(
        replace(button, label=title, description=clip(more, ROW_DESCRIPTION))
        for button, title, more in zip(buttons, titles, described, strict=True)
    )


def _texts(opening: Sequence[str], tail: str, interactive: bool, fallback: str) -> list[str]:
    """The texts in order; if something is tapped, the last one fits an interactive message."""
    whole = "\n\n".join(filter(None, (*opening, tail)))
    if not interactive:
        return split_text(whole, FREE_TEXT)
    if _fits(whole):
        return [whole or fallback]
    # The last paragraph is the question: it stays with its options where there is room.
    for kept in range(len(opening)):
        last = "\n\n".join(filter(None, (*opening[kept:], tail)))
        if _fits(last):
            return [*split_text("\n\n".join(opening[:kept]), FREE_TEXT), last]
    if tail and _fits(tail):
        return [*split_text("\n\n".join(opening), FREE_TEXT), tail]
    return [*split_text(whole, FREE_TEXT), fallback]


def _fits(text: str) -> bool:
    return bool(text) and len(text) <= INTERACTIVE_TEXT and text.count("\n") < INTERACTIVE_LINES


def _takes_caption(file: File | None, text: str) -> bool:
    """Only a photo carries a text on WhatsApp through Twilio (channels.md 6.4)."""
    return file is not None and file.kind == "photo" and len(text) <= MEDIA_CAPTION
