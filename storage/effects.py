"""The door out: one case per effect; rows only, inside the turn's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection

from conversations.effects import (
    AcceptInvitation,
    CloseTicket,
    DiscardRun,
    Effect,
    ErasePerson,
    FinishRun,
    Forget,
    Here,
    IssueLinkCode,
    JoinPerson,
    MarkReachable,
    NameAsker,
    OpenTicket,
    RecordConsent,
    Remind,
    ReopenTicket,
    ResumeMessages,
    SaveRun,
    Say,
    SetLanguage,
    StartRun,
    StopMessages,
    TakeTicket,
    ToAskers,
    ToDeciders,
    ToFollower,
    ToOwner,
    ToPerson,
    ToProvider,
    ToRole,
    ToTicket,
    WriteTicket,
)
from conversations.events import Sent
from conversations.facts import Facts
from conversations.faq_orders import FaqOrder
from conversations.faq_text import you_asked
from conversations.message_json import message_to_json
from conversations.messages import Message
from conversations.news.orders import NewsOrder, ShowInterest
from conversations.rules.quiet import is_quiet
from storage import (
    audit,
    faq_asked,
    faq_effects,
    forms,
    network,
    outbox,
    people,
    privacy,
    tickets,
    timers,
    voucher_effects,
    voucher_readers,
)
from storage.crypto import KeyRing
from storage.faq_library import Answers
from storage.money.act import Act, close
from storage.news import interest
from storage.news import orders as news_orders
from storage.people import KnownAddress, KnownPerson

LINK_CODE_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is in the outbox: its number, its reader, and whether this process is to send it now."""

    number: int
    person_id: str | None
    address: KnownAddress
    language: str
    lane: int
    message: Message
    replaces: str
    claimed: bool
    aliases: tuple[KnownAddress, ...] = ()


@dataclass(slots=True)
class Hand:
    """Who carries the effects of one turn out: the transaction, the person, and what was put in the outbox.

    `at` is the real time, at which messages are put there; `facts.now` may be long before (a late delivery).
    """

    conn: Connection
    keys: KeyRing
    node: str
    known: KnownPerson
    facts: Facts
    message_ref: str
    posted: list[Posted]
    at: datetime
    answers: Answers
    erased: bool = False
    moves: Act | None = None

    def act(self) -> Act:
        """Her moves of money in this turn; all of them are in the ledger when the effects are carried out."""
        if self.moves is None:
            self.moves = Act(self.conn, self.keys, self.facts.zone, self.known.id, self.facts.now)
        return self.moves


def carry_out(hand: Hand, effects: Sequence[Effect]) -> None:
    """Every effect is a row (or the absence of one) when this returns. Raises Conflict where the world moved."""
    for effect in effects:
        _carry_out(hand, effect)
    if hand.moves is not None:
        close(hand.moves)


def _carry_out(hand: Hand, effect: Effect) -> None:
    conn, person, now = hand.conn, hand.known.id, hand.facts.now
    match effect:
        case Say():
            _say(hand, effect)
        case SetLanguage(language=language):
            people.set_language(conn, person, language)
            hand.known = _speaking(hand.known, language)
        case AcceptInvitation(invitation_id=key):
            row = network.use_invitation(conn, key, person, now)
            people.add_membership(conn, person, row.enterprise_id, row.role, row.contract, now)
        case RecordConsent(purpose=purpose, given=given, text_version=version):
            channel = hand.known.here.channel
            people.record_consent(conn, person, purpose, given, version, hand.known.language, channel, now)
        case IssueLinkCode(code=code):
            key = hand.keys.hash("link", code)
            network.add_link_code(conn, hand.facts.fresh[-1], key, person, now + LINK_CODE_LIFE)
        case JoinPerson(link_code_id=key, person_id=other):
            network.use_link_code(conn, key, now)
            people.move_addresses(conn, person, other)
            # the chat she goes on in is the one she wrote from last
            people.note_inbound(conn, hand.known.here.id, now)
            privacy.drop_guest(conn, person, other)
            audit.record(conn, "joined_channel", hand.known.here.channel, other, now)
        case StartRun(run_id=key, wave_id=wave, form_version=version, run=run):
            forms.start_run(conn, key, person, wave, version, run.to_json(), now)
        case SaveRun(run_id=key, run=run):
            forms.save_run(conn, key, run.to_json(), now)
        case FinishRun(run_id=key, run=run, answers=answers):
            forms.finish_run(conn, key, run.to_json(), answers, now)
        case DiscardRun(run_id=key):
            forms.discard_run(conn, key)
        case Remind(kind=kind, subject=subject, at=at, payload=payload):
            timers.set_timer(conn, person, kind, subject, at, payload)
        case Forget(kind=kind, subject=subject):
            timers.forget(conn, person, kind, subject)
        case StopMessages():
            people.set_stopped(conn, person, now)
        case ResumeMessages():
            people.set_stopped(conn, person, None)
        case MarkReachable(reachable=reachable):
            people.mark_blocked(conn, hand.known.here.id, None if reachable else now)
            if not reachable:
                voucher_readers.replace_unreachable(hand.act(), person)
        case OpenTicket(ticket_id=key, text=text, file=file):
            tickets.open_ticket(conn, key, person, text, now, effect.matter, effect.topic, effect.due)
            _attach(hand, key, key, file)
        case WriteTicket(ticket_id=key, note_id=note, text=text, file=file, after=after):
            by = "" if after is None else person
            tickets.write(conn, note, key, text, now, by, effect.due, after)
            _attach(hand, key, note, file)
        case TakeTicket(ticket_id=key):
            tickets.take_over(conn, key, person)
        case CloseTicket(ticket_id=key):
            tickets.set_state(conn, key, tickets.CLOSED, now)
        case ReopenTicket(ticket_id=key):
            tickets.set_state(conn, key, tickets.OPEN, now)
        case NameAsker(ticket_id=key, name=name):
            tickets.name_asker(conn, key, name)
        case ErasePerson():
            privacy.erase(conn, person, now)
            hand.erased = True
        case _ if isinstance(effect, FaqOrder):
            faq_effects.carry_out(conn, hand.answers, effect, person, now, hand.facts.zone)
        case ShowInterest(item_id=item) if not interest.shown_now(conn, hand.keys, person, item, now):
            pass
        case _ if isinstance(effect, NewsOrder):
            news_orders.carry_out(conn, effect, person, hand.known.here.channel, now, hand.facts.zone)
        case _:
            voucher_effects.carry_out(hand.act(), effect, hand.known.here.channel)


