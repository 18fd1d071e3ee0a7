"""The only wiring: from settings to a program that can be served."""

from __future__ import annotations

import asyncio
import fcntl
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app import App
from bot.channels.contract import CommandTexts
from bot.channels.layout import LayoutWords
from bot.channels.simulator import Simulator
from bot.channels.simulator_phones import Phone, ShownTemplate, SimulatorConfig
from bot.channels.simulator_store import TableStore
from bot.channels.whatsapp_config import WhatsAppConfig
from bot.channels.whatsapp_templates import OpenerTemplate, filled_body, filled_token, read_templates, values
from bot.clock import Clock
from bot.feeds import FeedWeb
from bot.keys import open_keys
from bot.metrics import SENDS, watch_poll_age
from bot.settings import Settings
from bot.turns import Turns
from conversations.events import Address
from conversations.facts import House, Role
from conversations.messages import Phrase
from conversations.news.digest import TEMPLATE as NEWS_OPENER
from conversations.news.digest import digest
from conversations.news.views import Price
from conversations.phrases import Catalog, render
from conversations.program import engine
from scheduler.broadcast import WORK, Broadcast, rules_for
from scheduler.delivery import Delivery
from scheduler.durable import Durable, beside
from scheduler.feeds import visit_feeds
from scheduler.files import file_sources, sent_file
from scheduler.news_report import news_sources
from scheduler.render import Renderer
from scheduler.sending import Opener
from storage import demo, migrate, outbox, seeds
from storage.content import Content, content_folder, read_content
from storage.db import Database
from storage.facts import World
from storage.forms import Library
from storage.lanes import Lanes
from storage.news.feed_list import FILE as FEEDS
from storage.news.feed_list import read_feeds
from storage.news.prices import read_prices
from storage.news.report import Means
from storage.rotation import check_keys

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramChannel

SHOWN = 3
"""Phones on the simulator page when it is opened first: a worker, the welfare manager, a partner."""

COMMANDS = (
    "menu", "questionario", "argomenti", "notizie", "persona", "privacy", "lingua", "collega", "annulla", "stop",
    "aiuto",
)  # fmt: skip
ROLE_COMMANDS: dict[Role, tuple[str, ...]] = {
    "welfare_manager": ("domande", "numeri"),
    "editor": ("redazione",),
    "coordinator": ("redazione", "numeri"),
}


class AlreadyRunning(Exception):
    """Another process uses this SQLite database already: stop it first, or use PostgreSQL for several."""


@asynccontextmanager
async def opened(
    settings: Settings, load_demo: bool = True, alone: bool = True, lasting: bool = False
) -> AsyncIterator[App]:
    """The program on a migrated and seeded database, with the channels the settings ask for; closed at the end.

    Not `alone`, it runs beside the one in service: it sends nothing itself and leaves its replies to that one. A
    `lasting` one leaves what takes much memory once to a process that ends.
    Raises SettingsError, ContentError, AlreadyRunning, UnknownKey, and the database's errors.
    """
    keys, note = open_keys(settings)
    content = read_content(content_folder(), settings.default_language, ZoneInfo(settings.tz_name))
    database = Database(settings.database, keys)
    with _alone(database) if alone else nullcontext():
        migrate.upgrade(database)
        check_keys(database)
        lanes = Lanes(database)
        try:
            with database.in_turn():
                app = await _assemble(settings, database, lanes, content, load_demo, alone, lasting)
            app.notes += [note] if note else []
            yield app
        finally:
            await lanes.close()
            database.close()


