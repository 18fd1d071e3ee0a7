"""The needs questionnaire: one question at a time, every answer kept at once, sent only after a last look.

WIS:  Domanda 3 di 21 · Il tuo lavoro. Lavori anche in questi momenti?
Tu:   1, 3
WIS:  Domanda 4 di 21 · Il tuo lavoro. Puoi lavorare da casa?
Tu:   [Pausa]
WIS:  Le tue risposte restano qui. Per andare avanti scrivi QUESTIONARIO.
"""

from collections.abc import Mapping
from typing import ClassVar

from conversations.effects import Effect, RecordConsent, Say, StartRun
from conversations.events import Json
from conversations.facts import Facts, Role
from conversations.flow import BACK, NO, STAY, YES, Heard, Miss, Outcome, Picked, Typed, done, first, p, say
from conversations.foresee import foresee
from conversations.forms.form import Form
from conversations.forms.walk import Answer, Run, take
from conversations.messages import Localized, Message, Text
from conversations.state import Place
from conversations.steps.needs import finished as finished
from conversations.steps.needs import running as running
from conversations.steps.needs.hearing import action_of
from conversations.steps.needs.refusals import explained
from conversations.steps.needs.reminders import FIRST, LAST, first_reminder, mute, remind
from conversations.steps.needs.screens import question
from conversations.steps.needs.view import GATE, NAME, Standing, fresh_run, seen, shown, standing
from conversations.understand import Word, word_in

_STEPS: Mapping[Standing, frozenset[str]] = {
    "closed": frozenset(),
    "gate": frozenset({"gate"}),
    "again": frozenset({"again"}),
    "running": frozenset({"ask", "summary", "edit", "delete"}),
    "finished": frozenset({"finished", "review", "delete"}),
}
"""The steps that fit each standing: whoever comes from another (finished on the other phone) is shown the first."""


class Needs:
    """The questionnaire of the wave that is open now."""

    name: ClassVar[str] = NAME
    roles: ClassVar[frozenset[Role] | None] = frozenset({"worker"})

    def enter(self, args: Mapping[str, Json], facts: Facts) -> Outcome:
        """Begin, or go on where the person stopped."""
        if standing(facts) == "running" and facts.form is not None and facts.run is not None:
            return running.resumed(facts.form, facts.run, facts)
        return self.show(Place(NAME, "enter"), facts)

    def take(self, place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
        """Go on from the step, as long as things still stand as they did on the person's screen."""
        form, needs, now = facts.form, facts.run, standing(facts)
        if form is None or place.step not in _STEPS[now]:
            return first(self.show(place, facts), *(() if now == "closed" else (say("needs.moved"),)))
        if isinstance(heard, Typed) and word_in(heard.text) is Word.RETURN:
            return self.show(place, facts)
        if needs is None:
            return _at_gate(heard, form, facts)
        if place.step == "again":
            return _consented_again(heard, form, facts)
        if place.step == "delete" and heard in (Picked("sure"), Picked("keep")):
            return finished.deleted(needs) if heard == Picked("sure") else self.show(Place(NAME, "enter"), facts)
        if place.step == "summary" and heard == Picked("delete"):
            return finished.deletion(facts)
        if place.step == "delete":
            return Miss(p("needs.choose"))
        if now == "finished":
            return finished.hear(place, heard, form, needs, facts)
        return running.hear(place, heard, form, needs, facts)

    def show(self, place: Place, facts: Facts) -> Outcome:
        """The step once more, or what there is instead of it now; the words are those of today's language."""
        form, needs, now = facts.form, facts.run, standing(facts)
        if now == "closed" or form is None:
            return done(_closed(facts))
        if needs is None:
            return _gate(form, facts)
        if now == "again":
            return _again()
        if place.step == "delete":
            return finished.deletion(facts)
        if now == "finished":
            shows = place.step == "review"
            return finished.review(form, needs, facts) if shows else finished.sent_already(needs, facts)
        return running.here(form, needs, facts, running.page_in(place), edit=place.step == "edit")

    def act(self, verb: str, subject: str, facts: Facts) -> Outcome:
        """remind and last are timers; mute ends them; everything else leads to the questionnaire."""
        match verb:
            case "remind":
                return remind(FIRST, subject, facts)
            case "last":
                return remind(LAST, subject, facts)
            case "mute" | "silence":
                return mute(subject or (facts.run.id if facts.run is not None else ""))
            case _:
                outcome = self.enter({}, facts)
                # A button of long ago must not take the person away from where she is now.
                return Outcome(STAY, effects=outcome.effects) if outcome.then is None else outcome

    def back(self, place: Place, facts: Facts) -> Outcome:
        """One question back; from the first one to where the person was."""
        form, needs, now = facts.form, facts.run, standing(facts)
        if form is None or needs is None or place.step not in _STEPS[now]:
            return done()
        if place.step in {"delete", "review"}:
            return self.show(Place(NAME, "enter"), facts)
        return running.back(place, form, needs, facts) if now == "running" else done()

    def left(self, place: Place, facts: Facts) -> str:
        """What is said to who leaves for the menu: the answers stay."""
        return "needs.paused" if standing(facts) == "running" else ""


def _closed(facts: Facts) -> Say:
    wave = facts.wave
    if wave is not None and wave.closes_at <= facts.now:
        return say("needs.closed", day=finished.closing_day(facts))
    return say("needs.none_open")


def _gate(form: Form, facts: Facts, again: bool = False) -> Outcome:
    """The first question of all, with the text of the consent that its "yes" records, unless it was just read."""
    prompt = shown(form, _unstarted(form, facts), facts)
    asked = question(prompt, 0, facts, answered=False)
    consent = facts.documents.get("questionnaire")
    body: list[Text] = [] if consent is None or again else [Localized(consent.texts)]
    screen = Message(
        title=p("needs.name"),
        body=(*body, p("needs.open_until", day=finished.closing_day(facts)), *asked.body),
        hint=asked.hint,
        choices=asked.choices,
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "gate"), screen)


