"""A thread as both sides read it: its messages in order, its files under its number, its lasting buttons."""

import re
from typing import Final

from conversations.effects import Say
from conversations.events import Sent
from conversations.facts import Facts, Note, Ticket
from conversations.faq.danger import danger_in
from conversations.flow import choice, p
from conversations.folding import clean
from conversations.graphemes import border_at_most
from conversations.messages import Attachment, AttachmentKind, Choice, Message, Moment, Template, Text, Verbatim

NAME: Final = "handoff"
WORKING_DAYS: Final = 2
"""Within how many working days an answer is promised."""
SHOWN: Final = 4
"""Messages of a thread on one screen, the last ones."""
LONGEST_SHOWN: Final = 900
"""Characters of an earlier message that are shown; the last one is shown whole."""

_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_USUAL: Final = {"photo": "jpg", "voice": "ogg", "audio": "mp3"}
_KINDS: Final[dict[str, AttachmentKind]] = {"photo": "photo", "voice": "voice"}


def ticket_of(ticket_id: str, facts: Facts) -> Ticket | None:
    """The thread, if this person may see it."""
    return next((ticket for ticket in facts.tickets if ticket.id == ticket_id), None)


def name_of(ticket: Ticket) -> Text:
    """What the person who asks is called: her own word for it, or nothing that tells who she is."""
    return Verbatim(ticket.name) if ticket.name else p(f"handoff.somebody_{ticket.matter}")


def messages(ticket: Ticket) -> tuple[Text, ...]:
    """The last messages, each after who wrote it and when; what speaks of danger is marked for who answers."""
    told: list[Text] = []
    left_out = len(ticket.notes) - SHOWN
    if left_out > 0:
        told.append(p("handoff.earlier", count=left_out))
    shown = ticket.notes[-SHOWN:]
    for note in shown:
        told.append(_head(note, ticket))
        told.append(_text(note, whole=note is shown[-1]))
        if note.file is not None:
            told.append(p(f"handoff.with_{note.file.kind}"))
    return tuple(told)


def speaks_of_danger(ticket: Ticket) -> bool:
    """True if a message of the person may tell of violence or danger."""
    return any(not note.ours and danger_in(note.text) for note in ticket.notes)


def files(ticket: Ticket, ours: bool | None = None) -> tuple[Say, ...]:
    """The files of the last messages, each as a message of its own; of one side only where `ours` is said."""
    return tuple(
        file_message(ticket, note.id, note.file)
        for note in ticket.notes[-SHOWN:]
        if note.file is not None and ours in (None, note.ours)
    )


def file_message(ticket: Ticket, note_id: str, file: Sent) -> Say:
    """The file under the thread's number: its own name may hold the name of a person."""
    return Say(
        Message(
            body=(p("handoff.file_of", number=ticket.number),), attachment=attachment(ticket.number, note_id, file)
        ),
        apart=True,
    )


def attachment(number: str, note_id: str, file: Sent) -> Attachment:
    """The file of a message as another reader gets it."""
    ending = _ENDING.search(file.name)
    name = f"{number}.{ending[1] if ending else _USUAL.get(file.kind, 'bin')}"
    return Attachment("ticket", note_id, _KINDS.get(file.kind, "document"), name, file.mime)


def to_asker(ticket_id: str, number: str, body: tuple[Text, ...], file: Attachment | None = None) -> Message:
    """What the person who asks receives: our words and the roads on from them. The template says only that it is
    there."""
    return Message(
        title=p("handoff.answer_title", number=number),
        body=body,
        ways=(more(ticket_id), choice(f"@handoff:enough:{ticket_id}", "handoff.enough")),
        attachment=file,
        template=Template("ticket_answer", (Verbatim(number),)),
    )


def more(ticket_id: str) -> Choice:
    """The button that goes on writing in a thread."""
    return choice(f"@handoff:more:{ticket_id}", "handoff.ask_more")


def one_line(text: str, most: int) -> str:
    """The beginning of a text on one line."""
    short = clean(text)
    return short if len(short) <= most else short[: border_at_most(short, most - 1)].rstrip() + "…"


def _head(note: Note, ticket: Ticket) -> Text:
    if note.ours:
        return p("handoff.wrote_us", when=Moment(note.at))
    asker = Verbatim(ticket.name) if ticket.name else p("handoff.asker")
    return p("handoff.wrote", who=p("handoff.you") if ticket.mine else asker, when=Moment(note.at))


def _text(note: Note, whole: bool) -> Text:
    if not note.text:
        return p("handoff.no_text")
    if whole or len(note.text) <= LONGEST_SHOWN:
        return Verbatim(note.text)
    return Verbatim(note.text[: border_at_most(note.text, LONGEST_SHOWN)].rstrip() + "…")