async def _assemble(
    settings: Settings,
    database: Database,
    lanes: Lanes,
    content: Content,
    load_demo: bool,
    alone: bool,
    lasting: bool,
) -> App:
    clock, catalog = Clock(), content.catalog
    version = await lanes.run(partial(seeds.needs_form, content=content_folder(), at=clock.now()))
    told = partial(seeds.answers, keep=settings.data_dir, semantic=settings.faq_semantic, apart=lasting)
    answers = await lanes.run(partial(told, content=content_folder(), at=clock.now()))
    if load_demo and not settings.live and await lanes.run(demo.is_empty):
        load = partial(demo.load, keys=database.keys, form=seeds.NEEDS, version=version)
        await lanes.run(partial(load, language=settings.default_language, at=clock.now()))
    node = secrets.token_urlsafe(16) if alone else ""
    if alone and database.kind == "sqlite":
        # alone on this file: whatever claims are left are those of a process that died
        await lanes.run(lambda conn: outbox.leave(conn, outbox.other_nodes(conn, node)))
    if alone:
        # before the first event: what a process claims that never gave a sign of life, another one takes over
        await lanes.run(partial(outbox.beat, node=node, at=clock.now()))
    served: list[TelegramChannel] = []
    sources = file_sources(database) | news_sources(database, catalog)
    delivery = Delivery(lanes, {}, Renderer(catalog, sources), clock.now, node, _count)
    templates = read_templates((content_folder() / "templates.toml").read_text("utf-8"))
    means = partial(_means, settings, delivery, templates, read_prices(content_folder()))
    world = World(content, partial(_house, settings, served), database.keys, Library(), answers, means)
    turns = Turns(lanes, world, engine(), delivery, clock.now, partial(_show_commands, served, catalog))
    app = App(settings, database, lanes, clock, content, turns, delivery, answers=answers)
    if lasting:
        app.warm_after = 0.0
    if alone:
        rules = rules_for(settings.whatsapp_daily_limit)
        app.broadcast = Broadcast(delivery, digest, ZoneInfo(settings.tz_name), rules)
        app.durable = Durable(beside(settings.database), node, {WORK: app.broadcast.run})
    if alone and settings.newsletter_feeds:
        followed = read_feeds((content_folder() / FEEDS).read_text("utf-8"))
        app.visit_feeds = partial(visit_feeds, lanes, FeedWeb(followed.hosts), followed.feeds, clock.now)
    if settings.telegram:
        served.append(_telegram(settings, turns, catalog))
        app.add(served[0])
        watch_poll_age(served[0].poll_age)
    if settings.whatsapp:
        from bot.channels.whatsapp import WhatsApp
        from bot.channels.whatsapp_media import Links

        links = Links(
            partial(database.keys.hash, "whatsapp.file"),
            lambda number: asyncio.to_thread(sent_file, database, sources, number),
            clock.now,
        )
        app.add(WhatsApp(whatsapp_config(settings), turns, templates, _words(catalog), links))
    if settings.simulator_on:
        if not settings.live:
            await clock.allow_moving(lanes, app.ring)
        phones = await lanes.run(demo.phones)
        config = _simulator(settings, catalog, templates, phones)
        app.add(Simulator(config, turns, TableStore(lanes), clock))
    return app


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """SQLite serves one process: a lock beside the file keeps a second one out. Raises AlreadyRunning."""
    file = database.engine.url.database or ":memory:"
    if database.kind != "sqlite" or file == ":memory:":
        yield
        return
    with Path(file).resolve().with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning from error
        yield


def _house(settings: Settings, telegram: Sequence[TelegramChannel]) -> House:
    return House(
        name=settings.association_name,
        phone=settings.office_phone,
        hours=settings.office_hours,
        controller=settings.controller_name or (settings.association_name if settings.live else ""),
        privacy_contact=settings.privacy_contact,
        sensitive_on_whatsapp=settings.sensitive_on_whatsapp,
        telegram_bot=telegram[0].username if telegram else "",
        whatsapp_number=settings.twilio_whatsapp_from.removeprefix("whatsapp:"),
    )


def _means(
    settings: Settings, delivery: Delivery, templates: Sequence[OpenerTemplate], prices: tuple[Price, ...]
) -> Means:
    """What there is to send a newsletter with, on the channels that are served by now."""
    return Means(
        rates={name: delivery.paces[name].rate for name in delivery.senders if name in delivery.paces},
        daily_limit=settings.whatsapp_daily_limit,
        prices=prices,
        opener_languages=[code for one in templates if one.name == NEWS_OPENER for code in one.bodies],
        rule=settings.rule,
    )


