"""The web server: the channels' routes, health and metrics, on one port."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.channels.contract import Channel
from bot.metrics import CONTENT_TYPE, DEAD_LETTERS, metrics_page, show_outbox
from storage import events, notes, outbox
from storage.db import Database, outage_code
from storage.outbox import Backlog

LARGEST_BODY = 25 * 1024 * 1024
"""Bytes: a photo of 20 MB on the simulator; the webhooks have smaller limits of their own."""

MOST_WAITING = 300.0
"""Seconds after which an unsent message makes the program unhealthy."""

PULSE = "pulse"
"""The note that is written to learn whether the database takes writes again."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the database says of the program now."""

    backlog: Backlog
    dead_letters: int


def read_pulse(database: Database, at: datetime) -> Pulse:
    """What waits in the outbox and among the dead letters at `at`. Raises the database's errors, also that of a
    write where the last one was refused."""
    if database.refusing:
        with database.write() as conn:
            notes.write_note(conn, PULSE, at.isoformat())
    with database.read() as conn:
        return Pulse(outbox.backlog(conn, at), events.dead_count(conn))


def web_app(
    channels: Sequence[Channel],
    pulse: Callable[[], Awaitable[Pulse]],
    now: Callable[[], datetime],
    welcome: str,
) -> web.Application:
    """The application with every route. `welcome` is what a bare visitor reads where no simulator is served."""

    async def health(_: web.Request) -> web.Response:
        report, good = await health_report(channels, pulse, now)
        return web.json_response(report, status=200 if good else 503)

    async def metrics(_: web.Request) -> web.Response:
        try:
            seen = await pulse()
        except Exception:
            show_outbox({}, -1)
        else:
            show_outbox({"waiting": seen.backlog.waiting, "failed": seen.backlog.failed}, age(seen.backlog, now()))
            DEAD_LETTERS.set(seen.dead_letters)
        return web.Response(body=metrics_page(), headers={"Content-Type": CONTENT_TYPE})

    async def root(_: web.Request) -> web.Response:
        return web.Response(text=welcome)

    app = web.Application(client_max_size=LARGEST_BODY)
    routes = [route for channel in channels for route in channel.routes()]
    app.add_routes([web.get("/healthz", health), web.get("/metrics", metrics), *routes])
    if not any(isinstance(route, web.RouteDef) and route.path == "/" for route in routes):
        app.add_routes([web.get("/", root)])
    return app


def age(backlog: Backlog, now: datetime) -> float:
    """Seconds the oldest unsent message has waited."""
    return 0.0 if backlog.oldest is None else max(0.0, (now - backlog.oldest).total_seconds())


async def health_report(
    channels: Sequence[Channel], pulse: Callable[[], Awaitable[Pulse]], now: Callable[[], datetime]
) -> tuple[Mapping[str, object], bool]:
    """What /healthz says, and whether the program does its work."""
    report: dict[str, object] = {"channels": {c.name: {"state": c.health.state, **c.health.detail} for c in channels}}
    good = all(channel.health.state != "failing" for channel in channels)
    try:
        seen = await pulse()
    except Exception as error:
        report["database"] = {"state": "failing", "cause": outage_code(error) or type(error).__name__}
        good = False
    else:
        waited = age(seen.backlog, now())
        report["database"] = {"state": "ok"}
        report["outbox"] = {"waiting": seen.backlog.waiting, "oldest_age_seconds": round(waited, 1)}
        report["dead_letters"] = seen.dead_letters
        good = good and waited < MOST_WAITING
    report["status"] = "ok" if good else "failing"
    return report, good
