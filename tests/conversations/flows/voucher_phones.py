"""Phones of a small network that talk to the real engine and the real tables, with a clock that can be moved."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from os import environ
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot.channels.dialogue import Does, Line, Says, Taps, Waits, heard, write
from bot.channels.whatsapp_templates import filled_body, read_templates, values
from bot.turns import Turns
from conversations.events import Address, Chose, Due, Event, Happening, Joined, Said, Sent
from conversations.facts import Look
from conversations.messages import Attachment, Choice, Message
from conversations.phrases import render
from conversations.program import engine
from conversations.rules.voucher_codes import voucher_code
from conversations.state import State, from_json
from scheduler.render import Renderer
from scheduler.sending import File
from storage import (
    calls,
    forms,
    network,
    payments,
    people,
    profiles,
    timers,
)
from storage import facts as door
from storage.content import content_folder
from storage.db import Conflict, Database
from storage.faq_library import Answers
from storage.money import paying as money_paying
from tests.conversations.flows.phones import HOUSE, check
from tests.conversations.player import content
from tests.storage.money_world import CAST, FIRMS, IBAN, NOW, World, a_spec

TRIES = 5
PHOTO = Sent("photo", "ref", "image/jpeg", "ricevuta.jpg", 90_000)
PDF = Sent("document", "ref", "application/pdf", "ricevuta.pdf", 90_000)
TEMPLATES = {one.name: one for one in read_templates((content_folder() / "templates.toml").read_text("utf-8"))}
NAMES = {
    "giulia": "Giulia", "karim": "Karim", "teresa": "Teresa", "elena": "Elena", "marta": "Marta", "sara": "Sara",
    "paolo": "Paolo", "ugo": "Ugo", "nino": "Nino",
}  # fmt: skip
NO_IBAN = frozenset({"giulia", "karim"})


class Network(World):
    """Everybody of CAST on a phone; `heard_by` holds what each was told, `lines` the whole dialogue."""

    def __init__(self, database: Database, looks: dict[str, Look] | None = None, look: Look = "telegram") -> None:
        super().__init__(database)
        self.looks: dict[str, Look] = {who: (looks or {}).get(who, look) for who in CAST}
        self.heard_by: dict[str, list[Message]] = {who: [] for who in CAST}
        self.last: list[Message] = []
        self.lines: list[Line] = []
        self.count = 0
        self.codes_made = 0
        library: Any = forms.Library()
        world = door.World(content(), lambda: HOUSE, database.keys, library, Answers((), ()))
        nobody: Any = None
        delivery: Any = SimpleNamespace(node="test")
        self.turns = Turns(nobody, world, engine(), delivery, lambda: self.at)
        files = {"voucher_qr": _file, "voucher_paper": _file}
        self.renderer = Renderer(content().catalog, files)  # type: ignore[arg-type]
        self.populate()

    def populate(self, people_: Any = None) -> None:
        """The firms exist, everybody has joined, and all but two workers have given an account."""
        with self.database.write() as conn:
            for firm in FIRMS:
                network.add_enterprise(conn, firm, f"Impresa {firm.upper()}", "4_9")
            for who, (role, firm, contract, name) in CAST.items():
                people.add_guest(conn, who, "it", NOW)
                value = f"{self.looks[who]}:{who}"
                hashed = self.database.keys.hash("address", f"simulator:{value}")
                people.add_address(conn, who, Address("simulator", value), hashed, NOW)
                people.add_membership(conn, who, firm, role, contract, NOW)
                people.record_consent(conn, who, "service", True, "1", "it", "simulator", NOW)
                if who not in NO_IBAN:
                    profiles.keep(conn, who, NOW, name=name, iban=IBAN)

    def says(self, who: str, text: str) -> str:
        """What she reads after she wrote this."""
        self.lines.append(Says(NAMES[who], text))
        return self.take(who, Said(text))

    def taps(self, who: str, label: str) -> str:
        """What she reads after she tapped the newest button with this label ("…X": that ends with X)."""
        for message in reversed(self.heard_by[who]):
            for one in (*message.choices, *message.ways):
                shown = self.told(one, who).replace("\xa0", " ")
                if shown == label or (label.startswith("…") and shown.endswith(label[1:])):
                    self.lines.append(Taps(NAMES[who], shown))
                    return self.take(who, Chose(one.value, shown))
        raise AssertionError(f"no button {label!r}; {who} sees {self.labels(who)}")

    def token(self, who: str, label: str) -> str:
        """What the newest button with this label gives back, to be tapped again later."""
        found = [
            one.value
            for message in self.heard_by[who]
            for one in (*message.choices, *message.ways)
            if self.told(one, who).replace("\xa0", " ") == label
        ]
        return found[-1]

    def sends(self, who: str, what: Sent) -> str:
        """What she reads after she sent a file."""
        self.lines.append(Does(NAMES[who], "photo" if what.kind == "photo" else "document", what.name))
        return self.take(who, what)

    def scans(self, who: str, link: str) -> str:
        """What she reads after her camera opened the link of a QR picture."""
        self.lines.append(Does(NAMES[who], "link", "PV-…"))
        return self.take(who, Joined(link.rpartition("=")[2]))

    def take(self, who: str, what: Happening) -> str:
        """The event was worked, and everybody has what she was told."""
        self.count += 1
        address = Address("simulator", f"{self.looks[who]}:{who}")
        event = Event(f"e{self.count}", address, self.at, what)
        self._turn(lambda conn: self.turns._work(conn, event))
        return self.text

    def pass_time(self, **span: float) -> None:
        """The clock moves and every timer that came due rings, the oldest first."""
        self.lines.append(Waits(int(timedelta(**span).total_seconds())))
        until = self.at + timedelta(**span)
        while True:
            with self.database.write() as conn:
                due = timers.due(conn, until)[:1]
                for timer in due:
                    timers.take(conn, timer)
            if not due:
                break
            timer = due[0]
            self.at = max(self.at, timer.due_at)
            self.count += 1
            event = Event(
                f"t{self.count}",
                Address("timer", timer.person_id),
                self.at,
                Due(timer.kind, timer.subject, timer.payload),
            )
            self._turn(lambda conn, t=timer, e=event: self.turns._step_for(conn, t.person_id, e))  # type: ignore[misc]
        self.at = until

    def asked(self, person: str, call: str, *args: Any, **more: Any) -> str:
        """The id of a request she sent without the chat; who never said her name has now."""
        with self.database.write() as conn:
            profiles.keep(conn, person, self.at, name=CAST[person][3])
        return super().asked(person, call, *args, **more)

    def code(self) -> str:
        """The same codes in every run."""
        self.codes_made += 1
        return voucher_code(_steady_id(f"code {self.codes_made}"))

    def pay(self, who: str) -> None:
        """The accountant marks everything as paid, as her file from the bank does."""
        with self.database.read() as conn:
            waiting = payments.payments_in(conn, frozenset({"to_pay"}))
        for payment in waiting:
            self.does(who, money_paying.mark_paid, payment.id, "bank")

    def calls(self) -> list[str]:
        """The ids of the open calls."""
        with self.database.read() as conn:
            return [row.id for row in calls.calls_in(conn, "open")]

    def state(self, who: str) -> State:
        """Where she is."""
        with self.database.read() as conn:
            known = people.find_by_id(conn, who, lock=False)
        assert known is not None and isinstance(known.state, dict)
        return from_json(known.state)

    def labels(self, who: str) -> list[str]:
        """What she can tap on the last message."""
        message = self.heard_by[who][-1] if self.heard_by[who] else Message()
        return [self.told(one, who) for one in (*message.choices, *message.ways)]

    def told(self, one: Choice, who: str) -> str:
        return render(one.label, self.language(who), content().catalog)

    def language(self, who: str) -> str:
        with self.database.read() as conn:
            known = people.find_by_id(conn, who, lock=False)
        return "it" if known is None else known.language

    def read(self, who: str) -> str:
        """Everything she was told so far."""
        return "\n---\n".join(self._words(message, who) for message in self.heard_by[who])

    @property
    def text(self) -> str:
        """Everything the last event told the person it came from, and everybody else."""
        return "\n---\n".join(self._words(message, "giulia") for message in self.last)

    def _turn(self, work: Any) -> None:
        self.last = []
        for attempt in range(TRIES):
            try:
                with self.database.write() as conn:
                    turned = work(conn)
                break
            except Conflict:
                assert attempt < TRIES - 1, "the turn never comes to an end"
        for posted in turned.posted:
            who = posted.person_id
            if who not in self.heard_by:
                continue  # she erased herself, and is a stranger now
            check(posted.message, self.looks[who])
            paragraphs = [render(one, posted.language, content().catalog) for one in posted.message.body]
            assert len(paragraphs) == len(set(paragraphs)), f"said twice: {paragraphs}"
            self._check_template(posted.message, posted.language)
            self.heard_by[who].append(posted.message)
            self.last.append(posted.message)
            letter = self.renderer.letter(0, posted.message, posted.language, "", who)
            self.lines.append(heard(NAMES[who], letter))

    def _check_template(self, message: Message, language: str) -> None:
        """The approved text exists and takes these values."""
        if message.template is not None:
            known = TEMPLATES[message.template.name]
            told = tuple(render(value, language, content().catalog) for value in message.template.variables)
            assert filled_body(known, language, values(known, language, told))

    def _words(self, message: Message, who: str) -> str:
        letter = self.renderer.letter(0, message, self.language(who), "", who)
        line = heard(NAMES[who], letter)
        return "\n".join([line.text, *(" ".join(f"[{label}]" for label in row) for row in line.rows)])


def steady(monkeypatch: Any) -> None:
    """The fresh ids of a turn are the same in every run."""
    numbers: Iterator[int] = iter(range(1_000_000))

    def fresh(size: int) -> str:
        return _steady_id(f"fresh {next(numbers)}", size)

    monkeypatch.setattr(door, "secrets", SimpleNamespace(token_urlsafe=fresh))


def _steady_id(seed: str, size: int = 16) -> str:
    return base64.urlsafe_b64encode(sha256(seed.encode()).digest()[:size]).rstrip(b"=").decode()


def golden(network_: Network, name: str) -> None:
    """The whole dialogue is the one in dialogues/NAME.md; REWRITE_DIALOGUES=1 writes it anew, to be read again."""
    path = Path(__file__).parent / "dialogues" / f"{name}.md"
    if environ.get("REWRITE_DIALOGUES"):
        path.write_text(write(network_.lines), "utf-8")
    assert write(network_.lines) == path.read_text("utf-8")


def _file(attachment: Attachment, reader: str | None) -> File:
    return File(attachment.kind, attachment.name, attachment.mime, attachment.ref.encode())


__all__ = ["IBAN", "NOW", "PDF", "PHOTO", "Network", "a_spec", "datetime", "golden", "steady"]
