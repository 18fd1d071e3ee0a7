"""Whether an answer fits its question, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.forms.engine import Engine
from conversations.forms.form_model import UNASKABLE, Definition, Text
from conversations.forms.instance import Item

EXCLUSIVE = frozenset(("none", "nessuno", "nobody", "pnr"))
"""Names of choices that stand alone: ticking one clears the others, ticking another clears it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an action changed nothing.

    `kind` is required, constraint, type, unknown_choice, too_long, too_many (repeats) or not_now (the
    action does not fit the step); `messages` are the author's own words by language code, if any.
    """

    kind: str
    ref: str = ""
    messages: Mapping[str, str] = field(default_factory=dict)


def toggled(chosen: tuple[str, ...], name: str, exclusive: frozenset[str] = EXCLUSIVE) -> tuple[str, ...]:
    """The ticked names after one more tap; exclusive names never stand beside others."""
    if name in chosen:
        return tuple(one for one in chosen if one != name)
    if name in exclusive:
        return (name,)
    return (*(one for one in chosen if one not in exclusive), name)


def refusal(engine: Engine, item: Item, value: str) -> Problem | None:
    """Why an answer cannot be stored, or None; the constraint is checked once it is."""
    definition = item.definition
    if not value.strip():
        return None
    if definition.type in UNASKABLE:
        return Problem("type")
    if definition.is_select:
        names = set(engine.option_names(item))
        chosen = [value] if definition.type == "select_one" else value.split()
        return None if set(chosen) <= names else Problem("unknown_choice")
    if engine.canonical(item, value) is None:
        return Problem("type")
    if definition.type == "range" and not _within(definition, value):
        return Problem("constraint", messages=messages(engine, definition.constraint_message, item))
    return None


def _within(definition: Definition, value: str) -> bool:
    control = definition.control
    try:
        number = float(value)
        low = float(control.start) if control and control.start else number
        high = float(control.end) if control and control.end else number
        step = float(control.step) if control and control.step else 0.0
    except ValueError:
        return False
    if not min(low, high) <= number <= max(low, high):
        return False
    return step == 0 or abs((number - low) / step - round((number - low) / step)) < 1e-9


def messages(engine: Engine, text: Text | None, item: Item) -> dict[str, str]:
    """An author's message by language code; empty when there is none."""
    if text is None:
        return {}
    form, before = engine.form, engine.language
    found: dict[str, str] = {}
    for code, name in zip(form.languages, form.language_names, strict=True) if form.languages else (("", ""),):
        engine.language = name
        message = engine.text(text, item).strip()
        if message:
            found[code] = message
    engine.language = before
    return found
