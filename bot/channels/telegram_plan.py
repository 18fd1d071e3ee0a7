"""What to ask of Telegram, call by call, so that a letter arrives: pure, so that a retry makes the same plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from telegram import InputFile

from bot.channels.telegram_keyboard import LONGEST_PLACEHOLDER, Markup, inline, prompt, share
from bot.channels.telegram_text import LONGEST_CAPTION, Paragraph, Part, parts, units
from scheduler.sending import Button, File, Letter, Refused

Phrases = Callable[[str, str], str]
"""The text of the catalogues with this key ("telegram.share_contact") in this language."""

LARGEST_UPLOAD = 50 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024
"""Bytes (Bot API)."""

_PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
_WIDEST_LABEL = 34
"""Characters a phone shows on a button that has the row to itself; longer labels are also written in the text."""

_NO_PREVIEW = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class Call:
    """One call without its chat; `edits` is the message it replaces, 0 for a new one."""

    endpoint: str
    data: Mapping[str, Any]
    edits: int = 0

    def anew(self) -> "Call":
        """The same content as a new message."""
        return replace(self, endpoint="sendMessage", edits=0)


def plan(letter: Letter, language: str, phrases: Phrases) -> list[Call]:
    """The calls in order, the buttons on the last one. Raises Refused for what Telegram would not take."""
    keyboard = inline(letter.choices, letter.ways)
    markup: Markup | None = keyboard
    editable = letter.file is None
    example = letter.example
    if letter.wanted in ("contact", "location"):
        markup, editable = share(letter, phrases(f"telegram.share_{letter.wanted}", language)), False
    elif keyboard is None and _fits_field(letter):
        markup, example = prompt(example), ""
    texts = parts(_paragraphs(letter, example))
    calls = _calls(letter, texts, int(letter.replaces) if editable and letter.replaces.isdecimal() else 0)
    if not calls:
        raise Refused("there is nothing to send", "empty")
    if markup is not None:
        calls[-1] = replace(calls[-1], data={**calls[-1].data, "reply_markup": markup})
    return calls


def _fits_field(letter: Letter) -> bool:
    """Whether the example can stand in the input field: only a new message opens one."""
    typed = letter.wanted in ("text", "number", "date") and not letter.replaces
    return typed and 0 < units(letter.example) <= LONGEST_PLACEHOLDER


def _paragraphs(letter: Letter, example: str) -> list[Paragraph]:
    listed = any(button.description or units(button.label) > _WIDEST_LABEL for button in letter.choices)
    found = [Paragraph(letter.title, "b"), *(Paragraph(text) for text in letter.body)]
    if listed:
        found.append(Paragraph("\n".join(_line(button) for button in letter.choices)))
    found += [Paragraph(letter.hint, "i"), Paragraph(example, "i")]
    return [paragraph for paragraph in found if paragraph.text.strip()]


def _line(button: Button) -> str:
    return f"• {button.label} – {button.description}" if button.description else f"• {button.label}"


def _calls(letter: Letter, texts: list[Part], edits: int) -> list[Call]:
    quiet: dict[str, Any] = {"disable_notification": True} if letter.silent else {}
    calls: list[Call] = []
    if letter.file is not None:
        caption = len(texts) == 1 and texts[0].size <= LONGEST_CAPTION
        calls.append(_upload(letter.file, texts.pop().html if caption else "", quiet))
    for part in texts:
        data = {"text": part.html, "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW, **quiet}
        calls.append(Call("sendMessage", data))
    if calls and edits:
        calls[0] = replace(calls[0], endpoint="editMessageText", edits=edits)
    return calls


def _upload(file: File, caption: str, quiet: dict[str, Any]) -> Call:
    if len(file.data) > LARGEST_UPLOAD:
        raise Refused(f"the file has more than {LARGEST_UPLOAD} bytes", "file-size")
    kind = file.kind
    if kind == "photo" and (len(file.data) > LARGEST_PHOTO or file.mime not in _PHOTO_TYPES):
        kind = "document"
    text = {"caption": caption, "parse_mode": "HTML"} if caption else {}
    return Call(f"send{kind.capitalize()}", {kind: InputFile(file.data, file.name or None), **text, **quiet})

