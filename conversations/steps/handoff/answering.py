"""The reader's side of a thread, for a welfare manager: one thread without names, the answer, who follows it."""

from dataclasses import replace
from typing import Final

from conversations.effects import CloseTicket, Effect, ReopenTicket, Say, TakeTicket, ToTicket, WriteTicket
from conversations.events import Json, Sent
from conversations.facts import Facts, Ticket
from conversations.flow import BACK, STAY, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.folding import tidy
from conversations.messages import Localized, Message, Moment, Text, Verbatim
from conversations.rules.tickets import ticket_number
from conversations.state import Place
from conversations.steps.handoff.asking import refused_file
from conversations.steps.handoff.canned import canned, canned_text, suggested
from conversations.steps.handoff.draft import LONGEST, Draft, draft_of
from conversations.steps.handoff.lists import closed_list, listing, matter_in, page_in
from conversations.steps.handoff.thread import (
    NAME,
    attachment,
    files,
    messages,
    name_of,
    speaks_of_danger,
    ticket_of,
    to_asker,
)
from conversations.steps.handoff.timers import resting

_WRITING: Final = frozenset({"reply", "preview", "canned"})


def opened(ticket_id: str, facts: Facts) -> Outcome:
    """One thread is on the screen, its files before it; a notice where nobody can find it any more."""
    outcome = reading(ticket_id, facts)
    ticket = ticket_of(ticket_id, facts)
    return outcome if outcome.screen is None or ticket is None else first(outcome, *files(ticket, ours=False))


