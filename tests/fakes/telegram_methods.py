"""The methods of the Bot API that the local Telegram knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram_rules import ApiError, Params, bad, check_commands, check_markup, text_seen

if TYPE_CHECKING:
    from tests.fakes.telegram_api import FakeTelegram

Fields = dict[str, Any]


async def answer(fake: FakeTelegram, method: str, params: Params) -> Any:
    """The result of the call. Raises ApiError."""
    match method:
        case "getupdates":
            return await fake.updates.poll(params)
        case "sendmessage":
            return _send(fake, params, {"text": text_seen(params), "_html": params["text"]})
        case "sendphoto" | "senddocument" | "sendvoice":
            return _send_file(fake, method.removeprefix("send"), params)
        case "editmessagetext":
            return _edit(fake, params, {"text": text_seen(params), "_html": params["text"]})
        case "editmessagereplymarkup":
            return _edit(fake, params, {})
        case "deletemessage":
            return _delete(fake, params)
        case "answercallbackquery":
            return _answer_callback(fake, params)
        case "getme":
            return fake.me()
        case "sendchataction":
            return _reachable(fake, params) is not None
        case "setwebhook":
            return fake.updates.set_webhook(params)
        case "deletewebhook":
            return fake.updates.set_webhook({})
        case "getwebhookinfo":
            return fake.updates.info()
        case "getfile":
            return _get_file(fake, params)
        case _:
            return _profile(fake, method, params)


def _profile(fake: FakeTelegram, method: str, params: Params) -> Any:
    language = str(params.get("language_code", ""))
    scope = params.get("scope") or {"type": "default"}
    key = (scope["type"] + (f":{scope['chat_id']}" if "chat_id" in scope else ""), language)
    match method:
        case "getmycommands":
            return fake.commands.get(key, [])
        case "setmycommands":
            check_commands(params)
            fake.commands[key] = params["commands"]
        case "deletemycommands":
            fake.commands.pop(key, None)
        case "getmydescription" | "getmyshortdescription":
            field = "description" if method == "getmydescription" else "short_description"
            return {field: fake.abouts.get((field, language), "")}
        case "setmydescription" | "setmyshortdescription":
            field, longest = ("description", 512) if method == "setmydescription" else ("short_description", 120)
            if len(params.get(field, "")) > longest:
                raise bad(f"{field} is too long")
            fake.abouts[(field, language)] = params.get(field, "")
        case _:
            raise ApiError(404, "Not Found: method not found")
    return True


def _reachable(fake: FakeTelegram, params: Params) -> dict[int, Fields]:
    chat = params.get("chat_id")
    if chat in fake.groups:
        return {}
    user = fake.users.get(chat) if isinstance(chat, int) else None
    if user is None or not user.started:
        raise bad("chat not found")
    if user.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    return user.shown


def _send(fake: FakeTelegram, params: Params, content: Fields) -> Fields:
    _reachable(fake, params)
    markup = params.get("reply_markup")
    check_markup(markup)
    chat = params["chat_id"]
    kind = "private" if chat in fake.users else "supergroup"
    message: Fields = {
        "message_id": fake.next_message(),
        "from": fake.me(),
        "chat": {"id": chat, "type": kind},
        "date": fake.seconds(),
        **content,
    }
    if markup is not None:
        if "inline_keyboard" in markup:
            message["reply_markup"] = markup
        else:
            message["_fixed"] = True
            if "keyboard" in markup:
                fake.keyboards[chat] = markup["keyboard"]
            elif "remove_keyboard" in markup:
                fake.keyboards.pop(chat, None)
    if params.get("disable_notification"):
        message["_silent"] = True
    return _shown(fake, chat, message)


def _shown(fake: FakeTelegram, chat: int, message: Fields) -> Fields:
    if chat in fake.users:
        fake.users[chat].see(message)
    else:
        fake.groups[chat].append(message)
    if fake.on_message is not None:
        fake.on_message(chat, message)
    return {key: value for key, value in message.items() if key[0] != "_"}


def _send_file(fake: FakeTelegram, kind: str, params: Params) -> Fields:
    given = params.get(kind)
    if not isinstance(given, tuple):
        raise bad("there is no " + kind + " in the request")
    name, data = given
    if not data:
        raise bad("file must be non-empty")
    if kind == "photo" and len(data) > 10 * 1024 * 1024:
        raise bad("PHOTO_SAVE_FILE_INVALID")
    caption = text_seen(params, "caption", 1024)
    ref = fake.keep_file(data, f"{kind}s/{name}")
    file: Fields = {"file_id": ref, "file_unique_id": ref, "file_size": len(data)}
    shown: Any = [{**file, "width": 100, "height": 100}] if kind == "photo" else {**file, "file_name": name}
    return _send(fake, params, {kind: shown, **({"caption": caption} if caption else {})})


def _edit(fake: FakeTelegram, params: Params, content: Fields) -> Fields:
    shown = _reachable(fake, params)
    markup = params.get("reply_markup")
    check_markup(markup)
    message = shown.get(params.get("message_id", 0))
    if message is None:
        raise bad("message to edit not found")
    if not message["from"]["is_bot"] or message.get("_fixed"):
        raise bad("message can't be edited")
    if content and "text" not in message:
        raise bad("there is no text in the message to edit")
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    changed = {key: value for key, value in message.items() if key != "reply_markup"} | content
    if markup is not None and markup["inline_keyboard"]:
        changed["reply_markup"] = markup
    if {**changed, "_html": ""} == {**message, "_html": ""}:
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    return _shown(fake, params["chat_id"], changed)


def _delete(fake: FakeTelegram, params: Params) -> bool:
    if _reachable(fake, params).pop(params.get("message_id", 0), None) is None:
        raise bad("message to delete not found")
    return True


def _answer_callback(fake: FakeTelegram, params: Params) -> bool:
    tap = str(params.get("callback_query_id", ""))
    if fake.callbacks.get(tap) != "open":
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(str(params.get("text", ""))) > 200:
        raise bad("MESSAGE_TOO_LONG")
    fake.callbacks[tap] = "answered"
    return True


def _get_file(fake: FakeTelegram, params: Params) -> Fields:
    ref = str(params.get("file_id", ""))
    if ref not in fake.files:
        raise bad("wrong file_id or the file is temporarily unavailable")
    path, data = fake.files[ref]
    if len(data) > 20 * 1024 * 1024:
        raise bad("file is too big")
    return {"file_id": ref, "file_unique_id": ref, "file_size": len(data), "file_path": path}
