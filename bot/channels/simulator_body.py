"""What the page posts: bodies read within limits, fields checked one by one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from conversations.events import Json

JSON_LIMIT = 256 * 1024
# Above what a phone sends to Telegram (20 MB) and to WhatsApp (16 MB), so that the program's own limit is met first.
FILE_LIMIT = 25 * 1024 * 1024


class BadRequest(Exception):
    """The page asked for something that cannot be; `code` is what it shows a text for."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """A posted file with the form's other fields."""

    fields: Mapping[str, str]
    name: str
    mime: str
    data: bytes


async def read_json(request: web.Request) -> Mapping[str, Json]:
    """The object in the body. Raises BadRequest."""
    data = await _capped(request, JSON_LIMIT)
    try:
        value: Json = json.loads(data)
    except (ValueError, RecursionError):
        raise BadRequest("not_json") from None
    if not isinstance(value, dict):
        raise BadRequest("not_json")
    return value


async def read_upload(request: web.Request) -> Upload:
    """The form's fields and its one file, at most FILE_LIMIT bytes. Raises BadRequest."""
    if not request.content_type.startswith("multipart/"):
        raise BadRequest("not_a_form")
    fields: dict[str, str] = {}
    name, mime, data = "", "", b""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise BadRequest("not_a_form")
            content = await _part(part)
            if part.filename is not None:
                name, data = part.filename, content
                mime = part.headers.get("Content-Type", "application/octet-stream")
            else:
                fields[part.name or ""] = content.decode("utf-8", "replace")[:4096]
    except ValueError:
        raise BadRequest("not_a_form") from None
    if not data:
        raise BadRequest("empty_file")
    clean = "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    return Upload(fields, clean[:120] or "file", mime.partition(";")[0].strip().lower()[:100], data)


def text_of(body: Mapping[str, Json], key: str, limit: int = 200) -> str:
    """The text under the key as UTF-8 can hold it, "" when it is missing. Raises BadRequest when it is no text or
    too long."""
    value = body.get(key, "")
    if not isinstance(value, str):
        raise BadRequest(f"bad_{key}")
    if len(value) > limit:
        raise BadRequest(f"long_{key}", 413)
    # JSON may hold half a character, which no page, file or provider can be told.
    return value.encode("utf-8", "replace").decode("utf-8")


def number_of(body: Mapping[str, Json], key: str, low: float, high: float) -> float:
    """The number under the key. Raises BadRequest when it is missing or out of bounds."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadRequest(f"bad_{key}")
    return value


def flag_of(body: Mapping[str, Json], key: str) -> bool:
    """Whether the key holds true."""
    return body.get(key) is True


async def _capped(request: web.Request, limit: int) -> bytes:
    data = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        data += chunk
        if len(data) > limit:
            raise BadRequest("too_large", 413)
    return bytes(data)


async def _part(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > FILE_LIMIT:
            raise BadRequest("too_large", 413)
    return bytes(data)
