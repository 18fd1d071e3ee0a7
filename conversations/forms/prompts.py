"""What a person sees at a step of a form: the question with its choices, or the summary."""

import re
from dataclasses import dataclass
from typing import Literal

from conversations.forms.engine import Engine
from conversations.forms.form_model import UNASKABLE
from conversations.forms.instance import Item
from conversations.forms.stops import Route, Stop


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice on offer: the name that answers carry, the label people read, and whether it is chosen now."""

    name: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """One step as shown.

    `number` of `total` counts the questions relevant now; `notes` are texts to show before the question;
    `value` is the present answer in words; `minimum`, `maximum` and `step` bound a range (decimal text);
    `rows` are the summary's (path, label, answer).
    """

    kind: Literal["question", "summary", "finished"]
    ref: str = ""
    name: str = ""
    type: str = ""
    label: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()
    section: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    can_skip: bool = False
    can_back: bool = False
    number: int = 0
    total: int = 0
    value: str = ""
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    appearance: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()


_MARKUP = (
    (re.compile(r"<[^<>]*>"), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"\[([^\]\[]*)\]\(([^()\s]*)\)"), r"\1 (\2)"),
    (re.compile(r"(\*\*|__)(?=\S)([^*_]+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\w*])"), r"\2"),
)


def plain(text: str) -> str:
    """A label without Markdown and tags, lines trimmed, at most one empty line in a row."""
    if not text:
        return ""
    if any(mark in text for mark in "<#[*_"):
        for pattern, replacement in _MARKUP:
            text = pattern.sub(replacement, text)
    if "\n" not in text and "\t" not in text:
        return text.strip()
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def answer_text(engine: Engine, item: Item) -> str:
    """The present answer in words: labels of choices, otherwise the stored value, without a trailing .0."""
    if not item.text or not item.definition.is_select:
        return item.text.removesuffix(".0") if item.definition.value_type == "decimal" else item.text
    names = item.text.split() if item.definition.type != "select_one" else [item.text]
    labels = dict(engine.options(item))
    return ", ".join(plain(labels.get(name, name)) for name in names)


def label_of(engine: Engine, item: Item) -> str:
    """The question's label, or its name when it has none."""
    control = item.definition.control
    label = plain(engine.text(control.label, item)) if control is not None else ""
    return label or item.definition.name


def question_prompt(route: Route, stop: Stop, draft: tuple[str, ...] | None, can_back: bool) -> Prompt:
    """The prompt of a stop; `draft` are choices ticked and not yet confirmed."""
    engine, definition = route.engine, stop.definition
    questions = [one.ref for one in route.stops if not one.is_offer]
    before = [one.ref for one in route.stops[: route.by_ref[stop.ref] + 1] if not one.is_offer]
    notes = tuple(filter(None, map(plain, stop.notes)))
    section = plain(stop.section)
    if stop.is_offer:
        return Prompt(
            "question",
            stop.ref,
            definition.name,
            "repeat",
            plain(engine.text(definition.label, stop.item)) or section,
            notes=notes,
            section=section,
            can_back=can_back,
            number=len(before),
            total=len(questions),
        )
    item, control = stop.item, definition.control
    if control is None:
        return Prompt("question", stop.ref, definition.name, "unsupported", can_skip=True)
    kind = definition.type
    chosen = set(draft if draft is not None else item.text.split())
    if kind == "select_one":
        chosen = {item.text}
    choices: tuple[Choice, ...] = ()
    if definition.is_select:
        choices = tuple(Choice(name, plain(label), name in chosen) for name, label in engine.options(item))
    required = route.is_required(item)
    return Prompt(
        "question",
        stop.ref,
        definition.name,
        "unsupported" if kind in UNASKABLE else kind,
        label_of(engine, item),
        plain(engine.text(control.hint, item)),
        notes,
        section,
        choices,
        required,
        not required,
        can_back,
        len(before),
        len(questions),
        ", ".join(choice.label for choice in choices if choice.selected) if choices else answer_text(engine, item),
        control.start,
        control.end,
        control.step,
        control.appearance,
    )


def summary_prompt(route: Route) -> Prompt:
    """The summary: all questions relevant now with their answers."""
    engine = route.engine
    rows = tuple(
        (stop.ref, label_of(engine, stop.item), answer_text(engine, stop.item))
        for stop in route.stops
        if not stop.is_offer
    )
    return Prompt(
        "summary",
        notes=tuple(filter(None, map(plain, route.notes))),
        can_back=bool(route.stops),
        number=len(rows),
        total=len(rows),
        rows=rows,
    )
