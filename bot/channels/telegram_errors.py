"""What each refusal of Telegram means for us, as a table (shared reference: channels, section 5.5)."""

from dataclasses import dataclass
from typing import Literal

from telegram.error import TelegramError

from bot.channels.telegram_http import Answered, NoAnswer, NotSent, TooLarge
from scheduler.sending import (
    Doubtful,
    Misconfigured,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
)

Reaction = Literal[
    "throttled", "unreachable", "migrated", "done", "anew", "late", "refused", "misconfigured", "unavailable"
]


@dataclass(frozen=True, slots=True)
class Rule:
    """Answers of this HTTP status whose description holds this text (lower case, "" for any) get this reaction."""

    status: int
    text: str
    reaction: Reaction


RULES: tuple[Rule, ...] = (
    Rule(429, "", "throttled"),
    Rule(403, "", "unreachable"),
    Rule(400, "message is not modified", "done"),
    Rule(400, "message to edit not found", "anew"),
    Rule(400, "message can't be edited", "anew"),
    Rule(400, "message_id_invalid", "anew"),
    Rule(400, "there is no text in the message to edit", "anew"),
    Rule(400, "message identifier is not specified", "anew"),
    Rule(400, "query is too old", "late"),
    Rule(400, "query id is invalid", "late"),
    Rule(400, "chat not found", "unreachable"),
    Rule(400, "user not found", "unreachable"),
    Rule(400, "peer_id_invalid", "unreachable"),
    Rule(400, "user is deactivated", "unreachable"),
    Rule(400, "have no rights to send", "unreachable"),
    Rule(400, "logged out", "unavailable"),
    Rule(400, "", "refused"),
    Rule(401, "", "misconfigured"),
    Rule(404, "", "misconfigured"),
    Rule(409, "", "unavailable"),
    Rule(413, "", "refused"),
)
"""The first rule that fits counts. Of all other statuses, 5xx and redirects are "unavailable", the rest "refused"."""

_PATIENCE = 5.0
"""Seconds to wait after a 429 that does not say how long."""

_LONGEST = 200


def reaction(error: Answered) -> Reaction:
    """What to do about this answer."""
    if error.migrate_to:
        return "migrated"
    text = error.message.lower()
    for rule in RULES:
        if rule.status == error.status and rule.text in text:
            return rule.reaction
    return "refused" if 400 <= error.status < 500 else "unavailable"


def as_send_error(error: Exception, token: str) -> SendError:
    """The cause in the program's words, without the token."""
    reason = _clean(str(error), token)
    match error:
        case Answered():
            return _from_answer(error, reason)
        case NotSent():
            return Unavailable(reason, "no-connection")
        case NoAnswer():
            return Doubtful(reason, "no-answer")
        case TooLarge():
            return Refused(reason, "too-large")
        case TelegramError():
            return Unavailable(reason, type(error).__name__)
        case _:
            # A success whose content python-telegram-bot could not read.
            return Doubtful(type(error).__name__, "unreadable-answer")


def _from_answer(error: Answered, reason: str) -> SendError:
    code = str(error.status)
    match reaction(error):
        case "throttled":
            return Throttled(error.retry_after or _PATIENCE, reason, code)
        case "unreachable" | "migrated":
            return Unreachable(reason, code)
        case "misconfigured":
            return Misconfigured(reason, code)
        case "unavailable":
            return Unavailable(reason, code)
        case "done" | "anew" | "late" | "refused":
            return Refused(reason, code)


def _clean(text: str, token: str) -> str:
    secret = token.partition(":")[2]
    for word in (token, secret):
        if word:
            text = text.replace(word, "***")
    return text[:_LONGEST]
