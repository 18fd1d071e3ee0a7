"""Why somebody has, or has not, received an issue, in plain words: what her row says, and what speaks of her."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from conversations.messages import Moment, Param, Phrase, Text
from conversations.news.plan import BEFORE_CLOSING, CLOSES, DAYTIME, OPENS
from conversations.news.views import IssueState, Outcome

NAMES: Final[Mapping[str, str]] = {"telegram": "Telegram", "whatsapp": "WhatsApp", "simulator": "simulatore"}
BEFORE: Final = frozenset({"draft", "legal", "approved", "scheduled"})
_CAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "newswhy.cause_blocked": ("403", "63014", "21610"),
    "newswhy.cause_number": ("63003", "63024", "21211", "21614"),
    "newswhy.cause_limited": ("63049", "63032"),
    "newswhy.cause_crowded": ("63018", "63038", "20429", "429"),
    "newswhy.cause_template": ("63027", "63028", "21655", "21656", "92007", "63040", "63041", "63042"),
    "newswhy.cause_policy": ("63013", "63026"),
    "newswhy.cause_window": ("63016",),
    "newswhy.cause_bug": ("bug",),
    "newswhy.cause_crash": ("crash",),
    "newswhy.opted_out": ("opted_out",),
    "newswhy.has_stopped": ("stopped",),
    "newswhy.erased": ("erased",),
    "newswhy.unreachable": ("unreachable",),
}
CAUSES: Final[Mapping[str, str]] = {code: key for key, codes in _CAUSES.items() for code in codes}
"""The sentence of each code: the providers' (channels.md 5.5 and 6.9), and those of our own."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one person's row of an issue."""

    outcome: Outcome
    channel: str
    due_at: datetime
    code: str = ""
    attempts: int = 0
    doubts: int = 0
    opened_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One person and one issue: her row, if she has one, and what is known of her now.

    `said_yes` is her last word on the newsletter (None: never asked), at `said_at`; `blocked` the channels she
    blocked, with when; `channels` those where she can be reached; `hour` the one she chose; `corrects` that the issue
    is a correction.
    """

    state: IssueState
    enqueued: bool
    started_at: datetime | None
    sent: Sent | None = None
    said_yes: bool | None = None
    said_at: datetime | None = None
    stopped_at: datetime | None = None
    channels: tuple[str, ...] = ()
    blocked: Mapping[str, datetime] = field(default_factory=dict)
    hour: str = ""
    corrects: bool = False


def why(case: Case, now: datetime, zone: ZoneInfo) -> tuple[Text, ...]:
    """The sentences that answer "perché non l'ha ricevuta?", the most important one first."""
    told = list(_of_row(case, case.sent, now, zone) if case.sent is not None else _without_row(case))
    if case.sent is None or case.sent.outcome not in ("sent", "delivered", "read"):
        told += (one for one in _of_person(case) if one not in told)
    return tuple(told)


def outcome_told(outcome: Outcome) -> Phrase:
    """What became of a person in a few words, for a table."""
    return Phrase(OUTCOMES[outcome])


def cause_told(code: str) -> Text | None:
    """Why, in words; None where there is nothing to say. A code that nobody knows is named."""
    if not code:
        return None
    return Phrase(CAUSES[code]) if code in CAUSES else Phrase("newswhy.cause_code", {"code": code})


OUTCOMES: Final[Mapping[Outcome, str]] = {
    "todo": "newswhy.is_todo",
    "sending": "newswhy.is_sending",
    "opened": "newswhy.is_opened",
    "sent": "newswhy.is_sent",
    "delivered": "newswhy.is_delivered",
    "read": "newswhy.is_read",
    "failed": "newswhy.is_failed",
    "doubtful": "newswhy.is_doubtful",
    "skipped": "newswhy.is_skipped",
    "cancelled": "newswhy.is_cancelled",
    "expired": "newswhy.is_expired",
}


