"""What the program counts of itself, for /metrics; labels hold kinds and causes, never anything of a person."""

from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

TURNS: Final = Counter("wis_turns", "Turns taken, by how they ended", ["outcome"], registry=REGISTRY)
TURN_SECONDS: Final = Histogram(
    "wis_turn_seconds",
    "From the event at hand to its commit",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
DEAD_LETTERS: Final = Gauge("wis_dead_letters", "Events that wait for `wis events retry`", registry=REGISTRY)
OUTBOX_ROWS: Final = Gauge("wis_outbox_rows", "Rows of the outbox, by status", ["status"], registry=REGISTRY)
OUTBOX_OLDEST: Final = Gauge(
    "wis_outbox_oldest_age_seconds", "How long the oldest message that should have left has waited", registry=REGISTRY
)
SENDS: Final = Counter(
    "wis_sends", "Messages handed to a provider, by how that ended", ["channel", "outcome"], registry=REGISTRY
)
WEBHOOK_REFUSED: Final = Counter(
    "wis_webhook_refused", "Webhook calls that were not the provider's", ["channel", "reason"], registry=REGISTRY
)
UPDATES_SKIPPED: Final = Counter(
    "wis_updates_skipped", "What a provider sent that is no event for us", ["channel", "reason"], registry=REGISTRY
)
_POLL_AGE: Final = Gauge(
    "wis_telegram_last_good_poll_age_seconds", "Since Telegram last answered a poll; -1: never", registry=REGISTRY
)
_POLL_AGE.set(-1)


def watch_poll_age(age: Callable[[], float]) -> None:
    """From now on the page asks `age` for the seconds since Telegram last answered a poll (-1: never)."""
    _POLL_AGE.set_function(age)


def show_outbox(rows: Mapping[str, int], oldest_age: float) -> None:
    """The page shows so many rows of each status, and that the oldest due one has waited `oldest_age` seconds."""
    OUTBOX_ROWS.clear()
    for status, count in rows.items():
        OUTBOX_ROWS.labels(status).set(count)
    OUTBOX_OLDEST.set(oldest_age)


def metrics_page() -> bytes:
    """The text of /metrics, of type CONTENT_TYPE."""
    return generate_latest(REGISTRY)
