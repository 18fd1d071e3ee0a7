"""A questionnaire under way: the question that is on, the summary, the change of one answer, the sending."""

from dataclasses import replace

from conversations.effects import Effect, FinishRun, RecordConsent, SaveRun, Say
from conversations.facts import Facts, NeedsRun
from conversations.flow import Heard, Miss, Outcome, Picked, done, first, p, say
from conversations.foresee import foresee
from conversations.forms.form import Form
from conversations.forms.run import FINISHED
from conversations.forms.walk import Action, Answer, Back, Confirm, Edit, Problem, Prompt, Run, take
from conversations.messages import Message
from conversations.state import Place
from conversations.steps.needs import screens as screens
from conversations.steps.needs.finished import thanks
from conversations.steps.needs.hearing import action_of
from conversations.steps.needs.refusals import explained
from conversations.steps.needs.reminders import no_more
from conversations.steps.needs.view import ART9, NAME, record, seen, shown


def here(form: Form, needs: NeedsRun, facts: Facts, page: int = 0, edit: bool = False) -> Outcome:
    """The screen of the run's present step; `edit` shows the list of answers in place of the summary."""
    run = seen(form, needs.run, facts)
    prompt = shown(form, run, facts)
    if prompt.kind == "summary":
        step = "edit" if edit else "summary"
        screen = screens.edit_list(prompt, page, facts) if edit else screens.summary(prompt, facts)
        return Outcome(Place(NAME, step, {"page": page}), screen)
    answered = _answered(prompt, run)
    return Outcome(
        Place(NAME, "ask", {"ref": prompt.ref, "page": page}), screens.question(prompt, page, facts, answered)
    )


def resumed(form: Form, needs: NeedsRun, facts: Facts) -> Outcome:
    """The same after a pause, with a word on where we were."""
    prompt = shown(form, seen(form, needs.run, facts), facts)
    if prompt.kind == "summary":
        return first(here(form, needs, facts), say("needs.resumed_summary"))
    return first(here(form, needs, facts), say("needs.resumed", number=prompt.number, total=prompt.total))


def hear(place: Place, heard: Heard, form: Form, needs: NeedsRun, facts: Facts) -> Outcome | Miss:
    """Go on from a question, the summary or the list of answers."""
    run = seen(form, needs.run, facts)
    prompt = shown(form, run, facts)
    page = page_in(place)
    if place.step == "ask":
        if prompt.kind == "summary" or prompt.ref != place.data.get("ref"):
            # The question went away meanwhile: answered, or not to be shown, on the other channel.
            return first(here(form, needs, facts), say("needs.moved"))
        return _at_question(heard, prompt, page, run, form, needs, facts)
    if prompt.kind != "summary":
        return first(here(form, needs, facts), say("needs.moved"))
    match heard:
        case Picked("send") if place.step == "summary":
            return _acted(Confirm(), prompt, run, form, needs, facts)
        case Picked("edit") if place.step == "summary":
            return here(form, needs, facts, edit=True)
        case Picked("more") if place.step == "edit":
            most = screens.ROWS[facts.look]
            return here(form, needs, facts, screens.page_after(page, len(prompt.rows), most), edit=True)
        case Picked(value) if place.step == "edit" and value[1:].isdecimal() and int(value[1:]) < len(prompt.rows):
            return _acted(Edit(prompt.rows[int(value[1:])][0]), prompt, run, form, needs, facts)
        case _:
            return Miss(p("needs.choose"))


def back(place: Place, form: Form, needs: NeedsRun, facts: Facts) -> Outcome:
    """To the question before; from the list to the summary; from the first question to where the person was."""
    run = seen(form, needs.run, facts)
    prompt = shown(form, run, facts)
    if place.step == "edit":
        return here(form, needs, facts)
    if not prompt.can_back:
        return done(say("needs.paused"))
    outcome = _acted(Back(), prompt, run, form, needs, facts)
    return here(form, needs, facts) if isinstance(outcome, Miss) else outcome


def page_in(place: Place) -> int:
    """The page a place remembers."""
    page = place.data.get("page")
    return page if isinstance(page, int) else 0


def _at_question(
    heard: Heard, prompt: Prompt, page: int, run: Run, form: Form, needs: NeedsRun, facts: Facts
) -> Outcome | Miss:
    match heard:
        case Picked("pause"):
            return done(say("needs.paused"))
        case Picked("more"):
            most = screens.ROWS[facts.look]
            return here(form, needs, facts, screens.page_after(page, len(screens.options(prompt)), most))
    action = action_of(heard, prompt, page, facts, _answered(prompt, run))
    if isinstance(action, Miss):
        return action
    outcome = _acted(action, prompt, run, form, needs, facts, page)
    if isinstance(outcome, Miss):
        # What breaks a rule of the form was understood: say the rule, count no misunderstanding.
        return first(here(form, needs, facts, page), *((Say(Message(body=(outcome.why,))),) if outcome.why else ()))
    return outcome


def _acted(
    action: Action, prompt: Prompt, run: Run, form: Form, needs: NeedsRun, facts: Facts, page: int = 0
) -> Outcome | Miss:
    """The run after the action, saved at once, and its next screen; a Miss says which rule was not met."""
    taken = take(form, run, action, now=facts.now.astimezone(facts.zone))
    if taken.problem is not None:
        return _refused(taken.problem, prompt)
    if taken.run.at == FINISHED:
        finish = FinishRun(needs.id, taken.run, record(form, taken.run, facts))
        return first(thanks(facts), finish, *no_more(needs.id))
    effects: list[Effect] = [SaveRun(needs.id, taken.run)]
    if prompt.name == ART9 and isinstance(action, Answer):
        effects.append(RecordConsent("questionnaire_art9", action.value == "yes", consent_version(form)))
    after = foresee(facts, effects)
    saved = after.run or replace(needs, run=taken.run)
    same = taken.run.at == run.at
    if isinstance(action, Confirm):
        effects.append(say("needs.something_left"))
    return first(here(form, saved, after, page if same else 0), *effects)


def consent_version(form: Form) -> str:
    """The version of a consent whose text is a question of the form."""
    return f"{form.identifier} {form.version}"[:40]


def _refused(problem: Problem, prompt: Prompt) -> Miss:
    return Miss(explained(problem, prompt))


def _answered(prompt: Prompt, run: Run) -> bool:
    return prompt.ref in run.done and bool(prompt.value)
