"""The asker's side of a ticket: write in one's own words, read it again, send, get a number."""

from conversations.effects import Effect, OpenTicket, Say, ToRole
from conversations.emergency import emergency
from conversations.events import Sent
from conversations.facts import Facts, Ticket
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, phone_line, say
from conversations.folding import tidy
from conversations.handoff_draft import LARGEST, LONGEST, TAKEN, Draft, draft_of
from conversations.messages import Day, Message, Param, Phrase, Template, Text, Verbatim
from conversations.rules.tickets import ticket_number
from conversations.state import Place

NAME = "handoff"
WORKING_DAYS = 2
"""Within how many working days an answer is promised."""


def write(facts: Facts, about: str = "") -> Outcome:
    """The person is asked for her message; `about` is the ticket it follows."""
    reads = facts.person.holds("welfare_manager")
    screen = Message(
        title=p("handoff.title"),
        body=(
            p("handoff.reader", house=facts.house.name),
            p("handoff.write_more", number=ticket_number(about)) if about else p("handoff.write"),
            p("handoff.no_certificates"),
            *phone_line(facts.house),
        ),
        ways=(*((choice("@handoff:list", "handoff.open_list"),) if reads else ()), BACK),
        wanted="text",
        example=p("handoff.example"),
    )
    return Outcome(Place(NAME, "write", Draft(about=about).to_data()), screen)


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
    match heard:
        case Typed(text):
            return _more_text(draft, text, facts)
        case Sent():
            return _more_file(draft, heard, facts)
        case Picked("send") if not draft.empty:
            return _send(draft, facts)
        case Picked("rewrite"):
            return write(facts, draft.about)
        case Picked("drop"):
            return done(say("handoff.dropped"))
        case _:
            return Miss(p("handoff.what_i_take"))


def ticket_of(ticket_id: str, facts: Facts) -> Ticket | None:
    """The ticket, if this person may see it."""
    return next((ticket for ticket in facts.tickets if ticket.id == ticket_id), None)


def _more_text(draft: Draft, text: str, facts: Facts) -> Outcome | Miss:
    kept = tidy(text)
    if not kept:
        return Miss(p("handoff.what_i_take"))
    longer = draft.with_text(kept)
    if len(longer.text) > LONGEST:
        return Miss(p("handoff.too_long", limit=LONGEST))
    return confirm(longer, facts)


def _more_file(draft: Draft, sent: Sent, facts: Facts) -> Outcome | Miss:
    if sent.kind not in TAKEN:
        return Miss(p("handoff.what_i_take"))
    if sent.size > LARGEST:
        return Miss(p("handoff.too_large", limit=LARGEST // (1024 * 1024)))
    if draft.file is not None:
        return Miss(p("handoff.one_file"))
    caption = tidy(sent.caption)
    with_file = Draft(draft.text, sent, draft.about)
    longer = with_file.with_text(caption) if caption else with_file
    if len(longer.text) > LONGEST:
        return Miss(p("handoff.too_long", limit=LONGEST))
    return confirm(longer, facts)


def _send(draft: Draft, facts: Facts) -> Outcome:
    ticket_id = facts.fresh[0]
    number = ticket_number(ticket_id)
    receipt: dict[str, Param] = {"number": number, "days": WORKING_DAYS}
    effects: list[Effect] = [
        OpenTicket(ticket_id, draft.text, draft.file, draft.about),
        Say(alert(ticket_id, facts), ToRole("welfare_manager"), "alert"),
        Say(Message(title=p("handoff.sent_title"), body=(Phrase("handoff.sent", receipt),)), apart=True),
    ]
    return first(done(), *effects)


def alert(ticket_id: str, facts: Facts) -> Message:
    """What a welfare manager is told of a new ticket: its number and where to open it, no word of the person."""
    number = ticket_number(ticket_id)
    today = Day(facts.now.astimezone(facts.zone).date())
    return Message(
        body=(p("handoff.alert", number=number),),
        ways=(choice(f"@handoff:read:{ticket_id}", "handoff.open"),),
        template=Template("ticket_new", (Verbatim(number), p("handoff.day", day=today))),
    )
