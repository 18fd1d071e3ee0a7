"""A person and a pure engine: what she does, what she reads, what was decided; no database and no channel."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from os import environ
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.channels.dialogue import Does, Line, Says, Taps, heard, write
from conversations.effects import AcceptInvitation, Effect, ErasePerson, Here, IssueLinkCode, Say
from conversations.engine import Engine
from conversations.events import Address, Chose, Event, Happening, Joined, Said
from conversations.facts import (
    Consent,
    Facts,
    House,
    Invitation,
    LinkCode,
    Membership,
    Person,
    Role,
    Wave,
)
from conversations.flow import Flow
from conversations.flows.faq import Faq
from conversations.flows.faq_desk import FaqDesk
from conversations.flows.handoff import Handoff
from conversations.flows.joining import Joining
from conversations.flows.language import Language
from conversations.flows.link import Link
from conversations.flows.menu import Menu
from conversations.flows.needs import Needs
from conversations.flows.privacy import Privacy
from conversations.flows.welcome import Welcome
from conversations.foresee import foresee
from conversations.forms.form import Form, compile_form
from conversations.messages import Attachment, Choice, Message
from conversations.offers import TOKEN_BYTES
from conversations.phrases import render
from conversations.program import NEWS, VOUCHERS
from conversations.rules.codes import INVITATION, LINK, code_in
from conversations.state import START, State, from_json, to_json
from scheduler.render import Renderer
from scheduler.sending import File
from storage.content import Content, content_folder, read_content
from storage.workbooks import check_workbook

ZONE = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
FLOWS: tuple[Flow, ...] = (
    Welcome(),
    Joining(),
    Menu(),
    Language(),
    Link(),
    Privacy(),
    Needs(),
    Faq(),
    FaqDesk(),
    Handoff(),
    *NEWS,
    *VOUCHERS,
)
HOUSE = House(
    name="IRENE ETS",
    phone="+44 7700 900123",
    hours="lun-ven 9-13",
    controller="IRENE ETS",
    privacy_contact="privacy@example.org",
    sensitive_on_whatsapp=False,
    telegram_bot="wis_demo_bot",
    whatsapp_number="+44 7700 900456",
)
NAME = "Giulia"
ACME = "Sartoria Inventata"
BUTTON, ROW, BUTTONS = 20, 24, 3
"""Characters of a button and of a list row, and how many choices are still buttons (channels.md 6.4)."""


@cache
def content() -> Content:
    """The real catalogues and documents."""
    return read_content(content_folder(), "it", ZONE)


@cache
def needs_form() -> Form:
    """The questionnaire as it is published."""
    report = check_workbook((content_folder() / "forms" / "needs.xlsx").read_bytes())
    assert report.xml, "needs.xlsx has errors"
    return compile_form(report.xml)


def open_wave() -> dict[str, object]:
    """The facts of a wave that is open until 31 December."""
    closing = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    return {"wave": Wave("w1", "needs", "2026112501", closing), "form": needs_form()}


def guest(language: str = "it") -> Person:
    """Somebody who never wrote before."""
    return Person("guest", language)


def member(*roles: Role, language: str = "it", **consents: bool) -> Person:
    """Somebody who joined, with these consents beside the one to the service."""
    given = {"service": True, **consents}
    return Person(
        id="giulia",
        language=language,
        memberships=tuple(Membership(role, "e1", ACME) for role in roles or ("worker",)),
        consents={purpose: Consent(yes, "2026-11-25", NOW, "telegram") for purpose, yes in given.items()},  # type: ignore[misc]
    )


class Player:
    """One person; every act is one event, and what she reads last is in `heard`."""

    def __init__(self, person: Person, flows: tuple[Flow, ...] = FLOWS, **facts: object) -> None:
        self.engine = Engine(flows)
        self.state: State = START if not person.member else from_json({})
        self.invitations: dict[str, Invitation] = {}
        self.link_codes: dict[str, LinkCode] = {}
        self.effects: tuple[Effect, ...] = ()
        self.all_effects: list[Effect] = []
        self.screen: Message | None = None
        self.heard = ""
        self.count = 0
        self.lines: list[Line] = []
        self.facts = Facts(
            now=NOW,
            zone=ZONE,
            person=person,
            channel="telegram",
            look="telegram",
            catalog=content().catalog,
            house=HOUSE,
            fresh=(),
            documents=content().documents,
        )
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]

    def invites(self, code: str, status: str = "open", role: Role = "worker", enterprise: str = ACME) -> None:
        """The world knows this invitation."""
        self.invitations[code] = Invitation(code, status, f"id of {code}", "e1", enterprise, role, "employee")  # type: ignore[arg-type]

    def says(self, text: str) -> str:
        """What she reads after she wrote this."""
        self.lines.append(Says(NAME, text))
        return self.does(Said(text))

    def opens(self, code: str = "") -> str:
        """What she reads after she opened the chat by a link."""
        self.lines.append(Does(NAME, "link", code))
        return self.does(Joined(code))

    def taps(self, label: str) -> str:
        """What she reads after she tapped the button with this label. Raises AssertionError if there is none."""
        assert self.screen is not None, "there is no screen to tap on"
        found = [c for c in (*self.screen.choices, *self.screen.ways) if self._told(c) == label]
        assert len(found) == 1, f"{label!r} is not one of {self.labels()}"
        self.lines.append(Taps(NAME, label))
        return self.does(Chose(found[0].value, label))

    def labels(self) -> list[str]:
        """What she can tap now."""
        return [] if self.screen is None else [self._told(c) for c in (*self.screen.choices, *self.screen.ways)]

    def waits(self, span: timedelta) -> None:
        """Time passes."""
        self.facts = replace(self.facts, now=self.facts.now + span)

    def does(self, what: Happening) -> str:
        """What she reads after this happened."""
        self.count += 1
        fresh = tuple(sha256(f"{self.count} {n}".encode()).hexdigest()[:22] for n in range(4))
        self._look_up(what)
        event = Event(f"{self.count}", Address("telegram", "1"), self.facts.now, what)
        step = self.engine.step(self.state, event, replace(self.facts, fresh=fresh))
        self.state = from_json(to_json(step.state))
        assert self.state == step.state, "the state must survive its row"
        self.effects = step.effects
        self.all_effects += step.effects
        self._live_on(step.effects)
        self.heard = self._read(step.effects)
        return self.heard

    def did(self, kind: type[Effect]) -> list[Effect]:
        """The effects of this kind that the last event led to."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def _look_up(self, what: Happening) -> None:
        """What storage gathers: the codes of the event, or the code a joining person's place keeps."""
        text = what.text if isinstance(what, Said) else what.code if isinstance(what, Joined) else ""
        code, link = code_in(text, INVITATION), code_in(text, LINK)
        kept = str(self.state.place.data.get("code") or "") if self.state.place.flow in {"joining", "welcome"} else ""
        code = code or code_in(kept, INVITATION)
        found = self.invitations.get(code, Invitation(code, "unknown")) if code else None
        self.facts = replace(self.facts, invitation=found, link_code=self.link_codes.get(link or ""))

    def _live_on(self, effects: Iterable[Effect]) -> None:
        self.facts = foresee(self.facts, effects)
        for effect in effects:
            if isinstance(effect, AcceptInvitation):
                self.invitations = {
                    code: replace(i, status="mine") if i.id == effect.invitation_id else i
                    for code, i in self.invitations.items()
                }
            if isinstance(effect, IssueLinkCode):
                self.link_codes[effect.code] = LinkCode("mine", "l1", self.facts.person.id)
            if isinstance(effect, ErasePerson):
                self.facts = replace(self.facts, person=guest(self.facts.language))

    def _read(self, effects: Iterable[Effect]) -> str:
        told: list[str] = []
        renderer = Renderer(self.facts.catalog, {"export": _file})
        for effect in effects:
            if not isinstance(effect, Say):
                continue
            check(effect.message, self.facts)
            letter = renderer.letter(0, effect.message, self.facts.language, "", None)
            line = heard(NAME if isinstance(effect.to, Here) else "un'altra chat", letter)
            self.lines.append(line)
            told.append("\n\n".join([line.text, *(" ".join(f"[{label}]" for label in row) for row in line.rows)]))
            if effect.message.screen is not None:
                self.screen = effect.message
        return "\n\n".join(told)

    def _told(self, choice: Choice) -> str:
        return render(choice.label, self.facts.language, self.facts.catalog)


