"""A turn: one event, one transaction, from what happened to what is decided and said."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.channels.contract import StatusReport, Unready
from bot.metrics import TURN_SECONDS, TURNS
from conversations.effects import AcceptInvitation, JoinPerson
from conversations.engine import Engine
from conversations.event_json import event_from_json, event_to_json, kind_of
from conversations.events import Address, Blocked, Due, Event, Joined
from conversations.facts import House, Look, Role
from conversations.flow import p
from conversations.foresee import foresee
from conversations.message_json import message_to_json
from conversations.messages import Message
from conversations.state import START, from_json, to_json
from scheduler.delivery import Delivery
from storage import audit, events, outbox, people, timers
from storage.db import Conflict, Missing, is_outage
from storage.effects import Hand, Posted, carry_out
from storage.facts import World, gather
from storage.lanes import Lanes
from storage.money.act import Refused
from storage.people import KnownPerson
from storage.timers import Timer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn left: messages in the outbox, whether the event was known already, whether older messages may
    go out now, and the roles of a person who got a new one."""

    posted: tuple[Posted, ...] = ()
    repeated: bool = False
    unparked: bool = False
    roles: frozenset[Role] = frozenset()


class Turns:
    """The inbox of every channel: works each event in a transaction of its own, and hands the replies on."""

    def __init__(
        self,
        lanes: Lanes,
        world: World,
        engine: Engine,
        delivery: Delivery,
        now: Callable[[], datetime],
        on_roles: Callable[[Address, frozenset[Role]], None] = lambda address, roles: None,
    ) -> None:
        """`on_roles` hears, after the commit, which roles the person of an address holds since she got a new one."""
        self._lanes = lanes
        self._on_roles = on_roles
        self._world = world
        self._engine = engine
        self._delivery = delivery
        self._now = now
        self._refused: dict[tuple[str, str], str] = {}

    def now(self) -> datetime:
        """The time the program goes by (aware UTC)."""
        return self._now()

    async def take(self, happened: Sequence[Event]) -> None:
        """Every event is committed when this returns: worked, known as a repetition, or kept as a dead letter.

        Raises Unready if the database cannot take them now; some may have been committed, which is harmless, but of
        one address never a later one without an earlier one.
        """
        if len(happened) == 1:
            await self._take(happened[0])
            return
        of_one: dict[Address, list[Event]] = {}
        for event in happened:
            of_one.setdefault(event.address, []).append(event)
        outcomes = await asyncio.gather(*map(self._take_in_order, of_one.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def take_timer(self, timer: Timer) -> None:
        """The timer's event is committed and the timer is gone when this returns. Raises Unready."""
        await self._guarded(
            partial(self._ring, timer),
            timer.person_id,
            Event(
                id=f"{timer.id}:{timer.due_at.timestamp():.0f}",
                address=Address("timer", timer.person_id),
                at=self._now(),
                what=Due(timer.kind, timer.subject, timer.payload),
            ),
            timer,
        )

    async def retry(self, dead_letter: int) -> str:
        """Work a dead letter again: "" if it went well, else the cause, which is kept. Raises Missing."""
        letter = await self._lanes.run(partial(events.dead_letter, key=dead_letter))
        event = event_from_json(letter.body)
        try:
            turned = await self._lanes.run(partial(self._again, dead_letter, event), event.address.value)
        except Exception as error:
            if is_outage(error):
                raise Unready from error
            cause = _cause(error)
            await self._lanes.run(partial(events.fail_again, key=dead_letter, error=cause))
            return cause
        self._hand_on(turned)
        return ""

    async def report(self, report: StatusReport) -> None:
        """The outbox row has the report's rank, unless a higher one was known. Raises Unready."""
        try:
            await self._lanes.run(
                partial(
                    self._delivery.take_report,
                    channel=report.channel,
                    number=report.number,
                    ref=report.ref,
                    status=report.rank,
                    code=report.code,
                    reason=report.reason,
                    again=report.again,
                    at=self._now(),
                )
            )
        except Exception as error:
            raise Unready from error
        if report.rank == "failed":
            self._delivery.nudge()

    async def _take_in_order(self, happened: Sequence[Event]) -> None:
        for event in happened:
            await self._take(event)

    async def _take(self, event: Event) -> None:
        await self._guarded(partial(self._turn, event), event.address.value, event)

    async def _guarded(
        self, job: Callable[[Connection], Turned], key: str, event: Event, timer: Timer | None = None
    ) -> None:
        began = time.perf_counter()
        try:
            turned = await self._lanes.run(job, key)
        except Exception as error:
            if is_outage(error):
                log.warning("the database cannot take events now: %s", type(error).__name__)
                raise Unready from error
            log.exception("an event (%s, %s) could not be worked", event.address.channel, kind_of(event))
            turned = await self._bury(event, error, key, timer)
            outcome = "dead"
        else:
            outcome = "repeated" if turned.repeated else "worked"
        self._hand_on(turned)
        if turned.roles:
            self._on_roles(event.address, turned.roles)
        TURNS.labels(outcome=outcome).inc()
        TURN_SECONDS.observe(time.perf_counter() - began)

    async def _bury(self, event: Event, error: Exception, key: str, timer: Timer | None) -> Turned:
        try:
            return await self._lanes.run(partial(self._keep, event, _cause(error), timer), key)
        except Exception as second:
            log.warning("an event cannot be kept now: %s", type(second).__name__)
            raise Unready from second

    def _hand_on(self, turned: Turned) -> None:
        if turned.posted:
            self._delivery.deliver(turned.posted)
        if turned.unparked:
            self._delivery.nudge()

    def _turn(self, event: Event, conn: Connection) -> Turned:
        if not events.note(conn, event.address.channel, event.id, kind_of(event), event.at):
            return Turned(repeated=True)
        return self._work(conn, event)

    def _again(self, dead_letter: int, event: Event, conn: Connection) -> Turned:
        if not events.revive(conn, dead_letter):
            raise Missing(f"there is no dead letter {dead_letter}")
        if isinstance(event.what, Due):
            return self._step_for(conn, event.address.value, replace(event, at=self._now()))
        return self._work(conn, replace(event, at=self._now()))

    def _ring(self, timer: Timer, conn: Connection) -> Turned:
        if not timers.take(conn, timer):
            return Turned(repeated=True)
        event = Event(
            id=f"{timer.id}",
            address=Address("timer", timer.person_id),
            at=self._now(),
            what=Due(timer.kind, timer.subject, timer.payload),
        )
        return self._step_for(conn, timer.person_id, event)

    def _step_for(self, conn: Connection, person_id: str, event: Event) -> Turned:
        known = people.find_by_id(conn, person_id, lock=True)
        return Turned() if known is None else self._step(conn, known, event)

    def _work(self, conn: Connection, event: Event) -> Turned:
        known = self._meet(conn, event)
        unparked = 0
        silent = isinstance(event.what, Blocked)
        last = known.here.last_inbound
        # a time to come is that of a clock that was wrong: to believe it would keep what is parked for ever
        if not silent and (known.here.blocked or last is None or abs(event.at - last) > people.SEEN_EVERY):
            people.note_inbound(conn, known.here.id, event.at)
            unparked = outbox.unpark(conn, known.here.id, event.at)
            known = replace(known, here=replace(known.here, last_inbound=event.at, blocked=False))
        turned = self._step(conn, known, event)
        return replace(turned, unparked=bool(unparked))

    def _step(self, conn: Connection, known: KnownPerson, event: Event) -> Turned:
        state = from_json(known.state) if isinstance(known.state, dict) else START
        facts = gather(conn, self._world, known, event, state, look_of(known.here.channel, known.here.value))
        if why := self._refused.pop((event.address.channel, event.id), ""):
            facts = replace(facts, vouchers=replace(facts.vouchers, refused=why))
        step = self._engine.step(state, event, facts)
        hand = Hand(
            conn,
            self._world.keys,
            self._delivery.node,
            known,
            facts,
            event.message_ref,
            [],
            self._now(),
            self._world.answers,
        )
        try:
            carry_out(hand, step.effects)
        except Refused as refused:
            # the turn runs again: what no fact foresaw is told then
            self._refused[event.address.channel, event.id] = refused.why
            raise
        joined = next((e for e in step.effects if isinstance(e, JoinPerson)), None)
        if joined is not None:
            turned = self._go_on_as(conn, joined.person_id, event)
            return replace(turned, posted=(*hand.posted, *turned.posted))
        if not hand.erased:
            people.save_state(conn, known.id, to_json(step.state), event.at)
        new = any(isinstance(effect, AcceptInvitation) for effect in step.effects)
        held = foresee(facts, step.effects).person.memberships if new else ()
        return Turned(tuple(hand.posted), roles=frozenset(one.role for one in held))

    def _go_on_as(self, conn: Connection, person_id: str, event: Event) -> Turned:
        """The address is another person's now: she goes on here, where she was."""
        return self._work(conn, replace(event, what=Joined("")))

    def _keep(self, event: Event, cause: str, timer: Timer | None, conn: Connection) -> Turned:
        """The event becomes a dead letter and the person reads an apology; a timer does not ring again by itself."""
        at = self._now()
        self._refused.pop((event.address.channel, event.id), None)
        if timer is not None and not timers.take(conn, timer):
            return Turned(repeated=True)
        known_already = not events.bury(
            conn, event.address.channel, event.id, kind_of(event), event_to_json(event), cause, at
        )
        if known_already or isinstance(event.what, Due):
            return Turned(repeated=known_already)
        known = self._meet(conn, event)
        apology = sorry(self._world.house())
        post = outbox.Post(
            known.id,
            known.here.id,
            known.here.channel,
            outbox.LANES["reply"],
            {"message": message_to_json(apology), "language": known.language},
        )
        number, claimed = outbox.put(conn, post, at, self._delivery.node)
        return Turned((Posted(number, known.id, known.here, known.language, 0, apology, "", claimed),))

    def _meet(self, conn: Connection, event: Event) -> KnownPerson:
        """The person of this address, a new guest if nobody has it; all its names are hers from now on.

        Raises Conflict where another process met her at the same moment.
        """
        names = (event.address, *event.aliases)
        hashes = [address_hash(self._world, name) for name in names]
        known = people.find(conn, event.address.channel, hashes, lock=True)
        if known is not None:
            held = {(address.channel, address.value) for address in known.addresses}
            if all((name.channel, name.value) in held for name in names):
                return known
        try:
            if known is None:
                person_id = secrets.token_urlsafe(16)
                people.add_guest(conn, person_id, self._first_language(event), event.at)
                people.add_address(conn, person_id, event.address, hashes[0], event.at)
            else:
                person_id = known.id
            self._add_names(conn, person_id, list(zip(names, hashes, strict=True)), event.at)
        except IntegrityError as error:
            raise Conflict("somebody else met this person at the same moment") from error
        met = people.find(conn, event.address.channel, hashes, lock=True)
        if met is None:
            raise Conflict("the person vanished")
        return met

    def _add_names(
        self, conn: Connection, person_id: str, names: Sequence[tuple[Address, str]], at: datetime
    ) -> None:
        for name, hashed in names:
            other = people.find(conn, name.channel, [hashed], lock=False)
            if other is None:
                people.add_address(conn, person_id, name, hashed, at)
            elif other.id != person_id:
                # two people under one roof: never merged by guess, a person of the association decides
                audit.record_once(conn, "address_of_two", other.id, person_id, at)

    def _first_language(self, event: Event) -> str:
        catalog = self._world.content.catalog
        hint = event.language_hint[:2].lower()
        return hint if hint in catalog.books else catalog.default


def address_hash(world: World, address: Address) -> str:
    """The keyed hash an address is found by."""
    return world.keys.hash("address", f"{address.channel}:{address.value}")


def look_of(channel: str, value: str) -> Look:
    """What the chat looks like: the simulator imitates the look its address names ("whatsapp:giulia")."""
    name = value.partition(":")[0] if channel == "simulator" else channel
    return "whatsapp" if name == "whatsapp" else "terminal" if name == "terminal" else "telegram"


def sorry(house: House) -> Message:
    """What a person reads when her message could not be worked: it is safe, and whom to call if it is urgent."""
    call = (p("engine.apology_call", phone=house.phone),) if house.phone else ()
    return Message(body=(p("engine.apology"), *call))


def _cause(error: Exception) -> str:
    """The kind of error and the place in our code: never its text, which may hold personal data."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
