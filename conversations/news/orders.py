"""What is decided about the newsletter; storage carries it out in the turn's transaction."""

from dataclasses import dataclass
from datetime import datetime

from conversations.events import Sent
from conversations.news.views import IssueKind, Item, Wishes


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """Begin an issue in draft. `corrects` names the sent one an erratum is for."""

    issue_id: str
    number: str
    kind: IssueKind
    title_it: str
    title_en: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class RenameIssue:
    """Change the title. Like every change of what people read: the next revision, back to draft, approval void.

    All such orders carry `revision`, the one that was read: a Conflict where somebody changed it meanwhile.
    """

    issue_id: str
    revision: int
    title_it: str
    title_en: str


@dataclass(frozen=True, slots=True)
class PutItem:
    """Add this item at the end, or replace the one with its id; a changed item loses its signature."""

    issue_id: str
    revision: int
    item: Item


@dataclass(frozen=True, slots=True)
class MoveItem:
    """The item is now at this place (0 the first)."""

    issue_id: str
    revision: int
    item_id: str
    to: int


@dataclass(frozen=True, slots=True)
class DropItem:
    """The item is gone."""

    issue_id: str
    revision: int
    item_id: str


@dataclass(frozen=True, slots=True)
class ReadNewsFile:
    """Fetch this Markdown or Word file, and add its items to the issue; the timer newsroom:file tells the result."""

    issue_id: str
    file: Sent


@dataclass(frozen=True, slots=True)
class SignItem:
    """The welfare manager answers for this item as it stands."""

    issue_id: str
    revision: int
    item_id: str


@dataclass(frozen=True, slots=True)
class HandToLegal:
    """The draft is complete and waits for the signatures (draft -> legal)."""

    issue_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class ApproveIssue:
    """The coordinator approves this revision. Refused where a normative item is unsigned or the checks fail."""

    issue_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class BackToDraft:
    """The issue is written on once more: approval and schedule are void."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class ScheduleIssue:
    """Send the approved issue at this moment (aware), or at the next standing slot."""

    issue_id: str
    revision: int
    at: datetime
    standing: bool = False
    at_most_once: bool = False


@dataclass(frozen=True, slots=True)
class PauseIssue:
    """Nothing more of it leaves until it is resumed; what is in hand is finished."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class ResumeIssue:
    """Go on: with those who wait; `failed` also once more with those who failed, `doubtful` with those nobody knows
    of."""

    issue_id: str
    failed: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class SetRate:
    """At most this many letters a second on each channel; 0 the channel's own rate."""

    issue_id: str
    rate: float


@dataclass(frozen=True, slots=True)
class CancelIssue:
    """Whoever has not been sent it will not be; a scheduled one is never begun."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class WithdrawIssue:
    """A sent issue is shown to nobody any more (archive, pending taps)."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class MarkRead:
    """The reader of this turn opened the issue (a tap of hers)."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class PostponeRead:
    """She wants the issue later: the digest waits for her, and is offered again at this moment."""

    issue_id: str


@dataclass(frozen=True, slots=True)
class ShowInterest:
    """Count an explicit sign of interest in an item; nobody's name is kept with it."""

    issue_id: str
    item_id: str


@dataclass(frozen=True, slots=True)
class SetWishes:
    """How the person of this turn wants the newsletter from now on."""

    wishes: Wishes


@dataclass(frozen=True, slots=True)
class DropSuggestion:
    """Nobody wants this suggestion."""

    suggestion_id: str


@dataclass(frozen=True, slots=True)
class UseSuggestion:
    """The suggestion became an item of this issue (a PutItem comes with it)."""

    suggestion_id: str
    issue_id: str


NewsOrder = (
    OpenIssue
    | RenameIssue
    | PutItem
    | MoveItem
    | DropItem
    | ReadNewsFile
    | SignItem
    | HandToLegal
    | ApproveIssue
    | BackToDraft
    | ScheduleIssue
    | PauseIssue
    | ResumeIssue
    | SetRate
    | CancelIssue
    | WithdrawIssue
    | MarkRead
    | PostponeRead
    | ShowInterest
    | SetWishes
    | DropSuggestion
    | UseSuggestion
)
