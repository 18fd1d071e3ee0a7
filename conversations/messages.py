"""What we can say: phrases, choices, attachments and the messages made of them, without any channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text that is shown as it is: the person's own words, or a text already in her language."""

    text: str


@dataclass(frozen=True, slots=True)
class Localized:
    """A text with its translations, keyed by language code (form labels, content)."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Day:
    """A date, shown as people write it ("25 novembre 2026")."""

    value: date


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (aware), shown in the network's time zone ("25/11/2026, 10:31")."""

    value: datetime


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer cents of euro, shown as people write it ("1.200,50 EUR" with the sign)."""

    cents: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the catalogues: its key and the values of its placeholders.

    An integer parameter named `count` chooses the plural form.
    """

    key: str
    params: Mapping[str, "Param"] = field(default_factory=dict)


Text = Phrase | Verbatim | Localized
Param = str | int | Phrase | Verbatim | Localized | Day | Moment | Money


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the person can choose.

    A `value` that starts with "@" ("@needs:resume:ID") belongs to the named flow and stays valid whatever is on
    the screen later; any other value is valid only while its screen is the current one. `marked` is None for a
    plain choice, True or False for one of many that can be marked.
    """

    value: str
    label: Text
    description: Text | None = None
    marked: bool | None = None


AttachmentKind = Literal["photo", "document", "voice"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message: `source` names who makes its bytes ("export", "file"), `ref` which one."""

    source: str
    ref: str
    kind: AttachmentKind
    name: str
    mime: str


@dataclass(frozen=True, slots=True)
class Template:
    """The approved WhatsApp template (a key of content/templates.toml) that may carry this message outside the
    24-hour window, with the values of its variables in order. A `whole` one says all there is to say: the message
    does not follow it."""

    name: str
    variables: tuple[Text, ...] = ()
    whole: bool = False


Wanted = Literal["choice", "text", "number", "date", "photo", "location", "contact"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as we mean it; each channel lays it out within its own limits.

    `title` is one emphasised line ("Domanda 3 di 12"), `body` the paragraphs, `hint` a closing line.
    `choices` are the numbered options; `ways` are the ways out (back, skip, menu), never numbered.
    `multiple` says that `choices` can be marked and that one of `ways` ends the marking.
    `screen` is the number of the screen, None for a notice that asks nothing.
    """

    body: tuple[Text, ...] = ()
    title: Text | None = None
    hint: Text | None = None
    choices: tuple[Choice, ...] = ()
    ways: tuple[Choice, ...] = ()
    multiple: bool = False
    wanted: Wanted = "choice"
    example: Text | None = None
    attachment: Attachment | None = None
    template: Template | None = None
    screen: int | None = None
    silent: bool = False

    @property
    def waits(self) -> bool:
        """True if it waits for a reader who cannot be reached: what its template announces is told nowhere else."""
        return self.template is not None and not self.template.whole
