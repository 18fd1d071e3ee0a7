"""The reader's side of a ticket, for a welfare manager: the list, one ticket without names, the answer."""

import re

from conversations.effects import AnswerTicket, Say, ToTicket
from conversations.events import Sent
from conversations.facts import Facts, Ticket
from conversations.flow import BACK, STAY, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.folding import tidy
from conversations.handoff_asking import NAME, ticket_of
from conversations.handoff_draft import LONGEST
from conversations.messages import Attachment, AttachmentKind, Choice, Message, Moment, Template, Text, Verbatim
from conversations.phrases import duration
from conversations.rules.danger import danger_in
from conversations.rules.tickets import ticket_number
from conversations.state import Place

MOST_ROWS = 9
"""Tickets on one screen; with "more" they are the ten rows of a WhatsApp list."""
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_USUAL = {"photo": "jpg", "voice": "ogg", "audio": "mp3"}
_KINDS: dict[str, AttachmentKind] = {"photo": "photo", "voice": "voice"}


def listing(facts: Facts, page: int = 0, without: str = "") -> Outcome:
    """The open tickets, the oldest first, each with its age; a notice where there is none."""
    waiting = sorted((t for t in facts.tickets if t.open and t.id != without), key=lambda t: t.at)
    if not waiting:
        return done(say("handoff.none_open"))
    start = page * MOST_ROWS if 0 <= page * MOST_ROWS < len(waiting) else 0
    shown = waiting[start : start + MOST_ROWS]
    rows = tuple(_row(ticket, facts) for ticket in shown)
    more = (choice("more", "handoff.more"),) if len(waiting) > MOST_ROWS else ()
    screen = Message(
        title=p("handoff.list_title"),
        body=(p("handoff.list", count=len(waiting)),),
        choices=(*rows, *more),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "list", {"page": start // MOST_ROWS}), screen)


def opened(ticket_id: str, facts: Facts) -> Outcome:
    """One ticket is on the screen, its file before it; a notice where it was answered already."""
    outcome = reading(ticket_id, facts)
    ticket = ticket_of(ticket_id, facts)
    if outcome.screen is None or ticket is None or ticket.file is None:
        return outcome
    return first(outcome, _file(ticket, ticket.file))


def reading(ticket_id: str, facts: Facts) -> Outcome:
    """One ticket as its reader may see it: what was asked and when, never by whom."""
    ticket = ticket_of(ticket_id, facts)
    if ticket is None or not ticket.open:
        return Outcome(STAY, effects=(say("handoff.already_answered", number=ticket_number(ticket_id)),))
    body: list[Text] = [p("handoff.written_at", when=Moment(ticket.at))]
    if ticket.about:
        body.append(p("handoff.follows", number=ticket_number(ticket.about)))
    if danger_in(ticket.text):
        body.append(p("handoff.read_danger"))
    body.append(Verbatim(ticket.text) if ticket.text else p("handoff.no_text"))
    if ticket.mine:
        body.append(p("handoff.own"))
    choices = (
        *(() if ticket.mine else (choice("reply", "handoff.reply"),)),
        *((choice("file", "handoff.file"),) if ticket.file is not None else ()),
        choice("list", "handoff.open_list"),
    )
    title = p("handoff.ticket_title", number=ticket_number(ticket.id))
    screen = Message(title=title, body=tuple(body), choices=choices, ways=(BACK,))
    return Outcome(Place(NAME, "read", {"id": ticket.id}), screen)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from the list, a ticket, or an answer being written."""
    ticket_id = str(place.data.get("id") or "")
    ticket = ticket_of(ticket_id, facts)
    if place.step != "list" and (ticket is None or not ticket.open):
        return first(listing(facts), say("handoff.already_answered", number=ticket_number(ticket_id)))
    match place.step, heard:
        case "list", Picked("more"):
            page = place.data.get("page")
            return listing(facts, page + 1 if isinstance(page, int) else 0)
        case "read", Picked("reply") if ticket is not None and not ticket.mine:
            return _writing(ticket_id)
        case "read", Picked("file") if ticket is not None and ticket.file is not None:
            return opened(ticket_id, facts)
        case "read", Picked("list"):
            return listing(facts)
        case "reply", Typed(text):
            return _answer(ticket_id, "", text)
        case "preview", Typed(text):
            return _answer(ticket_id, str(place.data.get("text") or ""), text)
        case "preview", Picked("rewrite"):
            return _writing(ticket_id)
        case "preview", Picked("send"):
            return _send(ticket_id, str(place.data.get("text") or ""), facts)
        case "reply", _:
            return Miss(p("handoff.answer_in_words"))
        case _:
            return Miss()


def show(place: Place, facts: Facts) -> Outcome:
    """The screen of the place once more, or the list where the ticket is no longer open."""
    ticket_id = str(place.data.get("id") or "")
    ticket = ticket_of(ticket_id, facts)
    page = place.data.get("page")
    if place.step == "list":
        return listing(facts, page if isinstance(page, int) else 0)
    if ticket is None or not ticket.open:
        return first(listing(facts), say("handoff.already_answered", number=ticket_number(ticket_id)))
    match place.step:
        case "reply":
            return _writing(ticket_id)
        case "preview":
            return _preview(ticket_id, str(place.data.get("text") or ""))
        case _:
            return reading(ticket_id, facts)


def back(place: Place, facts: Facts) -> Outcome:
    """From the answer to the ticket, from the ticket to the list, from the list to where the person was."""
    match place.step:
        case "reply" | "preview":
            return show(Place(NAME, "read", place.data), facts)
        case "read":
            return listing(facts)
        case _:
            return done()


def _row(ticket: Ticket, facts: Facts) -> Choice:
    age = duration(facts.now - ticket.at, facts.language)
    return choice(f"@handoff:read:{ticket.id}", "handoff.row", number=ticket_number(ticket.id), age=age)


def _writing(ticket_id: str) -> Outcome:
    screen = Message(
        title=p("handoff.ticket_title", number=ticket_number(ticket_id)),
        body=(p("handoff.write_answer"),),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(Place(NAME, "reply", {"id": ticket_id}), screen)


def _answer(ticket_id: str, before: str, text: str) -> Outcome | Miss:
    answer = "\n".join(filter(None, (before, tidy(text))))
    if not answer:
        return Miss(p("handoff.answer_in_words"))
    if len(answer) > LONGEST:
        return Miss(p("handoff.too_long", limit=LONGEST))
    return _preview(ticket_id, answer)


def _preview(ticket_id: str, answer: str) -> Outcome:
    screen = Message(
        title=p("handoff.ticket_title", number=ticket_number(ticket_id)),
        body=(p("handoff.answer_preview"), Verbatim(answer), p("handoff.answer_confirm")),
        choices=(choice("send", "handoff.send"), choice("rewrite", "handoff.rewrite")),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "preview", {"id": ticket_id, "text": answer}), screen)


def _send(ticket_id: str, answer: str, facts: Facts) -> Outcome:
    effects = (
        AnswerTicket(ticket_id, answer),
        Say(answer_message(ticket_id, answer), ToTicket(ticket_id)),
        say("handoff.answered", number=ticket_number(ticket_id)),
    )
    if not any(ticket.open and ticket.id != ticket_id for ticket in facts.tickets):
        return done(*effects)
    return first(listing(facts, without=ticket_id), *effects)


def answer_message(ticket_id: str, answer: str) -> Message:
    """What the asker reads: the answer and two roads on from it. The template says only that it is there."""
    number = ticket_number(ticket_id)
    return Message(
        title=p("handoff.answer_title", number=number),
        body=(Verbatim(answer), p("handoff.answer_end")),
        ways=(
            choice(f"@handoff:more:{ticket_id}", "handoff.ask_more"),
            choice(f"@handoff:enough:{ticket_id}", "handoff.enough"),
        ),
        template=Template("ticket_answer", (Verbatim(number),)),
    )


def answered_again(ticket: Ticket) -> Say:
    """The answer once more, for the asker."""
    return Say(answer_message(ticket.id, ticket.answer))


def _file(ticket: Ticket, file: Sent) -> Say:
    """The file under the ticket's number: its own name may hold the name of a person."""
    ending = _ENDING.search(file.name)
    name = f"{ticket_number(ticket.id)}.{ending[1] if ending else _USUAL.get(file.kind, 'bin')}"
    attachment = Attachment("ticket", ticket.id, _KINDS.get(file.kind, "document"), name, file.mime)
    caption = (p("handoff.file_of", number=ticket_number(ticket.id)),)
    return Say(Message(body=caption, attachment=attachment), apart=True)
