"""What is counted for /metrics: names and labels in one place, never a person, an address or a text."""

from prometheus_client import Counter

WEBHOOK_REFUSED = Counter(
    "wis_webhook_refused_total", "Webhook requests not taken in, by channel and reason", ["channel", "reason"]
)
UPDATES_SKIPPED = Counter(
    "wis_updates_skipped_total", "Things a provider delivered that are no event for us", ["channel", "reason"]
)
