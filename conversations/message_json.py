"""Messages as plain data, for the outbox: what is written is read back as the same message."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import assert_never, cast, get_args

from conversations.events import Json
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Choice,
    Day,
    Localized,
    Message,
    Moment,
    Money,
    Param,
    Phrase,
    Template,
    Text,
    Verbatim,
    Wanted,
)


def message_to_json(message: Message) -> dict[str, Json]:
    """The message as plain data; what is empty is left out."""
    data: dict[str, Json] = {"body": [_param(text) for text in message.body]}
    if message.title is not None:
        data["title"] = _param(message.title)
    if message.hint is not None:
        data["hint"] = _param(message.hint)
    if message.choices:
        data["choices"] = [_choice(c) for c in message.choices]
    if message.ways:
        data["ways"] = [_choice(c) for c in message.ways]
    if message.multiple:
        data["multiple"] = True
    if message.wanted != "choice":
        data["wanted"] = message.wanted
    if message.example is not None:
        data["example"] = _param(message.example)
    if message.attachment is not None:
        a = message.attachment
        data["attachment"] = [a.source, a.ref, a.kind, a.name, a.mime]
    if message.template is not None:
        template = message.template
        data["template"] = [template.name, [_param(v) for v in template.variables], template.whole]
    if message.screen is not None:
        data["screen"] = message.screen
    if message.silent:
        data["silent"] = True
    return data


def message_from_json(data: Mapping[str, Json]) -> Message:
    """The message the data were made of. Raises ValueError for data of another shape."""
    wanted = data.get("wanted", "choice")
    screen = data.get("screen")
    if wanted not in get_args(Wanted):
        raise ValueError(f"unknown kind of answer {wanted!r}")
    return Message(
        body=tuple(_text(t) for t in _list(data.get("body"))),
        title=_maybe(data.get("title")),
        hint=_maybe(data.get("hint")),
        choices=tuple(_read_choice(c) for c in _list(data.get("choices"))),
        ways=tuple(_read_choice(c) for c in _list(data.get("ways"))),
        multiple=bool(data.get("multiple")),
        wanted=cast(Wanted, wanted),
        example=_maybe(data.get("example")),
        attachment=_attachment(data.get("attachment")),
        template=_template(data.get("template")),
        screen=screen if isinstance(screen, int) else None,
        silent=bool(data.get("silent")),
    )


def _param(value: Param) -> Json:
    match value:
        case str() | int():
            return value
        case Verbatim(text):
            return {"v": text}
        case Localized(texts):
            return {"l": dict(texts)}
        case Phrase(key, params):
            return {"p": key, "a": {name: _param(v) for name, v in params.items()}} if params else {"p": key}
        case Day(day):
            return {"d": day.isoformat()}
        case Moment(moment):
            return {"t": moment.isoformat()}
        case Money(cents):
            return {"m": cents}
        case _:
            assert_never(value)


def _read(data: Json) -> Param:
    match data:
        case str() | int():
            return data
        case {"v": str(text)}:
            return Verbatim(text)
        case {"l": dict(texts)}:
            return Localized({code: str(text) for code, text in texts.items()})
        case {"p": str(key), "a": dict(params)}:
            return Phrase(key, {name: _read(v) for name, v in params.items()})
        case {"p": str(key)}:
            return Phrase(key)
        case {"d": str(day)}:
            return Day(date.fromisoformat(day))
        case {"t": str(moment)}:
            return Moment(datetime.fromisoformat(moment))
        case {"m": int(cents)}:
            return Money(cents)
        case _:
            raise ValueError(f"not a text: {data!r}")


def _text(data: Json) -> Text:
    value = _read(data)
    if not isinstance(value, Phrase | Verbatim | Localized):
        raise ValueError(f"not a text: {data!r}")
    return value


def _maybe(data: Json | None) -> Text | None:
    return None if data is None else _text(data)


def _choice(choice: Choice) -> Json:
    description = None if choice.description is None else _param(choice.description)
    return [choice.value, _param(choice.label), description, choice.marked]


def _read_choice(data: Json) -> Choice:
    match data:
        case [str(value), label, description, (bool() | None) as marked]:
            return Choice(value, _text(label), _maybe(description), marked)
        case _:
            raise ValueError(f"not a choice: {data!r}")


def _attachment(data: Json | None) -> Attachment | None:
    match data:
        case None:
            return None
        case [str(source), str(ref), str(kind), str(name), str(mime)] if kind in get_args(AttachmentKind):
            return Attachment(source, ref, cast(AttachmentKind, kind), name, mime)
        case _:
            raise ValueError("not an attachment")


def _template(data: Json | None) -> Template | None:
    match data:
        case None:
            return None
        case [str(name), list(variables), bool(whole)]:
            return Template(name, tuple(_text(v) for v in variables), whole)
        case _:
            raise ValueError("not a template")


def _list(data: Json | None) -> list[Json]:
    return data if isinstance(data, list) else []