def _at_gate(heard: Heard, form: Form, facts: Facts) -> Outcome | Miss:
    run = _unstarted(form, facts)
    prompt = shown(form, run, facts)
    action = action_of(heard, prompt, 0, facts, answered=False)
    if isinstance(action, Miss):
        return action
    if isinstance(action, Answer) and action.value == "later" and prompt.name == GATE:
        return done(say("needs.later"))
    taken = take(form, run, action, now=facts.now.astimezone(facts.zone))
    if taken.problem is not None:
        # "info_privacy" is refused by the form itself: its message is the privacy text.
        return first(_gate(form, facts, again=True), Say(Message(body=(explained(taken.problem, prompt),))))
    return _started(taken.run, form, facts)


def _started(run: Run, form: Form, facts: Facts) -> Outcome:
    wave, run_id = facts.wave, facts.fresh[0]
    if wave is None:
        return done(_closed(facts))
    effects: list[Effect] = [
        StartRun(run_id, wave.id, wave.form_version, seen(form, run, facts)),
        RecordConsent("questionnaire", True, _consent_version(form, facts)),
        *first_reminder(run_id, facts),
    ]
    after = foresee(facts, effects)
    if after.run is None:
        return done(*effects)
    return first(running.here(form, after.run, after), *effects)


def _consent_version(form: Form, facts: Facts) -> str:
    document = facts.documents.get("questionnaire")
    return running.consent_version(form) if document is None else document.version


def _unstarted(form: Form, facts: Facts) -> Run:
    """The run as it would begin now; nothing is kept before the person has agreed."""
    return fresh_run(form, facts, int.from_bytes(facts.fresh[0].encode()[:6], "big"))


def _again() -> Outcome:
    screen = Message(title=p("needs.name"), body=(p("needs.again"),), choices=(YES, NO), ways=(BACK,))
    return Outcome(Place(NAME, "again"), screen)


def _consented_again(heard: Heard, form: Form, facts: Facts) -> Outcome | Miss:
    match heard:
        case Picked("yes") if facts.run is not None:
            effect = RecordConsent("questionnaire", True, _consent_version(form, facts))
            return first(running.resumed(form, facts.run, foresee(facts, (effect,))), effect)
        case Picked("no"):
            return done(say("needs.later"))
        case _:
            return Miss(p("needs.choose"))
