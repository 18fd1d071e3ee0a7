"""The asker's side of a thread: for whom, in one's own words, read it again, send; then go on, close, tell a name."""

from dataclasses import replace
from typing import Final

from conversations.effects import CloseTicket, Effect, NameAsker, OpenTicket, Say, ToFollower, ToRole, WriteTicket
from conversations.emergency import emergency
from conversations.events import Sent
from conversations.facts import Facts, Matter, Person, Ticket
from conversations.flow import (
    BACK,
    STAY,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    done,
    first,
    p,
    phone_line,
    say,
)
from conversations.folding import tidy
from conversations.messages import Choice, Day, Localized, Message, Phrase, Template, Text, Verbatim
from conversations.rules.tickets import ticket_number
from conversations.state import Place
from conversations.steps.handoff.draft import LARGEST, LONGEST, TAKEN, Draft, draft_of
from conversations.steps.handoff.thread import (
    NAME,
    WORKING_DAYS,
    files,
    messages,
    more,
    one_line,
    ticket_of,
)
from conversations.steps.handoff.timers import due, watched

MOST_ROWS: Final = 8
LONGEST_NAME: Final = 60


def begin(draft: Draft, facts: Facts) -> Outcome:
    """A new message: first for whom it is, where that is not known, then the words, then the last look."""
    if not draft.about and draft.matter is None:
        matters = matters_of(facts.person)
        if len(matters) > 1:
            return _for_whom(draft)
        draft = replace(draft, matter=matters[0])
    return write(draft, facts) if draft.empty else confirm(draft, facts)


def matters_of(person: Person) -> tuple[Matter, ...]:
    """What she may ask about: her own work, the firm she is the owner or referent of, or both."""
    firm = person.holds("referent") or any(m.contract == "owner" for m in person.memberships)
    if not firm:
        return ("worker",)
    return ("worker", "enterprise") if person.holds("worker") else ("enterprise",)


def write(draft: Draft, facts: Facts) -> Outcome:
    """The person is asked for her message."""
    reads = facts.person.holds("welfare_manager")
    told: list[Text] = [
        p("handoff.reader" if draft.matter != "enterprise" else "handoff.reader_firm", house=facts.house.name),
        p("handoff.write_more", number=ticket_number(draft.about)) if draft.about else p("handoff.write"),
        p("handoff.no_certificates"),
        *phone_line(facts.house),
    ]
    topic = facts.faq.published(draft.topic) if facts.faq is not None else None
    if topic is not None:
        told.insert(1, p("handoff.on_topic", title=Localized(topic.title)))
    lists = (choice("@handoff:list", "handoff.open_list"),) if reads else ()
    own = (choice("@handoff:mine", "handoff.mine"),) if any(t.mine for t in facts.tickets) and not draft.about else ()
    screen = Message(
        title=p("handoff.title"),
        body=tuple(told),
        ways=(*lists, *own, BACK),
        wanted="text",
        example=p("handoff.example"),
    )
    return Outcome(Place(NAME, "write", draft.to_data()), screen)


