"""The page of /metrics: what an operator can see, and that it names nobody."""

from prometheus_client.parser import text_string_to_metric_families

from bot import metrics


def samples() -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(metrics.metrics_page().decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_the_page_counts_turns_sends_and_refusals() -> None:
    before = samples()
    metrics.TURNS.labels("done").inc()
    metrics.TURN_SECONDS.observe(0.003)
    metrics.SENDS.labels("telegram", "sent").inc(2)
    metrics.WEBHOOK_REFUSED.labels("whatsapp", "signature").inc()
    after = samples()
    for key, more in {
        ("wis_turns_total", "done"): 1.0,
        ("wis_turn_seconds_count",): 1.0,
        ("wis_sends_total", "telegram", "sent"): 2.0,
        ("wis_webhook_refused_total", "whatsapp", "signature"): 1.0,
    }.items():
        assert after[key] - before.get(key, 0.0) == more


def test_a_status_without_rows_any_more_leaves_the_page() -> None:
    metrics.show_outbox({"todo": 3, "sending": 1}, 12.5)
    metrics.show_outbox({"todo": 2}, 0.0)
    shown = samples()
    assert shown[("wis_outbox_rows", "todo")] == 2
    assert ("wis_outbox_rows", "sending") not in shown
    assert shown[("wis_outbox_oldest_age_seconds",)] == 0


def test_the_age_of_the_last_good_poll_is_asked_when_the_page_is_read() -> None:
    ages = iter([5.0, 6.0])
    metrics.watch_poll_age(lambda: next(ages))
    assert [samples()[("wis_telegram_last_good_poll_age_seconds",)] for _ in range(2)] == [5.0, 6.0]
    metrics.watch_poll_age(lambda: -1.0)
