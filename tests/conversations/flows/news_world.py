"""People around the newsletter without a database: a reader, an editor, a welfare manager, a coordinator."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from os import environ
from pathlib import Path
from typing import Any, cast, get_args

from bot.channels.dialogue import Does, Line, Says, Taps, Waits, heard, write
from bot.channels.whatsapp_templates import filled_body, read_templates, values
from conversations.effects import Effect, Say, ToRole
from conversations.events import Chose, Due, Happening, Said, Sent
from conversations.facts import Consent, Facts, Membership, Purpose, Reach, Role
from conversations.news.foresee import foreseen
from conversations.news.life import lawful, move_of
from conversations.news.orders import NewsOrder, PostponeRead
from conversations.news.views import NO_NEWS, Issue, Item, NewsFacts, Progress, Prospect, Wishes
from conversations.phrases import render
from conversations.steps.newsroom.wanted import in_hand, plans, wanted
from scheduler.render import Renderer
from scheduler.sending import File
from storage.content import content_folder
from tests.conversations.flows.phones import MONDAY, Phone, World
from tests.conversations.player import content

TEMPLATES = {t.name: t for t in read_templates((content_folder() / "templates.toml").read_text("utf-8"))}
NAMES = {"sara": "Sara", "rita": "Rita", "elena": "Elena", "marta": "Marta"}
ROLES: dict[str, Role] = {"sara": "worker", "rita": "editor", "elena": "welfare_manager", "marta": "coordinator"}
MARKDOWN = Sent("document", "file-1", "text/markdown", "dicembre.md", 2_000)


def item(key: str, title: str = "", **more: Any) -> Item:
    """An item with a title and a sentence in both languages."""
    said = title or f"Titolo {key}"
    known: dict[str, Any] = {
        "id": key,
        "title": {"it": said, "en": f"{said} (en)"},
        "sentence": {"it": f"Frase {key} in italiano.", "en": f"Sentence {key} in English."},
        "link": f"https://example.org/{key}",
        "action": "read",
    }
    return Item(**{**known, **more})


def issue(key: str = "n1", state: str = "sent", **more: Any) -> Issue:
    """An issue with a rule, an offer for parents of small children, and an event for everybody."""
    items = (
        item("a", "Bonus nido: le date", topic="childcare", normative=True, source="INPS", as_of=date(2026, 11, 20),
             expires=date(2026, 12, 31), action="ask", signed_by="elena", signed_at=MONDAY),
        item("b", "Stireria a metà prezzo", topic="services", action="interested"),
        item("c", "Incontro in rete il 10 dicembre", common=True, action="none", link=""),
    )  # fmt: skip
    known: dict[str, Any] = {
        "id": key,
        "number": "2026-11",
        "kind": "monthly",
        "title": {"it": "Notizie di novembre 2026", "en": "News of November 2026"},
        "state": state,
        "revision": 3,
        "items": items,
        "started_at": MONDAY - timedelta(days=2),
        "ended_at": MONDAY - timedelta(days=2),
    }
    return Issue(**{**known, **more})


class NewsWorld(World):
    """Everybody's chats on one channel, the newsletter they share, and what was said as a dialogue."""

    def __init__(self, *issues: Issue, look: str = "telegram", **more: Any) -> None:
        super().__init__(**more)
        self.look = look
        self.news = NewsFacts(issues=issues, archive=tuple(one for one in issues if one.state == "sent"))
        self.to_read: dict[str, Issue] = {}
        self.wishes: dict[str, Wishes] = {}
        self.prospect: Prospect | None = None
        self.orders: list[NewsOrder] = []
        self.lines: list[Line] = []
        self.by_name: dict[str, Phone] = {}
        for name, role in ROLES.items():
            self.by_name[name] = self.phone(name, look, role)
            self.change(name, newsletter=True)

    def change(self, name: str, language: str = "", reaches: tuple[str, ...] = (), **consents: bool) -> None:  # type: ignore[override]
        """She said yes or no to these, speaks this language, is reached there."""
        record = self.records[name]
        version = content().documents["newsletter"].version
        new = {cast(Purpose, key): Consent(yes, version, self.now, self.look) for key, yes in consents.items()}
        person = replace(record.person, consents={**record.person.consents, **new})
        if language:
            person = replace(person, language=language)
        if reaches:
            person = replace(person, reaches=tuple(Reach(one, "***0134", False) for one in reaches))
        record.person = person

    def also(self, name: str, role: Role) -> None:
        """She holds this role too."""
        person = self.records[name].person
        self.records[name].person = replace(person, memberships=(*person.memberships, Membership(role, "", "")))

    def facts(self, phone: Phone) -> Facts:
        facts = super().facts(phone)
        if not wanted(phone.state, self.what):
            return facts
        key = in_hand(phone.state, self.what)
        office = any(facts.person.holds(role) for role in ("editor", "welfare_manager", "coordinator"))
        news = replace(
            self.news if office else replace(NO_NEWS, archive=self.news.archive),
            to_read=self.to_read.get(phone.name),
            wishes=self.wishes.get(phone.name, Wishes()),
            prospect=self.prospect if key and office and plans(phone.state, self.what) else None,
        )
        return replace(facts, news=news)

    def apply(self, effect: Effect, phone: Phone) -> None:
        if not isinstance(effect, get_args(NewsOrder)):
            if isinstance(effect, Say) and isinstance(effect.to, ToRole):
                assert effect.lane == "alert" and effect.message.template is not None
            return super().apply(effect, phone)
        order = cast(NewsOrder, effect)
        self.orders.append(order)
        held = next((one for one in self.news.issues if one.id == getattr(order, "issue_id", "")), None)
        move = move_of(order)
        if move is not None:
            assert held is not None and lawful(move, held), f"{order} is not lawful now"
            assert getattr(order, "revision", held.revision) == held.revision, "storage would answer with a Conflict"
        mine = replace(self.news, to_read=self.to_read.get(phone.name), wishes=self.wishes.get(phone.name, Wishes()))
        after = foreseen(mine, order, phone.name, self.now)
        if after.to_read is None:
            self.to_read.pop(phone.name, None)
        elif isinstance(order, PostponeRead):
            self.to_read[phone.name] = after.to_read
        self.wishes[phone.name] = after.wishes
        self.news = replace(after, to_read=None, wishes=Wishes())
        return None

    # what people do

    def says(self, who: str, text: str) -> str:
        self.lines.append(Says(NAMES[who], text))
        return self.does(who, Said(text))

    def taps(self, who: str, label: str) -> str:
        phone = self.by_name[who]
        for message in reversed(phone.received):
            for one in (*message.choices, *message.ways):
                if render(one.label, phone.language, content().catalog) == label:
                    self.lines.append(Taps(NAMES[who], label))
                    return self.does(who, Chose(one.value, label))
        raise AssertionError(f"no button {label!r}; {who} sees {phone.labels}")

    def sends(self, who: str, file: Sent) -> str:
        self.lines.append(Does(NAMES[who], "document", file.name))
        return self.does(who, file)

    def rings(self, who: str, kind: str, subject: str) -> str:
        """A timer of hers."""
        return self.does(who, Due(kind, subject, {}))

    def waits(self, **span: float) -> None:
        self.lines.append(Waits(int(timedelta(**span).total_seconds())))
        until = self.now + timedelta(**span)
        while due := sorted(
            (at, name, key)
            for name, record in self.records.items()
            for key, at in record.timers.items()
            if at <= until
        ):
            at, name, (kind, subject) = due[0]
            self.now = max(self.now, at)
            del self.records[name].timers[kind, subject]
            self.rings(name, kind, subject)
        self.now = until

    def does(self, who: str, what: Happening) -> str:
        self.what = what
        marks = {name: len(phone.received) for name, phone in self.by_name.items()}
        phone = self.by_name[who]
        phone.take(what)
        renderer = Renderer(content().catalog, {"news_chart": _file, "news_csv": _file})
        for name in (who, *(one for one in self.by_name if one != who)):
            other = self.by_name[name]
            for message in other.received[marks[name] :]:
                told = [render(text, other.language, content().catalog) for text in message.body]
                assert len(told) == len(set(told)), f"said twice: {told}"
                self._check_template(message, other.language)
                letter = renderer.letter(0, message, other.language, "", name)
                self.lines.append(heard(NAMES[name], letter))
        return phone.text

    def sees(self, who: str) -> list[str]:
        """The labels under the last message."""
        return self.by_name[who].labels

    def place(self, who: str) -> tuple[str, str]:
        """Flow and step."""
        state = self.by_name[who].state
        return state.place.flow, state.place.step

    def issue(self, key: str = "") -> Issue:
        """The issue with this id, else the newest."""
        return next(one for one in self.news.issues if not key or one.id == key)

    def put(self, changed: Issue) -> None:
        """The issue is like this now: what the engine behind the newsletter does."""
        self.news = replace(
            self.news, issues=tuple(changed if one.id == changed.id else one for one in self.news.issues)
        )

    def ordered(self, kind: type[Any]) -> list[Any]:
        """The orders of this kind so far."""
        return [one for one in self.orders if isinstance(one, kind)]

    def _check_template(self, message: Any, language: str) -> None:
        if message.template is not None:
            known = TEMPLATES[message.template.name]
            told = tuple(render(value, language, content().catalog) for value in message.template.variables)
            assert filled_body(known, language, values(known, language, told))


def golden(world: NewsWorld, name: str) -> None:
    """The whole dialogue is the one in dialogues/NAME.md; REWRITE_DIALOGUES=1 writes it anew, to be read again."""
    path = Path(__file__).parent / "dialogues" / f"{name}.md"
    if environ.get("REWRITE_DIALOGUES"):
        path.write_text(write(world.lines), "utf-8")
    assert write(world.lines) == path.read_text("utf-8")


def progress(**counts: int) -> Progress:
    """So many people with each outcome, on Telegram."""
    return Progress({"telegram": counts}, enqueued=True, pace=20.0)  # type: ignore[dict-item]


def _file(attachment: Any, reader: str | None) -> File:
    return File(attachment.kind, attachment.name, attachment.mime, attachment.ref.encode())


__all__ = ["MARKDOWN", "MONDAY", "UTC", "NewsWorld", "date", "datetime", "golden", "issue", "item", "progress"]
