"""What the engine may know of the newsletter: issues, items, suggestions, wishes of a reader, progress."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from conversations.messages import Localized

IssueState = Literal[
    "draft", "legal", "approved", "scheduled", "sending", "paused", "sent", "cancelled", "withdrawn"
]
"""draft: being written; legal: waits for the welfare manager; approved: by a coordinator; scheduled: has a moment;
sending, paused; sent; cancelled: stopped before everybody had it; withdrawn: never to be shown again."""

IssueKind = Literal["monthly", "urgent", "erratum"]
Action = Literal["read", "interested", "ask", "none"]
"""What a reader can do with an item: open its link, say that it interests her, ask about it."""

Topic = Literal["leave", "disability", "childcare", "money", "hours", "self_employed", "services", "network"]
TOPICS: tuple[Topic, ...] = (
    "leave",
    "disability",
    "childcare",
    "money",
    "hours",
    "self_employed",
    "services",
    "network",
)

Outcome = Literal[
    "todo", "sending", "opened", "sent", "delivered", "read", "failed", "doubtful", "skipped", "cancelled", "expired"
]
"""Of one person: waits; in hand; the opener went out and waits for her tap; accepted by the provider; delivered; read
(her own tap or the channel's tick); failed; nobody knows (parked); opted out or unreachable before her turn;
cancelled with the issue; the tap never came within seven days."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news of an issue, in every language it has ("it" always).

    `normative` items speak of the law and need the welfare manager's signature: `signed_by` is the id of who signed,
    empty before; `as_of` ("aggiornato al") and `expires` (last day it is true) are required of them. `common` items
    are shown to everybody whatever her topics.
    """

    id: str
    title: Mapping[str, str]
    sentence: Mapping[str, str]
    source: str = ""
    link: str = ""
    action: Action = "none"
    topic: Topic | None = None
    common: bool = False
    normative: bool = False
    as_of: date | None = None
    expires: date | None = None
    signed_by: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an issue is: how many people with each outcome, on each channel; `pace` is letters a second now, and
    `interested` how many people showed interest in an item, by its id, where they are enough to be told."""

    counts: Mapping[str, Mapping[Outcome, int]] = field(default_factory=dict)
    enqueued: bool = False
    pace: float = 0.0
    held_until: datetime | None = None
    stopped_why: str = ""
    interested: Mapping[str, int] = field(default_factory=dict)

    def of(self, *outcomes: Outcome) -> int:
        """How many people, on all channels, have one of these outcomes."""
        return sum(by.get(one, 0) for by in self.counts.values() for one in outcomes)

    @property
    def total(self) -> int:
        """Everybody it was meant for."""
        return sum(sum(by.values()) for by in self.counts.values())


@dataclass(frozen=True, slots=True)
class Issue:
    """A number of the newsletter. `revision` grows with each change of what people read; an approval names the
    revision it is for, and any later one needs a new approval."""

    id: str
    number: str
    kind: IssueKind
    title: Mapping[str, str]
    state: IssueState
    revision: int
    items: tuple[Item, ...] = ()
    corrects: str = ""
    created_by: str = ""
    approved_by: str = ""
    approved_revision: int = 0
    scheduled_at: datetime | None = None
    standing: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    rate: float = 0.0
    at_most_once: bool = False
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something a feed brought, for a person to look at: nothing of it goes out by itself."""

    id: str
    feed: str
    title: str
    summary: str
    link: str
    published: datetime | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file an editor sent: how many items it gave, and what is wrong in it, line by line."""

    name: str
    added: int
    problems: tuple[tuple[int, str, str], ...] = ()
    """Line, key of the phrase that explains it, and the words in question."""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a reader wants the newsletter: her topics (none: everything), the channel ("" where she writes), and the
    hour ("" the issue's own, else "09:00" to "18:30")."""

    topics: tuple[Topic, ...] = ()
    channel: str = ""
    hour: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """The people an issue would go to now on one channel, before anything is sent.

    `open_window` may be written to freely; `templates` counts those who need the opener, by language; on channels
    without a window everybody is in `open_window`.
    """

    channel: str
    open_window: int
    templates: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """All of them."""
        return self.open_window + sum(self.templates.values())


@dataclass(frozen=True, slots=True)
class Price:
    """What a message costs on a channel, in millionths of a euro (content/newsletter/prices.toml); `as_of` says when
    it was looked up, `source` where, and whether anybody has verified it."""

    channel: str
    opener: int
    message: int
    as_of: date
    source: Localized


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the planner needs: the audience by channel, rates, the daily limit and what of it is used, and prices."""

    audience: tuple[Audience, ...]
    rates: Mapping[str, float]
    daily_limit: int
    used_today: int
    prices: tuple[Price, ...] = ()
    missing_templates: tuple[str, ...] = ()
    """Languages in which the opener does not exist or was rejected."""


@dataclass(frozen=True, slots=True)
class NewsFacts:
    """What of the newsletter a step may need, gathered only where conversations/steps/newsroom/wanted.py says so.

    For a reader: `archive` (sent issues without expired items, newest first), `wishes`, `to_read` (the issue that
    waits for her tap, or the one in hand, which she may have read: `unread` says which). For the newsroom: `issues`
    (all that are alive and the last sent), `inbox`, `subscribers` (how many opted in; by topic only counts of five or
    more), `report` of the last file. For the issue in hand: `prospect`, and its `progress` inside it.
    """

    issues: tuple[Issue, ...] = ()
    archive: tuple[Issue, ...] = ()
    to_read: Issue | None = None
    unread: bool = True
    wishes: Wishes = Wishes()
    inbox: tuple[Suggestion, ...] = ()
    subscribers: int = 0
    by_topic: Mapping[Topic, int] = field(default_factory=dict)
    prospect: Prospect | None = None
    report: FileReport | None = None
    rule: str = ""
    """The standing rule of the monthly slot, such as "2 tue 12:30"; empty where there is none."""
    next_slot: datetime | None = None


NO_NEWS = NewsFacts()