def _telegram(settings: Settings, turns: Turns, catalog: Catalog) -> TelegramChannel:
    # its library costs 30 MB, Twilio's 16: only who is served pays
    from bot.channels.telegram import TelegramChannel, TelegramConfig

    config = TelegramConfig(
        token=settings.telegram_bot_token.get_secret_value(),
        api_base_url=settings.telegram_api_base_url,
        mode=settings.telegram_mode,
        webhook_secret=settings.telegram_webhook_secret.get_secret_value(),
        public_base_url=settings.public_base_url,
        default_language=settings.default_language,
    )
    return TelegramChannel(config, turns, partial(_commands, catalog), partial(_told, catalog))


def whatsapp_config(settings: Settings) -> WhatsAppConfig:
    """The WhatsApp channel's configuration. Raises ValueError where a setting is missing."""
    keys = settings.twilio_webhook_keys.get_secret_value().split(",")
    pairs = (pair.partition(":") for pair in keys if pair.strip())
    return WhatsAppConfig(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        from_number=settings.twilio_whatsapp_from,
        public_base_url=settings.public_base_url,
        api_base_url=settings.twilio_api_base_url,
        content_base_url=settings.twilio_content_base_url,
        webhook_keys={key.strip(): secret.strip() for key, _, secret in pairs},
    )


def _simulator(
    settings: Settings,
    catalog: Catalog,
    templates: Sequence[OpenerTemplate],
    phones: Sequence[demo.DemoPhone],
) -> SimulatorConfig:
    known = {template.name: template for template in templates}

    def template(opener: Opener, language: str) -> ShownTemplate:
        found = known[opener.name]
        spoken = language if language in found.bodies else catalog.default
        variables = values(found, spoken, opener.variables)
        buttons = tuple((filled_token(b, variables), b.labels[spoken]) for b in found.buttons)
        return ShownTemplate(filled_body(found, spoken, variables), buttons)

    words = _words(catalog)
    return SimulatorConfig(
        phones=tuple(
            Phone(
                id=one.phone,
                look="whatsapp" if one.look == "whatsapp" else "telegram",
                name=one.name,
                role=dict(zip(("it", "en"), one.titles, strict=True)),
                code=one.code,
                language=settings.default_language,
                hidden=place >= SHOWN,
            )
            for place, one in enumerate(phones)
        ),
        template=template,
        words=lambda language: words.get(language) or words[catalog.default],
        greeting=lambda code, language: render(Phrase("simulator.greeting", {"code": code}), language, catalog),
        public=settings.simulator_public,
        time_zone=settings.tz_name,
    )


def _words(catalog: Catalog) -> dict[str, LayoutWords]:
    return {
        language: LayoutWords(
            ways=render(Phrase("layout.ways"), language, catalog),
            choose=render(Phrase("layout.choose"), language, catalog),
        )
        for language in catalog.languages
    }


def _commands(catalog: Catalog) -> CommandTexts:
    return {
        language: [(name, _told(catalog, f"command.{name}", language)) for name in COMMANDS]
        for language in catalog.languages
    }


def _show_commands(
    served: Sequence[TelegramChannel], catalog: Catalog, address: Address, roles: frozenset[Role]
) -> None:
    """The Telegram menu of somebody with a role of her own shows what the role adds."""
    names = list(dict.fromkeys(name for role, names in ROLE_COMMANDS.items() if role in roles for name in names))
    if address.channel != "telegram" or not names or not served:
        return
    extra = {
        language: [(name, _told(catalog, f"command.{name}", language)) for name in names]
        for language in catalog.languages
    }
    served[0].later(served[0].set_commands_for(int(address.value), extra))


def _told(catalog: Catalog, key: str, language: str) -> str:
    return render(Phrase(key), language, catalog)


def _count(channel: str, outcome: str) -> None:
    SENDS.labels(channel, outcome).inc()
