"""When an answer is due: two working days, a word to the colleague a day before, to all of them when it is late."""

from datetime import datetime, timedelta
from typing import Final

from conversations.effects import CloseTicket, Effect, Forget, Remind
from conversations.facts import Facts
from conversations.rules.working_days import add_working_days
from conversations.steps.handoff.thread import WORKING_DAYS

SOON: Final = "handoff:soon"
LATE: Final = "handoff:late"
REST: Final = "handoff:rest"
"""Rings for who answered: a thread in which nobody wrote for two weeks after our answer is closed."""
QUIET: Final = timedelta(days=14)
GIVEN_UP: Final = timedelta(days=10)
"""How long the colleagues are reminded of a late answer, once per working day."""


def due(facts: Facts) -> datetime:
    """When the answer to a message of now is due."""
    return add_working_days(facts.now, WORKING_DAYS, facts.zone)


def watched(ticket_id: str, facts: Facts) -> tuple[Effect, ...]:
    """The two timers of a message that waits for an answer; they belong to the person who asks."""
    return (
        Remind(SOON, ticket_id, add_working_days(facts.now, WORKING_DAYS - 1, facts.zone)),
        Remind(LATE, ticket_id, due(facts)),
    )


def late_again(ticket_id: str, facts: Facts) -> Remind:
    """The next word about a late answer."""
    return Remind(LATE, ticket_id, add_working_days(facts.now, 1, facts.zone))


def resting(ticket_id: str, facts: Facts) -> Remind:
    """The timer that closes a thread in which nobody writes any more."""
    return Remind(REST, ticket_id, facts.now + QUIET)


def at_rest(ticket_id: str) -> tuple[Effect, ...]:
    """The thread is closed and nothing more is remembered of it."""
    return (CloseTicket(ticket_id), Forget(REST, ticket_id))
