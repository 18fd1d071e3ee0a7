"""The rules of the Bot API for what a bot sends: each breach is refused with Telegram's own words."""

import json
from typing import Any

from tests.fakes.telegram_html import MarkupError, units, visible

Params = dict[str, Any]

_OBJECTS = frozenset(
    "reply_markup link_preview_options allowed_updates commands scope entities caption_entities "
    "reply_parameters".split()
)
_NUMBERS = frozenset("chat_id message_id offset limit timeout from_chat_id user_id".split())


class ApiError(Exception):
    """An answer that is not ok."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def decoded(params: Params) -> Params:
    """The parameters with objects, numbers and truth values in place of their text, as form encoding leaves it."""
    for name, value in params.items():
        if not isinstance(value, str):
            continue
        try:
            if name in _OBJECTS:
                params[name] = json.loads(value)
            elif name in _NUMBERS:
                params[name] = int(value)
        except ValueError:
            raise bad(f"can't parse {name}") from None
    return params


def text_seen(params: Params, field: str = "text", limit: int = 4096) -> str:
    """The text as the reader sees it."""
    raw = params.get(field, "")
    if not isinstance(raw, str):
        raise bad(f"{field} must be a string")
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    try:
        seen = visible(raw) if str(params.get("parse_mode", "")).upper() == "HTML" else raw
    except MarkupError as error:
        raise bad(str(error)) from None
    seen = seen.strip()
    if field == "text" and not seen:
        raise bad("message text is empty")
    if units(seen) > limit:
        raise bad("message is too long" if field == "text" else "message caption is too long")
    return seen


def check_markup(markup: Any) -> None:
    if markup is None:
        return
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    kinds = [name for name in ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply") if name in markup]
    if len(kinds) != 1:
        raise bad("can't parse reply keyboard markup JSON object")
    rows: list[Any] = markup[kinds[0]] if kinds[0] in ("inline_keyboard", "keyboard") else []
    buttons = [button for row in rows for button in row]
    if any(not str(button.get("text", "")).strip() for button in buttons):
        raise bad("can't parse inline keyboard button: Field \"text\" must be non-empty")
    if kinds[0] == "inline_keyboard":
        _check_inline(buttons)
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= len(placeholder) <= 64:
        raise bad("input field placeholder is too long")


def _check_inline(buttons: list[dict[str, Any]]) -> None:
    if len(buttons) > 100:
        raise bad("reply markup is too long")
    for button in buttons:
        actions = set(button) & {"callback_data", "url", "web_app", "copy_text", "login_url", "pay"}
        if len(actions) != 1:
            raise bad("text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")


def check_commands(params: Params) -> None:
    commands = params.get("commands", [])
    if len(commands) > 100:
        raise bad("too many commands")
    for command in commands:
        name, said = command.get("command", ""), command.get("description", "")
        if not (1 <= len(name) <= 32 and all(c in "abcdefghijklmnopqrstuvwxyz0123456789_" for c in name)):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(said) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