def confirm(draft: Draft, facts: Facts) -> Outcome:
    """The person reads what she is about to send; 1522 and 112 come first where the text speaks of danger."""
    body: list[Text] = [*emergency(draft.text, facts), p("handoff.preview")]
    if draft.text:
        body.append(Verbatim(draft.text))
    if draft.file is not None:
        body.append(p(f"handoff.with_{draft.file.kind}"))
    body.append(p("handoff.confirm"))
    screen = Message(
        title=p("handoff.title"),
        body=tuple(body),
        choices=(choice("send", "handoff.send"), choice("rewrite", "handoff.rewrite")),
        ways=(choice("drop", "handoff.drop"),),
    )
    return Outcome(Place(NAME, "confirm", draft.to_data()), screen)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Text and files are gathered until the person sends them or lets them be."""
    draft = draft_of(place.data)
    match place.step, heard:
        case "matter", Picked("worker"):
            return begin(replace(draft, matter="worker"), facts)
        case "matter", Picked("enterprise"):
            return begin(replace(draft, matter="enterprise"), facts)
        case "matter", _:
            return Miss(p("handoff.choose_matter"))
        case "name", Typed(text):
            return _name_asked(draft.about, text, facts)
        case "name" | "name_sure", Picked("name") if place.data.get("name"):
            return _named(draft.about, str(place.data["name"]), facts)
        case "name" | "name_sure", Picked("keep"):
            return done(say("handoff.name_kept"))
        case "name" | "name_sure", _:
            return Miss(p("handoff.name_wanted"))
        case "thread" | "mine", Picked(value):
            return _in_thread(value, draft.about, facts)
        case "mine", _:
            return Miss()
        case "thread", Typed() | Sent():
            # who types under her own thread goes on with it
            return _gathered(replace(draft, text="", file=None), heard, facts)
        case _, Picked("send") if not draft.empty:
            return _send(draft, facts)
        case _, Picked("rewrite"):
            return write(replace(draft, text="", file=None), facts)
        case _, Picked("drop"):
            return done(say("handoff.dropped"))
        case _:
            return _gathered(draft, heard, facts)


def own_list(facts: Facts) -> Outcome:
    """Her own threads, the last one first."""
    mine = sorted((t for t in facts.tickets if t.mine), key=lambda t: t.at, reverse=True)[:MOST_ROWS]
    if not mine:
        return begin(Draft(), facts)
    rows = tuple(
        Choice(f"@handoff:thread:{t.id}", Phrase("handoff.own_row", {"number": t.number, "state": _state(t)}))
        for t in mine
    )
    new = choice("@handoff:open", "handoff.new_question")
    screen = Message(title=p("handoff.mine"), body=(p("handoff.mine_list"),), choices=(*rows, new), ways=(BACK,))
    return Outcome(Place(NAME, "mine"), screen)


def thread(ticket: Ticket) -> Outcome:
    """Her own thread with all that was said in it; what she types goes on with it."""
    body = (*messages(ticket), p("handoff.go_on") if ticket.open else p("handoff.is_closed"))
    choices = (
        more(ticket.id),
        *((choice("name", "handoff.tell_name"),) if not ticket.name and ticket.open else ()),
        *((choice(f"@handoff:enough:{ticket.id}", "handoff.close"),) if ticket.open else ()),
        choice("@handoff:mine", "handoff.mine"),
    )
    title = p("handoff.ticket_title", number=ticket.number)
    screen = Message(title=title, body=body, choices=choices, ways=(BACK,))
    return first(Outcome(Place(NAME, "thread", {"id": ticket.id}), screen), *files(ticket, ours=True))


def ask_name(ticket_id: str) -> Outcome:
    """What shall we call you? Nothing is told before she confirms."""
    screen = Message(
        title=p("handoff.ticket_title", number=ticket_number(ticket_id)),
        body=(p("handoff.write_name"),),
        choices=(choice("keep", "handoff.keep_name"),),
        wanted="text",
    )
    return Outcome(Place(NAME, "name", {"id": ticket_id}), screen)


def sure_of_name(ticket_id: str, name: str) -> Outcome:
    """The name once more, before anybody reads it."""
    screen = Message(
        title=p("handoff.ticket_title", number=ticket_number(ticket_id)),
        body=(p("handoff.name_confirm", name=Verbatim(name)),),
        choices=(choice("name", "handoff.say_name"), choice("keep", "handoff.keep_name")),
    )
    return Outcome(Place(NAME, "name_sure", {"id": ticket_id, "name": name}), screen)


def enough(ticket_id: str, facts: Facts) -> Outcome:
    """Thanks, that is all: the thread is closed, and stays readable."""
    ticket = ticket_of(ticket_id, facts)
    close = (CloseTicket(ticket_id),) if ticket is not None and ticket.mine and ticket.open else ()
    return Outcome(STAY, effects=(*close, say("handoff.bye")))


def alert(ticket_id: str, facts: Facts, key: str = "handoff.alert") -> Message:
    """What a welfare manager is told, by the sentence `key`: the thread's number and where to open it, no word of the
    person."""
    number = ticket_number(ticket_id)
    today = Day(facts.now.astimezone(facts.zone).date())
    return Message(
        body=(p(key, number=number),),
        ways=(choice(f"@handoff:read:{ticket_id}", "handoff.open"),),
        template=Template("ticket_new", (Verbatim(number), p("handoff.day", day=today))),
    )


def _for_whom(draft: Draft) -> Outcome:
    screen = Message(
        title=p("handoff.title"),
        body=(p("handoff.for_whom"),),
        choices=(choice("worker", "handoff.for_me"), choice("enterprise", "handoff.for_firm")),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "matter", draft.to_data()), screen)


def _gathered(draft: Draft, heard: Heard, facts: Facts) -> Outcome | Miss:
    match heard:
        case Typed(text):
            return _more_text(draft, text, facts)
        case Sent():
            return more_file(draft, heard, facts)
        case _:
            return Miss(p("handoff.what_i_take"))


def _more_text(draft: Draft, text: str, facts: Facts) -> Outcome | Miss:
    kept = tidy(text)
    if not kept:
        return Miss(p("handoff.what_i_take"))
    longer = draft.with_text(kept)
    if len(longer.text) > LONGEST:
        return Miss(p("handoff.too_long", limit=LONGEST))
    return confirm(longer, facts)


def more_file(draft: Draft, sent: Sent, facts: Facts) -> Outcome | Miss:
    """The draft with this file and its caption, read again before it is sent."""
    refusal = refused_file(draft, sent)
    if refusal is not None:
        return Miss(refusal)
    caption = tidy(sent.caption)
    with_file = replace(draft, file=sent)
    longer = with_file.with_text(caption) if caption else with_file
    if len(longer.text) > LONGEST:
        return Miss(p("handoff.too_long", limit=LONGEST))
    return confirm(longer, facts)


def refused_file(draft: Draft, sent: Sent) -> Phrase | None:
    """Why a file cannot be taken, None where it can."""
    if sent.kind not in TAKEN:
        return p("handoff.what_i_take")
    if sent.size > LARGEST:
        return p("handoff.too_large", limit=LARGEST // (1024 * 1024))
    return p("handoff.one_file") if draft.file is not None else None


def _send(draft: Draft, facts: Facts) -> Outcome:
    ticket = ticket_of(draft.about, facts)
    day = due(facts)
    if ticket is not None and ticket.mine:
        key, phrase = ticket.id, "handoff.sent_more"
        kept: Effect = WriteTicket(key, facts.fresh[0], draft.text, draft.file, None, day)
        told = Say(alert(key, facts, "handoff.alert_more"), ToFollower(key), "alert")
    else:
        key, phrase = facts.fresh[0], "handoff.sent"
        kept = OpenTicket(key, draft.text, draft.file, draft.matter or "worker", draft.topic, day)
        told = Say(alert(key, facts), ToRole("welfare_manager"), "alert")
    receipt = Phrase(phrase, {"number": ticket_number(key), "days": WORKING_DAYS})
    sent = Say(Message(title=p("handoff.sent_title"), body=(receipt,)), apart=True)
    return done(kept, told, *watched(key, facts), sent)


def _in_thread(value: str, ticket_id: str, facts: Facts) -> Outcome | Miss:
    ticket = ticket_of(ticket_id, facts)
    if value == "name" and ticket is not None and ticket.mine:
        return ask_name(ticket_id)
    return Miss()


def _name_asked(ticket_id: str, text: str, facts: Facts) -> Outcome | Miss:
    name = one_line(text, LONGEST_NAME)
    return sure_of_name(ticket_id, name) if name else Miss(p("handoff.name_wanted"))


def _named(ticket_id: str, name: str, facts: Facts) -> Outcome:
    ticket = ticket_of(ticket_id, facts)
    if ticket is None or not ticket.mine:
        return done()
    told = Say(alert(ticket_id, facts, "handoff.alert_name"), ToFollower(ticket_id), "alert")
    return done(NameAsker(ticket_id, name), told, say("handoff.named"))


def _state(ticket: Ticket) -> Phrase:
    if not ticket.open:
        return p("handoff.state_closed")
    return p("handoff.state_us") if ticket.waiting == "us" else p("handoff.state_them")