def golden(player: Player, name: str) -> None:
    """The whole dialogue is the one in dialogues/NAME.md; REWRITE_DIALOGUES=1 writes it anew, to be read again."""
    path = Path(__file__).parent / "flows" / "dialogues" / f"{name}.md"
    if environ.get("REWRITE_DIALOGUES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(write(player.lines), "utf-8")
    assert write(player.lines) == path.read_text("utf-8")


def _file(attachment: Attachment, reader: str | None) -> File:
    return File(attachment.kind, attachment.name, attachment.mime, b"{}")


def check(message: Message, facts: Facts) -> None:
    """Every label fits its button or row in every language, and every token a button."""
    buttons = len(message.choices) + len(message.ways) <= BUTTONS
    for language in facts.catalog.languages:
        for text in (message.title, message.hint, *message.body):
            if text is not None:
                assert render(text, language, facts.catalog).strip()
        for choice in message.choices:
            label = render(choice.label, language, facts.catalog)
            assert 0 < len(label) <= (BUTTON if buttons else ROW), f"{label!r} is too long"
            if choice.description is not None:
                assert len(render(choice.description, language, facts.catalog)) <= 72
        for way in message.ways:
            assert 0 < len(render(way.label, language, facts.catalog)) <= BUTTON
    for choice in (*message.choices, *message.ways):
        assert 1 <= len(choice.value.encode()) <= TOKEN_BYTES
    assert len(message.choices) <= 10, "a WhatsApp list has ten rows"
