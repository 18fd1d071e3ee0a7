"""A form as a conversation: start a run, show its step, take an action; all pure.

run = start(form, now=now, seed=7, language="it")
shown = prompt(form, run, "it")
run, problem = (taken := take(form, run, Answer("employee"), now=now)).run, taken.problem
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from conversations.forms.accepting import Problem, messages, refusal, toggled
from conversations.forms.actions import (
    Action,
    AddAnother,
    Answer,
    Back,
    Confirm,
    Done,
    Edit,
    Remove,
    Restart,
    Skip,
    Toggle,
)
from conversations.forms.engine import Engine
from conversations.forms.form import Form
from conversations.forms.instance import Item, find, leaves_with_refs
from conversations.forms.looking import AnswerRow, answered, answers, as_of, engine_at, live_route, progress, prompt
from conversations.forms.prompts import Choice, Prompt
from conversations.forms.run import FINISHED, SUMMARY, Run, from_json
from conversations.forms.saving import save
from conversations.forms.stops import Route, Stop
from conversations.forms.value_types import LONGEST_ANSWER, stored

__all__ = [
    "Action",
    "AddAnother",
    "Answer",
    "AnswerRow",
    "Back",
    "Choice",
    "Confirm",
    "Done",
    "Edit",
    "Problem",
    "Prompt",
    "Remove",
    "Restart",
    "Run",
    "Skip",
    "Taken",
    "Toggle",
    "answered",
    "answers",
    "as_of",
    "from_json",
    "progress",
    "prompt",
    "start",
    "take",
]


@dataclass(frozen=True, slots=True)
class Taken:
    """The run after an action; with a problem, the run as it was."""

    run: Run
    problem: Problem | None = None


def start(
    form: Form,
    *,
    now: datetime,
    seed: int,
    language: str,
    hidden: frozenset[str] = frozenset(),
    preset: Mapping[str, str] | None = None,
) -> Run:
    """A new run at its first question.

    `now` is aware; its zone is the person's. Questions named in `hidden` are never asked; `preset` gives
    answers by question name before the first question.
    """
    engine = Engine(form, now=now, seed=seed, language=language)
    engine.start()
    given = dict(preset or {})
    if given:
        for _, item in leaves_with_refs(engine.document, ""):
            if item.definition.name in given:
                item.raw = stored(item.definition.value_type, given[item.definition.name])
        engine.settle()
    run = Run(form.identifier, language, seed, now, save(engine), SUMMARY, hidden=hidden, preset=given)
    return _moved(run, Route(engine, hidden), -1)


def _moved(run: Run, route: Route, after: int) -> Run:
    """The run at the next stop that must be asked: the first after place `after`, else any, else the summary."""
    waiting = list(route.open_refs(run.done))
    following = next((index for index in waiting if index > after), waiting[0] if waiting else None)
    at = SUMMARY if following is None else route.stops[following].ref
    kept = run.editing if following is not None and at == run.editing else ""
    return replace(run, at=at, draft=None, editing=kept, saved=save(route.engine), live=route)


def take(form: Form, run: Run, action: Action, *, now: datetime) -> Taken:
    """The run after an action at `now`; a refused action changes nothing and says why."""
    if isinstance(action, Restart):
        return Taken(start(form, now=now, seed=run.seed, language=run.language, hidden=run.hidden, preset=run.preset))
    if run.at == FINISHED:
        return Taken(run, Problem("not_now"))
    # What was computed for this moment is taken over; the old run computes its own again if it is asked.
    ready = run.time == now
    route = live_route(form, run).handed_over() if ready else Route(engine_at(form, run, now), run.hidden)
    here = replace(run, time=now)
    if run.at != SUMMARY and run.at not in route.by_ref:
        # The clock alone can hide the question that was shown.
        here = _moved(here, route, -1)
    if isinstance(action, Remove):
        taken = _removed(here, route, action.ref)
    elif here.at == SUMMARY:
        taken = _at_summary(here, route, action)
    else:
        taken = _at_stop(here, route, route.by_ref[here.at], action)
    return taken if taken.problem is None else Taken(run, taken.problem)


def _at_summary(run: Run, route: Route, action: Action) -> Taken:
    match action:
        case Confirm():
            waiting = next(route.open_refs(run.done), None)
            if waiting is not None:
                return Taken(_moved(run, route, -1))
            return Taken(replace(run, at=FINISHED, draft=None, editing="", saved=save(route.engine), live=route))
        case Edit(ref) if ref in route.by_ref:
            return Taken(replace(run, at=ref, editing=ref, draft=None, live=route))
        case Back() if route.stops:
            return Taken(replace(run, at=route.stops[-1].ref, draft=None, editing="", live=route))
        case _:
            return Taken(run, Problem("not_now"))


def _at_stop(run: Run, route: Route, place: int, action: Action) -> Taken:
    stop = route.stops[place]
    match action:
        case Back():
            if run.editing:
                return Taken(replace(_moved(run, route, place), at=SUMMARY, editing=""))
            if place == 0:
                return Taken(run, Problem("not_now", stop.ref))
            return Taken(replace(run, at=route.stops[place - 1].ref, draft=None, live=route))
        case AddAnother(more):
            return _another(run, route, stop, place, more) if stop.is_offer else _not_now(run, stop)
        case Edit(ref) if ref in route.by_ref:
            return Taken(replace(run, at=ref, draft=None, live=route))
        case Answer() | Skip() | Toggle() | Done() if not stop.is_offer:
            return _answer(run, route, stop, action)
        case Answer() | Skip() | Toggle() | Done() | Edit() | Confirm():
            return _not_now(run, stop)
        case Restart() | Remove():
            return Taken(run)
        case _:
            assert_never(action)


def _not_now(run: Run, stop: Stop) -> Taken:
    return Taken(run, Problem("not_now", stop.ref))


def _another(run: Run, route: Route, stop: Stop, place: int, more: bool) -> Taken:
    done = run.done | {stop.ref}
    if more:
        if route.engine.add(stop.item, stop.definition) is None:
            return Taken(run, Problem("too_many", stop.ref))
        done = run.done - {stop.ref}
        place -= 1
    after = Route(route.engine, run.hidden)
    return Taken(_moved(replace(run, done=done), after, place))


def _removed(run: Run, route: Route, ref: str) -> Taken:
    item = find(route.engine.document, ref)
    while item is not None and item.definition.kind != "repeat":
        item = item.parent if isinstance(item.parent, Item) else None
    if item is None or item.definition.count is not None or item.definition.fixed_count:
        return Taken(run, Problem("not_now", ref))
    base, _, position = route.refs[id(item)].removesuffix("]").rpartition("[")
    done: set[str] = set()
    for one in run.done:
        number, bracket, rest = one[len(base) + 1 :].partition("]") if one.startswith(f"{base}[") else ("", "", "")
        if not bracket or int(number) < int(position):
            done.add(one)
        elif int(number) > int(position):
            # Those behind it move up by one.
            done.add(f"{base}[{int(number) - 1}]{rest}")
    route.engine.remove(item)
    after = Route(route.engine, run.hidden)
    return Taken(_moved(replace(run, done=frozenset(done), editing=""), after, -1))


def _answer(run: Run, route: Route, stop: Stop, action: Answer | Skip | Toggle | Done) -> Taken:
    engine, item, kind = route.engine, stop.item, stop.definition.type
    before = run.draft if run.draft is not None else tuple(item.text.split())
    match action:
        case Skip():
            value = ""
        case Toggle(name):
            if kind != "select_multiple":
                return _not_now(run, stop)
            if name not in engine.option_names(item):
                return Taken(run, Problem("unknown_choice", stop.ref))
            return Taken(replace(run, draft=toggled(before, name), live=route))
        case Done():
            if kind != "select_multiple":
                return _not_now(run, stop)
            value = " ".join(before)
        case Answer(given):
            value = given if isinstance(given, str) else " ".join(given)
            if len(value) > LONGEST_ANSWER:
                return Taken(run, Problem("too_long", stop.ref))
    return _store(run, route, stop, value)


def _store(run: Run, route: Route, stop: Stop, value: str) -> Taken:
    engine, item, definition = route.engine, stop.item, stop.definition
    problem = refusal(engine, item, value)
    if problem is not None:
        return Taken(run, replace(problem, ref=stop.ref))
    canonical = engine.canonical(item, value) or ""
    if definition.type == "acknowledge" and canonical:
        canonical = "OK"
    if not canonical and route.is_required(item):
        words = messages(engine, definition.required_message, item)
        return Taken(run, Problem("required", stop.ref, words))
    engine.set(item, canonical)
    if not engine.is_valid(item):
        words = messages(engine, definition.constraint_message, item)
        return Taken(run, Problem("constraint", stop.ref, words))
    after = Route(engine, run.hidden)
    done = run.done | {stop.ref}
    place = after.by_ref.get(stop.ref, -1)
    if place >= 0 and after.is_open(after.stops[place], done):
        # The answer did not survive its own consequences; asking at once would never end.
        place = len(after.stops)
    return Taken(_moved(replace(run, done=done), after, place))