def _of_row(case: Case, sent: Sent, now: datetime, zone: ZoneInfo) -> Iterator[Text]:
    channel: Param = NAMES.get(sent.channel, sent.channel)
    match sent.outcome:
        case "todo":
            yield from _waiting(case, sent, now, zone)
        case "sending":
            yield Phrase("newswhy.sending", {"channel": channel})
        case "opened" | "expired":
            key = "newswhy.opened" if sent.outcome == "opened" else "newswhy.expired"
            yield Phrase(key, {"when": _at(sent.opened_at, sent.due_at)})
        case "sent" | "delivered" | "read":
            at = {"sent": sent.sent_at, "delivered": sent.delivered_at, "read": sent.read_at}[sent.outcome]
            yield Phrase(_ARRIVED[sent.outcome], {"channel": channel, "when": _at(at or sent.sent_at, sent.due_at)})
            if sent.doubts:
                yield Phrase("newswhy.perhaps_twice")
        case "failed":
            yield Phrase("newswhy.failed", {"channel": channel})
            yield cause_told(sent.code) or Phrase("newswhy.cause_unknown")
        case "doubtful":
            yield Phrase("newswhy.doubtful", {"channel": channel})
        case "skipped":
            yield Phrase("newswhy.skipped")
            yield cause_told(sent.code) or Phrase("newswhy.cause_unknown")
        case "cancelled":
            yield Phrase("newswhy.cancelled")


_ARRIVED: Final = {"sent": "newswhy.sent", "delivered": "newswhy.delivered", "read": "newswhy.read"}


def _waiting(case: Case, sent: Sent, now: datetime, zone: ZoneInfo) -> Iterator[Text]:
    """Why she still waits."""
    due: dict[str, Param] = {"when": Moment(sent.due_at)}
    if case.state == "paused":
        yield Phrase("newswhy.paused")
    elif sent.due_at > now and sent.attempts:
        yield Phrase("newswhy.tried", due)
    elif sent.due_at > now and case.hour and _clock(sent.due_at, zone) in (case.hour, BEFORE_CLOSING):
        yield Phrase("newswhy.her_hour", due)
    elif sent.due_at > now:
        yield Phrase("newswhy.later_whatsapp" if sent.channel in DAYTIME else "newswhy.later", due)
    elif sent.channel in DAYTIME and not OPENS <= now.astimezone(zone).time() < CLOSES:
        yield Phrase("newswhy.daytime", {"opens": _hour(OPENS), "closes": _hour(CLOSES)})
    else:
        yield Phrase("newswhy.soon")
    if sent.attempts and (cause := cause_told(sent.code)) is not None:
        yield cause


def _without_row(case: Case) -> Iterator[Text]:
    if case.state in BEFORE or case.started_at is None:
        yield Phrase("newswhy.not_begun")
    elif not case.enqueued:
        yield Phrase("newswhy.enqueuing")
    elif case.said_yes and case.said_at is not None and case.said_at > case.started_at:
        yield Phrase("newswhy.too_late", {"when": Moment(case.said_at)})
    elif case.corrects and case.said_yes and case.channels:
        yield Phrase("newswhy.not_reached")
    elif case.said_yes and case.channels and case.stopped_at is None:
        yield Phrase("newswhy.not_among")
    else:
        yield Phrase("newswhy.not_for_her")


def _of_person(case: Case) -> Iterator[Text]:
    """What keeps any issue from her now."""
    if case.said_yes is None:
        yield Phrase("newswhy.never_asked")
    elif not case.said_yes:
        yield Phrase("newswhy.said_no", {"when": _at(case.said_at)})
    if case.stopped_at is not None:
        yield Phrase("newswhy.stopped", {"when": Moment(case.stopped_at)})
    for channel, at in case.blocked.items():
        yield Phrase("newswhy.blocked", {"channel": NAMES.get(channel, channel), "when": Moment(at)})
    if not case.channels:
        yield Phrase("newswhy.no_channel")


def _at(moment: datetime | None, otherwise: datetime | None = None) -> Param:
    known = moment or otherwise
    return "?" if known is None else Moment(known)


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{(moment + timedelta(seconds=30)).astimezone(zone):%H:%M}"


def _hour(clock: time) -> str:
    return f"{clock:%H:%M}"
