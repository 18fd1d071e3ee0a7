"""Logging for people and collectors: one line per fact, `extra=` as fields, personal data and secrets masked.

    22:05:01 INFO  bot.turns: turn done channel=telegram outcome=done ms=3
"""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from traceback import extract_tb, format_list
from types import TracebackType
from typing import Final, Literal, TextIO

from bot.redaction import masker

_NOISY: Final = (
    "aiohttp.access", "alembic", "apscheduler", "asyncio", "httpcore", "httpx", "pyxform", "sqlalchemy", "telegram",
    "twilio", "urllib3",
)
"""Libraries that log addresses with tokens in them, request bodies or every call: only their warnings are kept."""

_CAREFUL: Final = ("aiohttp.", "alembic.", "apscheduler.", "bot.", "scheduler.", "sqlite3.", "storage.", "telegram.",
                   "twilio.")
"""Whose exceptions say what happened without repeating what a person wrote. SQLAlchemy's and most of psycopg's
repeat the values of a row; the cause of theirs on SQLite, and psycopg's own OperationalError, do not."""

_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


def set_up(
    level: str = "INFO",
    form: Literal["text", "json"] = "text",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Everything that is logged from now on goes to `stream` (stderr) masked, warnings and crashes too."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Masked(form, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    sys.excepthook = _log_crash


class Masked(logging.Formatter):
    """Writes a record as a line of text or of JSON, from which no personal data can be read."""

    def __init__(self, form: Literal["text", "json"] = "text", secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._mask: Callable[[str], str] = masker(secrets)
        self._json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        """The line; after a text line come the places of an exception, if there is one."""
        at = datetime.fromtimestamp(record.created, UTC)
        text = self._clean(_text(record))
        fields = {name: self._field(value) for name, value in record.__dict__.items() if name not in _STANDARD}
        crash = self._mask("\n".join(_crash(record.exc_info[1]))) if record.exc_info and record.exc_info[1] else ""
        if self._json:
            line = {"at": at.isoformat(), "level": record.levelname, "where": record.name, "what": text, **fields}
            return json.dumps(line | ({"crash": crash} if crash else {}), ensure_ascii=False)
        words = " ".join(f"{name}={value}" for name, value in fields.items())
        line_text = f"{at.astimezone():%H:%M:%S} {record.levelname:<7} {record.name}: {text} {words}".rstrip()
        return f"{line_text}\n{crash}" if crash else line_text

    def _field(self, value: object) -> object:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, float):
            value = round(value, 3)
        text = self._clean(str(value))
        return value if isinstance(value, int | float) and text == str(value) else text

    def _clean(self, text: str) -> str:
        """Masked, and on one line: what a person wrote must not look like a line of ours."""
        return "".join(mark if mark.isprintable() else _escaped(mark) for mark in self._mask(text))


def _escaped(mark: str) -> str:
    return repr(mark)[1:-1] if mark.isascii() else f"<{ord(mark):x}>"


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (its values do not fit)"


def _crash(error: BaseException | None, depth: int = 0) -> Iterator[str]:
    """Where it happened and of which kind it is, cause first; its text only from a careful author."""
    if error is None or depth > 8:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _crash(before, depth + 1)
        yield "which led to:"
    yield from (line.rstrip() for line in format_list(extract_tb(error.__traceback__)))
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_said(error)}"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _crash(part, depth + 1)


def _said(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    careful = isinstance(error, OSError) or kind.startswith(_CAREFUL) or kind == "psycopg.OperationalError"
    return str(error) if careful else "(text withheld, it may repeat what a person wrote)"


def _log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("bot").critical("the program stopped on an unexpected error", exc_info=(kind, error, trace))
