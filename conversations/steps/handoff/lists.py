"""The threads of the welfare managers: what workers ask apart from what firms ask, what waits for us first."""

from typing import Final

from conversations.facts import Facts, Matter, Ticket
from conversations.flow import BACK, Outcome, choice, done, p, say
from conversations.messages import Choice, Message
from conversations.phrases import duration
from conversations.state import Place
from conversations.steps.handoff.thread import NAME

MOST_ROWS: Final = 7
"""Threads on one screen; with what can be chosen beside them they are the ten rows of a WhatsApp list."""
_OTHER: Final[dict[Matter, Matter]] = {"worker": "enterprise", "enterprise": "worker"}


def listing(facts: Facts, page: int = 0, matter: Matter | None = None) -> Outcome:
    """The open threads of one kind, those that wait for us first, then the oldest; a notice where there is none."""
    threads = sorted((t for t in facts.tickets if t.open), key=lambda t: (t.waiting != "us", t.at))
    closed = any(not t.open and not t.mine for t in facts.tickets)
    if not threads and not closed:
        return done(say("handoff.none_open"))
    kind = matter or (threads[0].matter if threads else "worker")
    shown = [ticket for ticket in threads if ticket.matter == kind]
    others = sum(ticket.matter != kind for ticket in threads)
    start = page * MOST_ROWS if 0 <= page * MOST_ROWS < len(shown) else 0
    other = _OTHER[kind]
    choices = (
        *(_row(ticket, facts) for ticket in shown[start : start + MOST_ROWS]),
        *((choice("more", "handoff.more"),) if len(shown) > MOST_ROWS else ()),
        *((choice(other, f"handoff.list_{other}", count=others),) if others else ()),
        *((choice("closed", "handoff.closed_list"),) if closed else ()),
    )
    waiting = sum(ticket.waiting == "us" for ticket in shown)
    screen = Message(
        title=p(f"handoff.title_{kind}"),
        body=(p("handoff.list", count=waiting) if waiting else p("handoff.list_quiet"),),
        choices=choices,
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "list", {"page": start // MOST_ROWS, "matter": kind}), screen)


def closed_list(facts: Facts) -> Outcome:
    """The threads closed in the last month, which can be opened again."""
    closed = [ticket for ticket in facts.tickets if not ticket.open and not ticket.mine][-MOST_ROWS:]
    screen = Message(
        title=p("handoff.closed_list"),
        body=(p("handoff.closed_told"),),
        choices=(*(_row(ticket, facts) for ticket in closed), choice("@handoff:list", "handoff.open_list")),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "closed"), screen)


def page_in(place: Place) -> int:
    """The page on the screen."""
    page = place.data.get("page")
    return page if isinstance(page, int) else 0


def matter_in(place: Place) -> Matter | None:
    """The kind of threads on the screen."""
    match place.data.get("matter"):
        case "worker":
            return "worker"
        case "enterprise":
            return "enterprise"
        case _:
            return None


def _row(ticket: Ticket, facts: Facts) -> Choice:
    age = duration(facts.now - ticket.at, facts.language)
    told = p("handoff.row", number=ticket.number, age=age)
    if ticket.taken == "other":
        return Choice(f"@handoff:read:{ticket.id}", told, p("handoff.taken_other"))
    late = ticket.due is not None and ticket.waiting == "us" and ticket.due < facts.now
    if late:
        return Choice(f"@handoff:read:{ticket.id}", told, p("handoff.row_late"))
    # what waits for us needs no word: the others do
    return Choice(f"@handoff:read:{ticket.id}", told, p("handoff.row_them") if ticket.waiting == "them" else None)
