"""From what was heard at a question to the action it means, or why it means none."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

from conversations.events import Located, Sent
from conversations.facts import Facts
from conversations.flow import Heard, Miss, Picked, Typed, p
from conversations.forms.answers import (
    Offered,
    Refusal,
    canonical,
    read_choice,
    read_choices,
    read_date,
    read_decimal,
    read_integer,
    read_text,
    read_time,
    read_yes_no,
)
from conversations.forms.value_types import LONGEST_ANSWER
from conversations.forms.walk import Action, AddAnother, Answer, Done, Prompt, Skip, Toggle
from conversations.steps.needs.refusals import refused
from conversations.steps.needs.screens import ROWS, name_of, options, page_of
from conversations.understand import Word, word_in

FILES = frozenset({"image", "audio", "video", "file"})


def action_of(heard: Heard, prompt: Prompt, page: int, facts: Facts, answered: bool) -> Action | Miss:
    """The action the person means at this question.

    `page` is the page of choices on her screen; `answered` says that the question has an answer already, which a
    word such as "salta" leaves as it is.
    """
    match heard:
        case Picked(value):
            return _picked(value, prompt)
        case Typed(text):
            if word_in(text) is Word.SKIP:
                return kept(prompt) if answered else Skip()
            return _typed(text, prompt, page, facts)
        case Located(latitude, longitude) if prompt.type == "geopoint":
            return Answer(f"{latitude:.6f} {longitude:.6f} 0 0")
        case Sent(kind="voice" | "audio"):
            return Miss(p("needs.no_voice"))
        case Sent(kind="photo" | "document" | "video"):
            return Miss(p("needs.no_file"))
        case _:
            return Miss(p("needs.no_such_thing"))


def kept(prompt: Prompt) -> Action:
    """The action that leaves the present answer as it is and goes on."""
    if prompt.type == "select_multiple":
        return Done()
    chosen = tuple(choice.name for choice in prompt.choices if choice.selected)
    return Answer(chosen[0] if prompt.type == "select_one" and chosen else prompt.value)


def _picked(value: str, prompt: Prompt) -> Action | Miss:
    match value:
        case "skip" | "clear":
            return Skip()
        case "keep":
            return kept(prompt)
        case "done":
            return Done()
        case "ok" if prompt.type == "acknowledge":
            return Answer("OK")
        case "yes" | "no" if prompt.type == "repeat":
            return AddAnother(value == "yes")
    name = name_of(value, prompt)
    if name is None:
        return Miss()
    return Toggle(name) if prompt.type == "select_multiple" else Answer(name)


def _typed(text: str, prompt: Prompt, page: int, facts: Facts) -> Action | Miss:
    value: str | tuple[str, ...] | Refusal
    match prompt.type:
        case "repeat":
            more = read_yes_no(text)
            return Miss(refused(more, prompt)) if isinstance(more, Refusal) else AddAnother(more)
        case "acknowledge":
            agreed = read_yes_no(text)
            value = agreed if isinstance(agreed, Refusal) else "OK" if agreed else Refusal("not_yes_no")
        case "select_multiple" | "rank":
            value = read_choices(text, _offered(prompt, page, facts))
        case "select_one":
            value = read_choice(text, _offered(prompt, page, facts))
        case "integer":
            value = _canonical(read_integer(text, facts.language))
        case "decimal" | "range":
            value = _canonical(read_decimal(text, facts.language))
        case "date":
            value = _canonical(read_date(text, facts.now.astimezone(facts.zone).date()))
        case "time":
            value = _canonical(read_time(text))
        case "text" | "barcode":
            value = read_text(text, LONGEST_ANSWER)
        case "geopoint":
            return Miss(p("needs.send_place"))
        case kind:
            return Miss(p("needs.no_file") if kind in FILES else None)
    return Miss(refused(value, prompt)) if isinstance(value, Refusal) else Answer(value)


def _offered(prompt: Prompt, page: int, facts: Facts) -> Sequence[Offered]:
    """The choices in the order of their numbers: those on the screen first."""
    here = page_of(options(prompt), page, ROWS[facts.look])
    rest = [choice for choice in options(prompt) if choice not in here]
    return [Offered(choice.name, (choice.label,)) for choice in (*here, *rest)]


def _canonical(value: int | Decimal | date | time | Refusal) -> str | Refusal:
    return value if isinstance(value, Refusal) else canonical(value)
