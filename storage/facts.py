"""The door in: gathers what the engine may know before it takes one event."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, bindparam, select

from conversations.events import Chose, Due, Event, Joined, MediaKind, Said, Sent
from conversations.facts import (
    Facts,
    House,
    Invitation,
    LinkCode,
    Look,
    Matter,
    Membership,
    NeedsRun,
    Note,
    Person,
    Reach,
    Role,
    Ticket,
    Wave,
)
from conversations.faq_views import NO_DESK
from conversations.faq_wanted import desk_wanted
from conversations.faq_wanted import wanted as faq_wanted
from conversations.forms.form import Form
from conversations.forms.walk import from_json as run_from_json
from conversations.news.views import NO_NEWS, NewsFacts
from conversations.rules.codes import INVITATION, LINK, code_in
from conversations.rules.tickets import ticket_number
from conversations.state import State
from conversations.steps.newsroom.wanted import in_hand, plans
from conversations.steps.newsroom.wanted import wanted as news_wanted
from conversations.voucher_views import NO_VOUCHERS
from conversations.voucher_wanted import corrects, wanted
from storage import faq_facts, forms, network, people, tickets
from storage.content import Content
from storage.crypto import KeyRing
from storage.faq_library import Answers
from storage.news.facts import news_facts
from storage.news.report import NO_MEANS, Means, with_plan
from storage.people import KnownPerson
from storage.prepared import Prepared
from storage.voucher_facts import voucher_facts

FRESH = 4
CLOSED_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class World:
    """What does not change from turn to turn: the content, the house, the keys, the compiled forms, the answers, and
    what there is to send a newsletter with."""

    content: Content
    house: Callable[[], House]
    keys: KeyRing
    library: forms.Library
    answers: Answers = field(default_factory=lambda: Answers((), ()))
    news: Callable[[], Means] = lambda: NO_MEANS


def gather(conn: Connection, world: World, known: KnownPerson, event: Event, state: State, look: Look) -> Facts:
    """The facts for this event of this person, as of `event.at`."""
    memberships = _memberships(conn, known.id)
    person = Person(
        id=known.id,
        language=known.language,
        memberships=memberships,
        consents=people.consents_of(conn, known.id),
        reaches=tuple(Reach(a.channel, _masked(a.value), a.blocked) for a in known.addresses),
        stopped=known.stopped,
    )
    wave, run, form = _questionnaire(conn, world, known.id, event.at)
    text = _text(event)
    named = _invitation(conn, world.keys, text, known.id, event.at)
    return Facts(
        now=event.at,
        zone=world.content.catalog.zone,
        person=person,
        channel=known.here.channel,
        look=look,
        catalog=world.content.catalog,
        house=world.house(),
        fresh=tuple(secrets.token_urlsafe(16) for _ in range(FRESH)),
        invitation=named or _invitation(conn, world.keys, _kept_code(state), known.id, event.at),
        link_code=_link_code(conn, world.keys, text, known.id, event.at),
        wave=wave,
        run=run,
        form=form,
        tickets=_tickets(conn, person, event, state),
        documents=world.content.documents,
        vouchers=voucher_facts(
            conn, world.keys, world.content.catalog.zone, known.id, text, event.at, corrects(state, event.what)
        )
        if wanted(state, event.what)
        else NO_VOUCHERS,
        # a code is no question, and the first message of a life must not wait for an index that is being made
        faq=world.answers.known(conn) if named is None and faq_wanted(state, event.what) else None,
        desk=faq_facts.desk(conn, person.id, _topic_in_hand(event, state))
        if person.holds("welfare_manager") and desk_wanted(state, event.what)
        else NO_DESK,
        news=_news(conn, world, person, event, state)
        if news_wanted(state, event.what)
        else NO_NEWS,
    )


def _news(conn: Connection, world: World, person: Person, event: Event, state: State) -> NewsFacts:
    """The newsletter as she may see it; a coordinator who plans an issue also sees whom it would reach."""
    zone, issue_id = world.content.catalog.zone, in_hand(state, event.what)
    roles = {held.role for held in person.memberships}
    news = news_facts(conn, person.id, roles, event.at, zone, issue_id)
    planned = issue_id if person.holds("coordinator") and plans(state, event.what) else ""
    return with_plan(conn, news, world.news(), planned, event.at, zone)


def _memberships(conn: Connection, person_id: str) -> tuple[Membership, ...]:
    rows = _MEMBERSHIPS.all(conn, key=person_id)
    return tuple(Membership(r.role, r.enterprise_id or "", r.name or "", r.contract) for r in rows)


def _questionnaire(
    conn: Connection, world: World, person_id: str, at: datetime
) -> tuple[Wave | None, NeedsRun | None, Form | None]:
    found = forms.current(conn, person_id, at)
    if found is None:
        return None, None, None
    wave = Wave(found.wave_id, found.form, found.form_version, found.closes_at)
    form = world.library.form(conn, found.form, found.run_version)
    if found.run_id is None or not isinstance(found.state, dict):
        return wave, None, form
    run = NeedsRun(
        found.run_id, found.wave_id, found.run_version, found.finished, run_from_json(found.state), found.updated_at
    )
    return wave, run, form


def _invitation(conn: Connection, keys: KeyRing, text: str, person_id: str, at: datetime) -> Invitation | None:
    code = code_in(text, INVITATION)
    if code is None:
        return None
    row = network.invitation_by_hash(conn, keys.hash("invitation", code))
    if row is None:
        return Invitation(code, "unknown")
    if row.used_by is not None:
        return Invitation(code, "mine" if row.used_by == person_id else "used")
    if row.revoked_at is not None:
        return Invitation(code, "revoked")
    if row.expires_at <= at:
        return Invitation(code, "expired")
    return Invitation(
        code, "open", row.id, row.enterprise_id or "", row.enterprise or "", cast(Role, row.role), row.contract
    )


def _link_code(conn: Connection, keys: KeyRing, text: str, person_id: str, at: datetime) -> LinkCode | None:
    code = code_in(text, LINK)
    row = None if code is None else network.link_code_by_hash(conn, keys.hash("link", code))
    if row is None:
        return None
    if row.person_id == person_id:
        return LinkCode("mine", row.id, row.person_id)
    if row.used_at is not None:
        return LinkCode("used", row.id, row.person_id)
    return LinkCode("open" if row.expires_at > at else "expired", row.id, row.person_id)


def _tickets(conn: Connection, person: Person, event: Event, state: State) -> tuple[Ticket, ...]:
    """Only where somebody may look at them now: most turns need none. The messages are of the thread in hand."""
    what = event.what
    named: set[str] = set()
    if isinstance(what, Chose) and what.token.startswith("@handoff"):
        named = {what.token.rpartition(":")[2]}
    if isinstance(what, Said):
        # the number of a row may be typed instead of tapped
        rows = [offer.value.split(":") for offer in state.offers if offer.value.startswith("@handoff:")]
        named = {row[2] for row in rows if len(row) == 3}
    if isinstance(what, Due) and what.kind.startswith("handoff"):
        named = {what.subject}
    places = [place for place in (state.place, *state.parked) if place.flow == "handoff"]
    named |= {str(place.data.get("id") or "") for place in places}
    reads = person.holds("welfare_manager")
    if not (reads or named or places):
        return ()
    found = {ticket.id: ticket for ticket in tickets.tickets_of(conn, person.id)}
    if reads:
        found |= {ticket.id: ticket for ticket in tickets.open_tickets(conn)}
    if reads and (named or places):
        found |= {ticket.id: ticket for ticket in tickets.closed_since(conn, event.at - CLOSED_SHOWN)}
    notes = tickets.notes_of(conn, named & found.keys()) if named else {}
    return tuple(
        Ticket(
            id=t.id,
            number=ticket_number(t.id),
            at=t.opened_at,
            open=t.state == tickets.OPEN,
            mine=t.person_id == person.id,
            matter=cast(Matter, t.matter),
            topic=t.topic_id,
            waiting="us" if t.waiting == tickets.US else "them",
            due=t.due_at,
            taken="" if not t.assignee else "me" if t.assignee == person.id else "other",
            name=t.name,
            mark=t.mark,
            notes=tuple(map(_note, notes.get(t.id, ()))),
        )
        for t in sorted(found.values(), key=lambda one: (one.opened_at, one.id))
    )


def _note(note: tickets.KnownNote) -> Note:
    kind = note.file_kind
    file = None if kind is None else Sent(cast(MediaKind, kind), "", note.file_mime, note.file_name)
    return Note(note.id, bool(note.by), note.text, note.at, file)


def _topic_in_hand(event: Event, state: State) -> str:
    """The topic that the desk works on."""
    if isinstance(event.what, Chose) and event.what.token.startswith("@faq_desk:topic:"):
        return event.what.token.rpartition(":")[2]
    places = (place for place in (state.place, *state.parked) if place.flow == "faq_desk")
    return next((str(place.data.get("topic") or "") for place in places), "")


def _text(event: Event) -> str:
    match event.what:
        case Said(text=text):
            return text
        case Joined(code=code):
            return code
        case _:
            return ""


def _kept_code(state: State) -> str:
    """The code of an invitation that is being accepted: what has become of it is known again with each answer."""
    code = state.place.data.get("code")
    return code if state.place.flow in {"joining", "welcome"} and isinstance(code, str) else ""


def _masked(value: str) -> str:
    return "•••" + value[-3:] if len(value) > 5 else "•••"


_M, _E = people.MEMBERSHIPS.c, network.ENTERPRISES.c
_MEMBERSHIPS = Prepared(
    select(_M.role, _M.enterprise_id, _M.contract, _E.name)
    .select_from(people.MEMBERSHIPS.outerjoin(network.ENTERPRISES, _E.id == _M.enterprise_id))
    .where(_M.person_id == bindparam("key"), _M.until.is_(None))
    .order_by(_M.id)
)
