"""What a person's questionnaire is on the channel she writes from: where sensitive items are off, they are gone.

An answer she gave elsewhere is kept and comes back on the other channel; it is neither shown nor asked again here.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from conversations.facts import Facts
from conversations.forms.form import Form
from conversations.forms.run import SUMMARY
from conversations.forms.walk import AnswerRow, Prompt, Run, answers, as_of, prompt, start

NAME = "needs"
"""The flow these screens belong to."""
GATE = "c0"
"""The question that opens the questionnaire: start, later, info_privacy."""
ART9 = "b2"
"""The question that asks for the consent of art. 9 GDPR; its "yes" opens the sensitive ones."""
SWITCH = "art9"
"""The hidden value the form reads: its own "on", or "off", which closes the sensitive questions and choices."""

Standing = Literal["closed", "gate", "again", "running", "finished"]


def standing(facts: Facts) -> Standing:
    """How things stand between this person and the questionnaire, whatever her last screen was."""
    if not wave_open(facts):
        return "closed"
    if facts.run is None:
        return "gate"
    if facts.run.finished:
        return "finished"
    return "running" if facts.person.agrees("questionnaire") else "again"


def wave_open(facts: Facts) -> bool:
    """True while answers may be given, changed and deleted."""
    return facts.wave is not None and facts.now < facts.wave.closes_at and facts.form is not None


def sensitive_allowed(facts: Facts) -> bool:
    """True if items of class S may be sent on this channel."""
    return facts.look != "whatsapp" or facts.house.sensitive_on_whatsapp


def fresh_run(form: Form, facts: Facts, seed: int) -> Run:
    """A run at its first question, as this channel may see it."""
    begun = start(form, now=facts.now.astimezone(facts.zone), seed=seed, language=facts.language)
    return seen(form, begun, facts)


def seen(form: Form, run: Run, facts: Facts) -> Run:
    """The run with what this channel must not show switched off, and what it may show switched on."""
    run = _without_withdrawn(form, run, facts)
    if sensitive_allowed(facts):
        hidden, saved = frozenset[str](), _switched_on(form, run)
    else:
        hidden, saved = _sensitive(form), _with(run.saved.values, _refs(form, SWITCH), "off")
    if run.done:
        hidden |= {GATE}
    here = _changed(run, saved, hidden, facts.language)
    if not sensitive_allowed(facts):
        here = _keeping_elsewhere(form, run, here, facts)
    return here if here.live is not None else as_of(form, here, facts.now.astimezone(facts.zone))


def shown(form: Form, run: Run, facts: Facts) -> Prompt:
    """What the person sees at this step of a run already `seen`."""
    return prompt(form, run, facts.language)


def summary(form: Form, run: Run, facts: Facts) -> Prompt:
    """All questions relevant here with their answers."""
    return prompt(form, replace(run, at=SUMMARY), facts.language)


def record(form: Form, run: Run, facts: Facts) -> tuple[AnswerRow, ...]:
    """The answers of the record, given on any channel; a default nobody was asked for is not one."""
    whole = _without_withdrawn(form, run, facts)
    whole = _changed(whole, _switched_on(form, whole), frozenset(), run.language)
    return tuple(row for row in answers(form, whole) if row.ref in run.done)


@lru_cache(maxsize=16)
def _sensitive(form: Form) -> frozenset[str]:
    """The names of the questions of class S, and of the one that asks for the consent."""
    classes = {question.name: set(question.privacy_class.split(",")) for question in form.questions}
    return frozenset(name for name, found in classes.items() if found & {"S", "consent"} and "G" not in found)


def _without_withdrawn(form: Form, run: Run, facts: Facts) -> Run:
    """A consent of art. 9 taken back elsewhere takes back the answer that gave it."""
    consent = facts.person.consents.get("questionnaire_art9")
    refs = _refs(form, ART9)
    if consent is None or consent.given or not any(run.saved.values.get(ref) == "yes" for ref in refs):
        return run
    return _changed(run, _with(run.saved.values, refs, "no_skip"), run.hidden, run.language)


def _keeping_elsewhere(form: Form, run: Run, here: Run, facts: Facts) -> Run:
    """Answers that hold a choice which this channel hides are not asked again: their questions are hidden too."""
    refs = _refs(form, ART9)
    if not any(run.saved.values.get(ref) == "yes" for ref in refs):
        return here
    whole = summary(form, _changed(run, _switched_on(form, run), here.hidden, run.language), facts)
    now = {ref: answer for ref, _, answer in summary(form, here, facts).rows}
    lost = {ref for ref, _, answer in whole.rows if ref in run.done and now.get(ref, answer) != answer}
    names = frozenset(ref.rpartition("/")[2] for ref in lost)
    return replace(here, hidden=here.hidden | names, live=None) if names else here


@lru_cache(maxsize=64)
def _refs(form: Form, name: str) -> tuple[str, ...]:
    return tuple(d.ref for d in form.definitions.values() if d.name == name and d.kind == "leaf")


def _switched_on(form: Form, run: Run) -> Mapping[str, str]:
    """The saved values with the switch as the form itself has it."""
    refs = _refs(form, SWITCH)
    return {ref: value for ref, value in run.saved.values.items() if ref not in refs}


def _with(values: Mapping[str, str], refs: tuple[str, ...], value: str) -> Mapping[str, str]:
    return {**values, **dict.fromkeys(refs, value)}


def _changed(run: Run, values: Mapping[str, str], hidden: frozenset[str], language: str) -> Run:
    if values == run.saved.values and hidden == run.hidden and language == run.language:
        return run
    return replace(run, saved=replace(run.saved, values=values), hidden=hidden, language=language, live=None)