def reading(ticket_id: str, facts: Facts) -> Outcome:
    """One thread as its reader may see it: what was said and when; by whom only if the person agreed."""
    ticket = ticket_of(ticket_id, facts)
    if ticket is None:
        return Outcome(STAY, effects=(say("handoff.not_found", number=ticket_number(ticket_id)),))
    body: list[Text] = [p(f"handoff.from_{ticket.matter}", who=name_of(ticket))]
    if ticket.due is not None and ticket.open:
        body.append(p("handoff.due", when=Moment(ticket.due)))
    if ticket.taken:
        body.append(p(f"handoff.taken_{ticket.taken}"))
    if not ticket.open:
        body.append(p("handoff.is_closed"))
    topic = facts.faq.topics.get(ticket.topic) if facts.faq is not None else None
    if topic is not None:
        body.append(p("handoff.on_topic", title=Localized(topic.title)))
    if speaks_of_danger(ticket):
        body.append(p("handoff.read_danger"))
    body += messages(ticket)
    if ticket.mine:
        body.append(p("handoff.own"))
    follows = ticket.open and ticket.taken != "other" and not ticket.mine
    choices = (
        *((choice("reply", "handoff.reply"),) if follows else ()),
        *((choice("take", "handoff.take"),) if ticket.open and not ticket.mine and ticket.taken != "me" else ()),
        *((choice("file", "handoff.file"),) if any(note.file for note in ticket.notes) else ()),
        *((choice("ask_name", "handoff.ask_name"),) if follows and not ticket.name else ()),
        *((choice("close", "handoff.close"),) if follows else ()),
        *((choice("reopen", "handoff.reopen"),) if not ticket.open and not ticket.mine else ()),
        choice("list", "handoff.open_list"),
    )
    screen = Message(
        title=p("handoff.ticket_title", number=ticket.number), body=tuple(body), choices=choices, ways=(BACK,)
    )
    return Outcome(Place(NAME, "read", {"id": ticket.id}), screen)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from a list, a thread, or an answer being written."""
    if place.step in {"list", "closed"}:
        return _from_list(place, heard, facts)
    draft = draft_of(place.data)
    ticket = ticket_of(draft.about, facts)
    if ticket is None:
        return first(listing(facts), say("handoff.not_found", number=ticket_number(draft.about)))
    if place.step in _WRITING and ticket.mark != place.data.get("mark"):
        return first(opened(ticket.id, facts), say("handoff.moved", number=ticket.number))
    match place.step, heard:
        case "read", Picked(value):
            return _in_thread(value, ticket, facts)
        case _, Picked("canned"):
            return canned(ticket, draft, facts)
        case "canned", Typed(text):
            return canned(ticket, draft, facts, text)
        case "reply" | "preview" | "canned", Picked(value) if value.startswith("t:"):
            text = canned_text(value.removeprefix("t:"), ticket, facts)
            return _preview(ticket, draft.with_text(text)) if text else Miss()
        case "reply" | "preview", Typed(text):
            return _longer(ticket, draft.with_text(tidy(text)))
        case "reply" | "preview" | "canned", Sent():
            return _with_file(ticket, draft, heard)
        case "preview", Picked("rewrite"):
            return writing(ticket, facts)
        case "preview", Picked("send") if not draft.empty:
            return _send(ticket, draft, facts)
        case "reply" | "canned", _:
            return Miss(p("handoff.answer_in_words"))
        case _:
            return Miss()


def show(place: Place, facts: Facts) -> Outcome:
    """The screen of the place once more, or the list where the thread is gone."""
    draft = draft_of(place.data)
    ticket = ticket_of(draft.about, facts)
    match place.step:
        case "list":
            return listing(facts, page_in(place), matter_in(place))
        case "closed":
            return closed_list(facts)
        case _ if ticket is None:
            return first(listing(facts), say("handoff.not_found", number=ticket_number(draft.about)))
        case "reply" if ticket.mark == place.data.get("mark"):
            return writing(ticket, facts)
        case "canned" if ticket.mark == place.data.get("mark"):
            return canned(ticket, draft, facts)
        case "preview" if ticket.mark == place.data.get("mark"):
            return _preview(ticket, draft)
        case _:
            return reading(ticket.id, facts)


def back(place: Place, facts: Facts) -> Outcome:
    """From the ready answers to the answer, from there to the thread, to the list, to where the person was."""
    match place.step:
        case "canned":
            return show(Place(NAME, "reply", place.data), facts)
        case "reply" | "preview":
            return show(Place(NAME, "read", place.data), facts)
        case "read" | "closed":
            return listing(facts)
        case _:
            return done()


def writing(ticket: Ticket, facts: Facts) -> Outcome:
    """The colleague is asked for her answer, with the ready one it began from, and the way to others."""
    screen = Message(
        title=p("handoff.ticket_title", number=ticket.number),
        body=(p("handoff.write_answer"),),
        choices=(*suggested(ticket, facts), choice("canned", "handoff.canned")),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(Place(NAME, "reply", Draft(about=ticket.id).to_data(mark=ticket.mark)), screen)


def _from_list(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    match heard:
        case Picked("more"):
            return listing(facts, page_in(place) + 1, matter_in(place))
        case Picked("worker" | "enterprise" as matter):
            return listing(facts, 0, matter)
        case Picked("closed"):
            return closed_list(facts)
        case _:
            return Miss()


def _in_thread(value: str, ticket: Ticket, facts: Facts) -> Outcome | Miss:
    follows = ticket.open and ticket.taken != "other" and not ticket.mine
    match value:
        case "reply" if follows:
            return writing(ticket, facts)
        case "take" if not ticket.mine:
            return _acted(ticket, facts, TakeTicket(ticket.id), "handoff.you_follow", taken="me")
        case "file":
            return opened(ticket.id, facts)
        case "ask_name" if follows and not ticket.name:
            body: tuple[Text, ...] = (p("handoff.name_please"),)
            asked = replace(
                to_asker(ticket.id, ticket.number, body),
                ways=(
                    choice(f"@handoff:name:{ticket.id}", "handoff.tell_name"),
                    choice(f"@handoff:noname:{ticket.id}", "handoff.keep_name"),
                ),
            )
            return first(reading(ticket.id, facts), Say(asked, ToTicket(ticket.id)), say("handoff.name_asked"))
        case "close" if follows:
            closing = Message(
                body=(p("handoff.closed_by_us", number=ticket.number),),
                ways=(choice(f"@handoff:more:{ticket.id}", "handoff.ask_more"),),
            )
            told = Say(closing, ToTicket(ticket.id))
            return first(listing(_without(ticket, facts)), CloseTicket(ticket.id), told, say("handoff.closed"))
        case "reopen" if not ticket.mine:
            return _acted(ticket, facts, ReopenTicket(ticket.id), "handoff.reopened", open=True)
        case "list":
            return listing(facts)
        case _:
            return Miss()


def _acted(ticket: Ticket, facts: Facts, effect: Effect, phrase: str, **changed: object) -> Outcome:
    """The thread as it is after this."""
    after = replace(ticket, **changed)  # type: ignore[arg-type]
    tickets = tuple(after if one.id == ticket.id else one for one in facts.tickets)
    return first(reading(ticket.id, replace(facts, tickets=tickets)), effect, say(phrase))


def _without(ticket: Ticket, facts: Facts) -> Facts:
    return replace(facts, tickets=tuple(one for one in facts.tickets if one.id != ticket.id))


def _longer(ticket: Ticket, draft: Draft) -> Outcome | Miss:
    if draft.empty:
        return Miss(p("handoff.answer_in_words"))
    if len(draft.text) > LONGEST:
        return Miss(p("handoff.too_long", limit=LONGEST))
    return _preview(ticket, draft)


def _with_file(ticket: Ticket, draft: Draft, sent: Sent) -> Outcome | Miss:
    refusal = refused_file(draft, sent)
    if refusal is not None:
        return Miss(refusal)
    return _longer(ticket, replace(draft, file=sent).with_text(tidy(sent.caption)))


def _preview(ticket: Ticket, draft: Draft) -> Outcome:
    body: list[Text] = [p("handoff.answer_preview")]
    if draft.text:
        body.append(Verbatim(draft.text))
    if draft.file is not None:
        body.append(p(f"handoff.with_{draft.file.kind}"))
    body.append(p("handoff.answer_confirm"))
    screen = Message(
        title=p("handoff.ticket_title", number=ticket.number),
        body=tuple(body),
        choices=(choice("send", "handoff.send"), choice("rewrite", "handoff.rewrite")),
        ways=(BACK,),
    )
    mark: Json = ticket.mark
    return Outcome(Place(NAME, "preview", draft.to_data(mark=mark)), screen)


def _send(ticket: Ticket, draft: Draft, facts: Facts) -> Outcome:
    note = facts.fresh[0]
    told: tuple[Text, ...] = (Verbatim(draft.text),) if draft.text else ()
    file = attachment(ticket.number, note, draft.file) if draft.file is not None else None
    answer = to_asker(ticket.id, ticket.number, (*told, p("handoff.answer_end")), file)
    effects: tuple[Effect, ...] = (
        WriteTicket(ticket.id, note, draft.text, draft.file, ticket.mark),
        Say(answer, ToTicket(ticket.id)),
        resting(ticket.id, facts),
        say("handoff.answered", number=ticket.number),
    )
    left = _without(ticket, facts)
    if not any(one.open and one.waiting == "us" for one in left.tickets):
        return done(*effects)
    return first(listing(left), *effects)
