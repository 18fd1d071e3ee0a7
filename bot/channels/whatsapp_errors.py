"""What each of Twilio's error codes means for us: the table of channels.md 6.9, as data."""

from dataclasses import dataclass
from typing import Literal

from scheduler.sending import (
    Misconfigured,
    Refused,
    SendError,
    Throttled,
    Unavailable,
    Unreachable,
    WindowClosed,
)

Reaction = Literal[
    "slow_down",  # not processed: the whole channel waits, then again
    "wait_person",  # this person only: once more, much later
    "fault",  # Twilio or WhatsApp is broken for now: again with growing pauses
    "window",  # only an opener may go out
    "unreachable",  # the address is wrong: another channel
    "limited",  # WhatsApp does not deliver this to this person: skip
    "opted_out",  # the person refuses our messages: nothing until she writes
    "template",  # template or variables wrong, paused or rejected: stop the campaign at the first
    "media",  # the file was not taken: once more, then the text alone
    "account",  # credentials, sender or sandbox: the office is told, nobody else is to blame
    "ours",  # the request itself is wrong: a defect of ours
    "webhook",  # our own server did not answer as it should: look at it and reconcile
]

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Cause:
    """One of Twilio's codes: what it means, what we do, and after how many seconds where we wait."""

    meaning: str
    reaction: Reaction
    after: float = 0


CAUSES: dict[int, Cause] = {
    20429: Cause("too many API calls", "slow_down", 2),
    63018: Cause("rate limit of the channel or of Meta", "slow_down", 60),
    63038: Cause("daily limit of the account", "slow_down", DAY / 4),
    14107: Cause("send rate limit, a loop of two bots", "wait_person", 60),
    63049: Cause("Meta limits marketing to this person", "wait_person", DAY),
    63032: Cause("a limitation of WhatsApp for this person", "limited"),
    63009: Cause("the channel provider failed", "fault"),
    63010: Cause("the channel provider had an internal error", "fault"),
    63012: Cause("the channel provider is unavailable", "fault"),
    20503: Cause("Twilio is unavailable", "fault"),
    63016: Cause("outside the 24-hour window", "window"),
    63003: Cause("the recipient is unknown to the channel", "unreachable"),
    63024: Cause("the recipient is invalid", "unreachable"),
    21211: Cause("the recipient's address is invalid", "unreachable"),
    21614: Cause("the number cannot receive messages", "unreachable"),
    63014: Cause("the person blocked us", "opted_out"),
    21610: Cause("the person unsubscribed", "opted_out"),
    63027: Cause("the template has no such language", "template"),
    63028: Cause("wrong number of template parameters", "template"),
    21655: Cause("the ContentSid is invalid", "template"),
    21656: Cause("the content variables are invalid", "template"),
    92007: Cause("the content variables are invalid", "template"),
    63013: Cause("policy violation", "template"),
    63026: Cause("flagged as spam", "template"),
    63040: Cause("the template was rejected", "template"),
    63041: Cause("the template is paused", "template"),
    63042: Cause("the template is disabled", "template"),
    63019: Cause("the file could not be fetched", "media"),
    63021: Cause("WhatsApp refuses the content", "media"),
    63034: Cause("the file is too large", "media"),
    63037: Cause("the file has a wrong type", "media"),
    21620: Cause("the address of the file is invalid", "media"),
    63015: Cause("the person has not joined the sandbox", "account"),
    63020: Cause("Meta's invitation is not accepted", "account"),
    63001: Cause("the channel could not authenticate", "account"),
    63007: Cause("our sender is unknown to the channel", "account"),
    20003: Cause("the credentials are wrong", "account"),
    20404: Cause("the account or the address of Twilio is wrong", "account"),
    21606: Cause("our sender cannot send", "account"),
    21201: Cause("our settings name no valid recipient or sender", "account"),
    21617: Cause("the text is longer than 1600 characters", "ours"),
    21658: Cause("a parameter is too long", "ours"),
    35114: Cause("scheduled outside the allowed time", "ours"),
    35115: Cause("scheduled without a messaging service", "ours"),
    35117: Cause("scheduled wrongly", "ours"),
    35118: Cause("a messaging service is missing", "ours"),
    11200: Cause("our webhook did not answer", "webhook"),
    11205: Cause("our webhook could not be reached", "webhook"),
    12300: Cause("our webhook answered with a wrong content type", "webhook"),
    57012: Cause("a signature did not match", "webhook"),
}

STOPS_CAMPAIGN: frozenset[Reaction] = frozenset({"template", "account"})
"""Where everybody else would meet the same: the first one stops the campaign."""

FALLS_BACK: frozenset[Reaction] = frozenset({"template", "media", "ours"})
"""Where an interactive message may still go out as plain text, its options are printed anyway."""


def reaction(code: int | str) -> Reaction:
    """What to do about a code, from an API answer or a status callback; an unknown one is ours to look at."""
    number = int(code) if str(code).isdigit() else 0
    return CAUSES[number].reaction if number in CAUSES else "ours"


def meaning(code: str) -> str:
    """What a code means in words, empty for one we do not know."""
    return CAUSES[int(code)].meaning if code.isdigit() and int(code) in CAUSES else ""


def after_failure(code: str) -> Literal["", "window", "later"]:
    """What a message asks for that Twilio had accepted and then could not deliver."""
    match reaction(code):
        case "window":
            return "window"
        case "slow_down" | "wait_person" | "fault" | "limited":
            return "later"
        case _:
            return ""


def error_for(status: int, code: int, message: str, retry_after: float = 0) -> SendError:
    """The error to raise for an answer of the API."""
    cause = CAUSES.get(code)
    if cause is None:
        cause = _by_status(status, message)
    reason, number = f"{cause.meaning} ({code or status})", str(code or status)
    match cause.reaction:
        case "slow_down":
            return Throttled(retry_after or cause.after, reason, number)
        case "wait_person":
            return Throttled(retry_after or cause.after, reason, number, whole_channel=False)
        case "fault":
            return Unavailable(reason, number)
        case "window":
            return WindowClosed(reason, number)
        case "unreachable" | "limited" | "opted_out":
            return Unreachable(reason, number)
        case "account" | "webhook":
            return Misconfigured(reason, number)
        case "template" | "media" | "ours":
            return Refused(reason, number)


def _by_status(status: int, message: str) -> Cause:
    """The cause where the code is unknown or missing."""
    if status == 429:
        return Cause("too many API calls", "slow_down", 2)
    if status >= 500:
        return Cause("Twilio failed", "fault")
    if status in (401, 403, 404):
        return Cause("the credentials or the address of Twilio are wrong", "account")
    return Cause(f"an unknown error: {message}" if message else "an unknown error", "ours")
