"""What the engine may know of the world when it takes one event: values only, gathered before the step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from conversations.events import Sent
from conversations.faq_views import NO_DESK, Desk, Knowledge
from conversations.forms.form import Form
from conversations.forms.walk import Run
from conversations.news.views import NO_NEWS, NewsFacts
from conversations.phrases import Catalog
from conversations.voucher_views import NO_VOUCHERS, VoucherFacts

Role = Literal[
    "worker", "referent", "welfare_manager", "coordinator", "partner", "accountant", "editor", "auditor"
]
Contract = Literal["employee", "collaborator", "owner", ""]
Purpose = Literal["service", "questionnaire", "questionnaire_art9", "newsletter", "offers", "reminders"]
Look = Literal["telegram", "whatsapp", "terminal"]


@dataclass(frozen=True, slots=True)
class Membership:
    """A role a person holds, in an enterprise or (enterprise_id empty) in the association."""

    role: Role
    enterprise_id: str
    enterprise: str
    contract: Contract = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person last said of one purpose, to which version of the text, when and where."""

    given: bool
    text_version: str
    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Reach:
    """One of a person's addresses as she may see it: the channel and a masked value ("***0134")."""

    channel: str
    masked: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the flows may see her; a guest has no membership."""

    id: str
    language: str
    memberships: tuple[Membership, ...] = ()
    consents: Mapping[Purpose, Consent] = field(default_factory=dict)
    reaches: tuple[Reach, ...] = ()
    stopped: bool = False

    @property
    def member(self) -> bool:
        """True once an invitation was accepted."""
        return bool(self.memberships)

    def holds(self, role: Role) -> bool:
        """True if she holds the role now, anywhere."""
        return any(m.role == role for m in self.memberships)

    def agrees(self, purpose: Purpose) -> bool:
        """True if her last word on this purpose was yes."""
        consent = self.consents.get(purpose)
        return consent is not None and consent.given


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is known of an invitation code found in the event, or kept by the place of a person who is joining."""

    code: str
    status: Literal["open", "used", "mine", "expired", "revoked", "unknown"]
    id: str = ""
    enterprise_id: str = ""
    enterprise: str = ""
    role: Role = "worker"
    contract: Contract = ""


@dataclass(frozen=True, slots=True)
class LinkCode:
    """What is known of a code that joins a second channel, found in the event."""

    status: Literal["open", "used", "expired", "mine"]
    id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Wave:
    """The period in which a questionnaire is open."""

    id: str
    form: str
    form_version: str
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class NeedsRun:
    """A person's questionnaire in the wave: begun, perhaps finished."""

    id: str
    wave_id: str
    form_version: str
    finished: bool
    run: Run
    updated_at: datetime


Matter = Literal["worker", "enterprise"]


@dataclass(frozen=True, slots=True)
class Note:
    """A message of a thread: from the association (`ours`) or from the person who asks, with the file that came
    with it."""

    id: str
    ours: bool
    text: str
    at: datetime
    file: Sent | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A private thread with the welfare manager, as its reader may see it.

    `mark` counts its messages; `notes` are there only for the thread in hand. `mine` is true for who asked; `taken`
    says which colleague follows it; `name` is empty until the person gives one. `due` is when an answer is due.
    """

    id: str
    number: str
    at: datetime
    open: bool
    mine: bool
    matter: Matter = "worker"
    topic: str = ""
    waiting: Literal["us", "them"] = "us"
    due: datetime | None = None
    taken: Literal["", "me", "other"] = ""
    name: str = ""
    mark: int = 1
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """What the association configured: whom to call, and which precautions are on."""

    name: str
    phone: str
    hours: str
    controller: str
    privacy_contact: str
    sensitive_on_whatsapp: bool
    telegram_bot: str = ""
    whatsapp_number: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text of content/consent/ with its version, in every language ("notice", "questionnaire", ...)."""

    version: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one step may know.

    `now` is aware UTC. `fresh` holds unguessable ids made for this turn (22 URL-safe characters each). `form` is
    the compiled form of `run` if there is one, else of `wave`. `tickets` are the open ones for a welfare manager,
    her own for anybody else. `vouchers` is gathered only where conversations/voucher_wanted.py says so, `faq` and
    `desk` where conversations/faq_wanted.py does, `news` where conversations/steps/newsroom/wanted.py does.
    """

    now: datetime
    zone: ZoneInfo
    person: Person
    channel: str
    look: Look
    catalog: Catalog
    house: House
    fresh: tuple[str, ...]
    invitation: Invitation | None = None
    link_code: LinkCode | None = None
    wave: Wave | None = None
    run: NeedsRun | None = None
    form: Form | None = None
    tickets: tuple[Ticket, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    vouchers: VoucherFacts = NO_VOUCHERS
    faq: Knowledge | None = None
    desk: Desk = NO_DESK
    news: NewsFacts = NO_NEWS

    @property
    def language(self) -> str:
        """The language to speak now."""
        return self.person.language
