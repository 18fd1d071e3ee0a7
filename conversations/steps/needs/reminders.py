"""At most two reminders of an unfinished questionnaire, never at night or at a week-end, never after a no."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from conversations.effects import Effect, Forget, Remind, Say
from conversations.facts import Facts, NeedsRun
from conversations.flow import STAY, Outcome, choice, p, say
from conversations.forms.walk import progress
from conversations.messages import Message, Template, Verbatim
from conversations.rules.quiet import is_quiet, waking
from conversations.steps.needs.view import seen, wave_open

FIRST_AFTER: Final = timedelta(days=3)
LAST_AFTER: Final = timedelta(days=5)
BUSY: Final = timedelta(days=2)
"""Who answered within this time is not reminded yet."""
FIRST, LAST = "remind", "last"
_KINDS: Final[Mapping[str, str]] = {FIRST: "needs:remind", LAST: "needs:last"}


def first_reminder(run_id: str, facts: Facts) -> tuple[Effect, ...]:
    """The timer of the first reminder, for who agreed to be reminded."""
    if not facts.person.agrees("reminders"):
        return ()
    return (Remind(_KINDS[FIRST], run_id, waking(facts.now + FIRST_AFTER, facts.zone)),)


def no_more(run_id: str) -> tuple[Effect, ...]:
    """No timer of this run is left."""
    return tuple(Forget(kind, run_id) for kind in _KINDS.values())


def remind(which: str, run_id: str, facts: Facts) -> Outcome:
    """What is to be done now that the first or last timer of this run came due; the person stays where she is."""
    needs = facts.run
    if needs is None or needs.id != run_id or not _wanted(needs, facts):
        return Outcome(STAY)
    if facts.now - needs.updated_at < BUSY:
        return _later(which, run_id, facts, needs.updated_at + BUSY - facts.now)
    if is_quiet(facts.now, facts.zone):
        return _later(which, run_id, facts, timedelta())
    effects: list[Effect] = [Say(_message(needs, facts), lane="alert")]
    if which == FIRST:
        effects.append(Remind(_KINDS[LAST], run_id, waking(facts.now + LAST_AFTER, facts.zone)))
    return Outcome(STAY, effects=tuple(effects))


def mute(run_id: str) -> Outcome:
    """No reminder of this run any more."""
    return Outcome(STAY, effects=(*no_more(run_id), say("needs.muted")))


def _wanted(needs: NeedsRun, facts: Facts) -> bool:
    person = facts.person
    agreed = person.agrees("reminders") and person.agrees("questionnaire")
    return wave_open(facts) and not needs.finished and agreed and person.member and not person.stopped


def _later(which: str, run_id: str, facts: Facts, wait: timedelta) -> Outcome:
    return Outcome(STAY, effects=(Remind(_KINDS[which], run_id, waking(facts.now + wait, facts.zone)),))


def _message(needs: NeedsRun, facts: Facts) -> Message:
    """The reminder; it names no answer and no topic, because others may see the screen of the phone."""
    left = _left(needs, facts)
    return Message(
        body=(p("needs.reminder", count=left) if left else p("needs.reminder_send"),),
        ways=(choice(f"@needs:resume:{needs.id}", "needs.resume"), choice(f"@needs:mute:{needs.id}", "needs.mute")),
        template=Template("questionnaire_reminder", (p("needs.name"), Verbatim(str(left))), whole=True),
    )


def _left(needs: NeedsRun, facts: Facts) -> int:
    if facts.form is None:
        return 0
    dealt, total = progress(facts.form, seen(facts.form, needs.run, facts))
    return total - dealt
