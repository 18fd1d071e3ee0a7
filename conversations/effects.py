"""What we decide: the closed list of orders a step can give; storage carries them out in the turn's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from conversations.events import Json, Sent
from conversations.facts import Matter, Purpose, Role
from conversations.faq_orders import FaqOrder
from conversations.forms.walk import AnswerRow, Run
from conversations.messages import Message
from conversations.news.orders import NewsOrder
from conversations.voucher_orders import VoucherOrder

Lane = Literal["reply", "alert", "bulk"]


@dataclass(frozen=True, slots=True)
class Here:
    """The chat the event came from (for a timer: where the person wrote last)."""


@dataclass(frozen=True, slots=True)
class ToPerson:
    """The chat where this person wrote last."""

    person_id: str


@dataclass(frozen=True, slots=True)
class ToRole:
    """Everyone who holds this role now, each once, but never the person of the event."""

    role: Role


@dataclass(frozen=True, slots=True)
class ToTicket:
    """The chat where the person who opened this ticket wrote last."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class ToFollower:
    """The welfare manager who follows this thread; everyone who holds the role where nobody does, or she cannot be
    reached."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class ToAskers:
    """Everyone whose question of this group of the queue is open; each reads her own question first."""

    group_id: str


@dataclass(frozen=True, slots=True)
class ToDeciders:
    """Whoever is to decide this request now: the firm's own manager the call names, or the association's managers.

    At night, at week-ends, on holidays, and after five alerts within an hour, a manager is not written to: the timer
    "voucher_decision:digest" of hers is set instead. A firm's own manager without an open chat is replaced by the
    association's at once. An order that moves the request must come before.
    """

    request_id: str


@dataclass(frozen=True, slots=True)
class ToOwner:
    """The person to whom this request, voucher, claim, charge or payment belongs (for a payment: who is paid)."""

    id: str


@dataclass(frozen=True, slots=True)
class ToProvider:
    """The partner of this charge."""

    redemption_id: str


Reader = Here | ToPerson | ToRole | ToTicket | ToFollower | ToAskers | ToDeciders | ToOwner | ToProvider


@dataclass(frozen=True, slots=True)
class Say:
    """Put a message in the outbox.

    `replaces` asks the channel to edit the tapped message where it can. A plain notice is told as the first
    paragraph of the screen that follows it, unless `apart`: then it stays in the chat as a message of its own.
    """

    message: Message
    to: Reader = field(default_factory=Here)
    lane: Lane = "reply"
    replaces: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Remember the language she chose."""

    language: str


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """Use up the code and give the role; a Conflict if somebody else used it meanwhile."""

    invitation_id: str


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Add a line to the consent record: purpose, answer, text version; time and channel are the turn's."""

    purpose: Purpose
    given: bool
    text_version: str


@dataclass(frozen=True, slots=True)
class IssueLinkCode:
    """Keep this one-time code (30 minutes) that joins a second channel to this person."""

    code: str


@dataclass(frozen=True, slots=True)
class JoinPerson:
    """Give the event's address to the person who issued the code; the guest it belonged to disappears."""

    link_code_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class StartRun:
    """Open the person's questionnaire in this wave, pinned to the form version; `run_id` is one of the fresh
    codes."""

    run_id: str
    wave_id: str
    form_version: str
    run: Run


@dataclass(frozen=True, slots=True)
class SaveRun:
    """Keep where the questionnaire is and every answer given so far."""

    run_id: str
    run: Run


@dataclass(frozen=True, slots=True)
class FinishRun:
    """Close the questionnaire and keep its record."""

    run_id: str
    run: Run
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class DiscardRun:
    """Delete the questionnaire and all its answers."""

    run_id: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Set the timer `kind`/`subject` of this person to `at` (aware UTC), replacing an earlier one."""

    kind: str
    subject: str
    at: datetime
    payload: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove the timer `kind`/`subject` of this person, if there is one."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class StopMessages:
    """From now on nothing is sent to this person that is not an answer to her."""


@dataclass(frozen=True, slots=True)
class ResumeMessages:
    """Take the stop back; consents stay as they were."""


@dataclass(frozen=True, slots=True)
class MarkReachable:
    """Note that the event's address blocked us (False) or let us in again (True)."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Begin a private thread with the welfare manager: its first message, with the file that came with it.

    `ticket_id` is one of the fresh codes; `topic` the answer it began from; `due` when ours is due (aware).
    """

    ticket_id: str
    text: str
    file: Sent | None = None
    matter: Matter = "worker"
    topic: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class WriteTicket:
    """One more message of a thread, which is open again. `note_id` is one of the fresh codes.

    `after` is the number of messages a colleague has read when she answers: a Conflict if there are more by now. It
    is None for the person who asks, and `due` is when our answer is due then (aware).
    """

    ticket_id: str
    note_id: str
    text: str
    file: Sent | None = None
    after: int | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """The thread is followed by the person of this turn, whoever followed it before."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class CloseTicket:
    """Nothing more is expected in this thread; a message of the person who asks opens it again."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class ReopenTicket:
    """The thread is open once more."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class NameAsker:
    """Whoever follows the thread may call the person who asks by this name, which she gave herself."""

    ticket_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Delete everything that names or describes her; what the accounts must keep stays without her name."""


Effect = (
    Say
    | SetLanguage
    | AcceptInvitation
    | RecordConsent
    | IssueLinkCode
    | JoinPerson
    | StartRun
    | SaveRun
    | FinishRun
    | DiscardRun
    | Remind
    | Forget
    | StopMessages
    | ResumeMessages
    | MarkReachable
    | OpenTicket
    | WriteTicket
    | TakeTicket
    | CloseTicket
    | ReopenTicket
    | NameAsker
    | ErasePerson
    | VoucherOrder
    | FaqOrder
    | NewsOrder
)
