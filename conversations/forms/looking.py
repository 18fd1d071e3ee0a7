"""Looking at a run without changing it: its step, its answers, its progress."""

from dataclasses import dataclass, replace
from datetime import datetime

from conversations.forms.engine import Engine
from conversations.forms.form import Form
from conversations.forms.instance import leaves_with_refs
from conversations.forms.prompts import Prompt, question_prompt, summary_prompt
from conversations.forms.run import FINISHED, SUMMARY, Run
from conversations.forms.saving import load
from conversations.forms.stops import Route


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer for the record; `class_` is the privacy class the author gave the question."""

    ref: str
    name: str
    type: str
    value: str
    class_: str


def engine_at(form: Form, run: Run, now: datetime) -> Engine:
    """A fresh engine with the data of a run, as they are at `now`."""
    engine = Engine(form, now=now, seed=run.seed, language=run.language)
    load(engine, run.saved)
    return engine


def live_route(form: Form, run: Run) -> Route:
    """The route to look at: the one the last step left, or a fresh one."""
    if run.live is not None and not run.live.spent and run.live.engine.form is form:
        return run.live
    return Route(engine_at(form, run, run.time), run.hidden)


def prompt(form: Form, run: Run, language: str) -> Prompt:
    """What to show at this step, in a language of the form (else its default)."""
    if run.at == FINISHED:
        return Prompt("finished")
    route = live_route(form, run)
    name = form.language_name(language)
    if name != route.language:
        # Labels follow the reader; calculations keep the language of the run.
        route = Route(engine_at(form, run, run.time), run.hidden, name)
    place = route.by_ref.get(run.at)
    if place is None:
        place = next(route.open_refs(run.done), None)
    if place is None or run.at == SUMMARY:
        return summary_prompt(route)
    return question_prompt(route, route.stops[place], run.draft, place > 0 or bool(run.editing))


def as_of(form: Form, run: Run, now: datetime) -> Run:
    """The same run with what depends on the clock as it is at `now`; looking at it and acting at `now` is quick."""
    run = replace(run, time=now)
    return replace(run, live=Route(engine_at(form, run, now), run.hidden))


def answers(form: Form, run: Run) -> list[AnswerRow]:
    """The relevant answers given so far: questions dealt with, and those preset or hidden by the caller."""
    found: list[AnswerRow] = []
    engine = live_route(form, run).engine
    for ref, item in leaves_with_refs(engine.document, ""):
        definition = item.definition
        if definition.control is None or definition.is_note or not item.text:
            continue
        given = ref in run.done or definition.name in run.preset or definition.name in run.hidden
        if given or run.at == FINISHED:
            found.append(AnswerRow(ref, definition.name, definition.type, item.text, definition.privacy_class))
    return found


def answered(run: Run) -> int:
    """How many questions have been answered or skipped so far."""
    return sum(1 for ref in run.done if not ref.endswith("+"))


def progress(form: Form, run: Run) -> tuple[int, int]:
    """Questions dealt with, and questions relevant now."""
    route = live_route(form, run)
    questions = [stop.ref for stop in route.stops if not stop.is_offer]
    return sum(1 for ref in questions if ref in run.done), len(questions)