def _attach(hand: Hand, ticket_id: str, note_id: str, file: Sent | None) -> None:
    if file is not None:
        channel = hand.known.here.channel
        tickets.add_file(
            hand.conn, ticket_id, channel, file.kind, file.mime, file.name, file.ref, hand.facts.now, note_id
        )


def _say(hand: Hand, say: Say) -> None:
    match say.to:
        case Here():
            if hand.erased:
                _post(hand, hand.known, hand.known.here, say, farewell=True)
            else:
                _post(hand, hand.known, hand.known.here, say)
        case ToPerson(person_id=other):
            _post_to(hand, other, say)
        case ToRole(role=role):
            for other in people.holders(hand.conn, role):
                if other != hand.known.id:
                    _post_to(hand, other, say)
        case ToTicket(ticket_id=key):
            ticket = tickets.ticket_by_id(hand.conn, key)
            if ticket is not None:
                _post_to(hand, ticket.person_id, say)
        case ToFollower(ticket_id=key):
            for other in _followers(hand, key):
                _post_to(hand, other, say)
        case ToAskers(group_id=key):
            for question in faq_asked.of_group(hand.conn, key):
                message = replace(say.message, body=(you_asked(question.text), *say.message.body))
                _post_to(hand, question.person_id, replace(say, message=message))
        case ToDeciders(request_id=key):
            for other in voucher_readers.deciders(hand.act(), key):
                _post_to(hand, other, say)
        case ToOwner(id=key):
            _post_to(hand, voucher_readers.owner(hand.conn, key), say)
        case ToProvider(redemption_id=key):
            _post_to(hand, voucher_readers.provider(hand.conn, key), say)
        case _:
            assert_never(say.to)


def _followers(hand: Hand, ticket_id: str) -> list[str]:
    """Who follows a thread; everyone who could where nobody does, or who did cannot any more."""
    ticket = tickets.ticket_by_id(hand.conn, ticket_id)
    able = [who for who in people.holders(hand.conn, "welfare_manager") if who != hand.known.id]
    if ticket is None or ticket.assignee not in able:
        return able
    reader = people.find_by_id(hand.conn, ticket.assignee, lock=False)
    return able if reader is None or reader.here.blocked else [ticket.assignee]


def _post_to(hand: Hand, person_id: str, say: Say) -> None:
    reader = people.find_by_id(hand.conn, person_id, lock=False)
    if outbox.LANES[say.lane] and is_quiet(hand.at, hand.facts.zone):
        # at night and at the week-end it lies there in the morning, and wakes nobody
        say = replace(say, message=replace(say.message, silent=True))
    if reader is not None and not reader.here.blocked:
        _post(hand, reader, reader.here, say)
    elif reader is not None and say.message.waits:
        number, _ = outbox.put(hand.conn, _post_of(reader, reader.here, say), hand.at, "")
        outbox.park(hand.conn, number, "", hand.at)


def _post(hand: Hand, reader: KnownPerson, address: KnownAddress, say: Say, farewell: bool = False) -> None:
    if reader.stopped and outbox.LANES[say.lane] > 0:
        return
    replaces = hand.message_ref if say.replaces and address.id == hand.known.here.id else ""
    post = _post_of(reader, address, say, replaces, farewell)
    number, claimed = outbox.put(hand.conn, post, hand.at, hand.node)
    aliases = tuple(a for a in reader.addresses if a.channel == address.channel and a.id != address.id)
    hand.posted.append(
        Posted(number, post.person_id, address, reader.language, post.lane, say.message, replaces, claimed, aliases)
    )


def _post_of(
    reader: KnownPerson, address: KnownAddress, say: Say, replaces: str = "", farewell: bool = False
) -> outbox.Post:
    return outbox.Post(
        person_id=None if farewell else reader.id,
        address_id=None if farewell else address.id,
        channel=address.channel,
        lane=outbox.LANES[say.lane],
        body={"message": message_to_json(say.message), "language": reader.language},
        replaces=replaces,
        farewell=f"{address.kind}:{address.value}" if farewell else None,
    )


def _speaking(known: KnownPerson, language: str) -> KnownPerson:
    return KnownPerson(known.id, language, known.stopped, known.state, known.addresses, known.here)
