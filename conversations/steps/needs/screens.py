"""The screens of the questionnaire: a question with its choices and ways out, the summary, the list to change one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from conversations.facts import Facts, Look
from conversations.flow import BACK, DONE, NO, SKIP, YES, choice, p
from conversations.forms.walk import Choice as Option
from conversations.forms.walk import Prompt
from conversations.graphemes import border_at_most
from conversations.messages import Choice, Day, Message, Text, Verbatim, Wanted
from conversations.phrases import render

ROWS: Final[dict[Look, int]] = {"whatsapp": 10, "telegram": 30, "terminal": 30}
"""Choices on one screen at most: a WhatsApp list has 10 rows, a longer Telegram keyboard hides its own question."""
LONGEST_LABEL: Final = 24
"""Characters of the title of a WhatsApp list row."""
LONGEST_NAME: Final = 40
"""Bytes of a choice's name that goes into a button as it is; a longer one goes by its place in the list."""
LONGEST_SHOWN: Final = 200
"""Characters of one answer in the summary."""
MOST_STEPS: Final = 10
"""Values of a range that are choices; a longer range is typed."""
RESERVED: Final = frozenset({"back", "skip", "done", "more", "keep", "clear", "pause"})

WANTED: Final[dict[str, Wanted]] = {
    "text": "text",
    "barcode": "text",
    "rank": "text",
    "integer": "number",
    "decimal": "number",
    "range": "number",
    "date": "date",
    "time": "text",
    "geopoint": "location",
}
EXAMPLES: Final = frozenset({"integer", "decimal", "range", "date", "time"})
T = TypeVar("T")


def question(prompt: Prompt, page: int, facts: Facts, answered: bool) -> Message:
    """A question: where we are, what is asked, the choices of this page, the ways out.

    `answered` says that there is an answer already, which stays unless the person changes it.
    """
    count = p("needs.title", number=prompt.number, total=prompt.total)
    body: list[Text] = [Verbatim(note) for note in prompt.notes]
    body.append(Verbatim(prompt.label) if prompt.type != "repeat" else p("needs.another", label=prompt.label))
    if answered and prompt.type != "select_multiple":
        body.append(p("needs.before", answer=_told(prompt)))
    choices = _choices(prompt, page, facts.look)
    return Message(
        title=p("needs.title_section", count=count, section=prompt.section) if prompt.section else count,
        body=tuple(body),
        hint=Verbatim(prompt.hint) if prompt.hint else None,
        choices=choices,
        ways=_ways(prompt, answered, facts.look),
        multiple=prompt.type == "select_multiple",
        wanted="choice" if choices else WANTED.get(prompt.type, "choice"),
        example=p(f"needs.example.{prompt.type}") if prompt.type in EXAMPLES and not choices else None,
    )


def options(prompt: Prompt) -> tuple[Option, ...]:
    """The choices of a question; a short range has one for each of its values."""
    if prompt.type == "range":
        values = steps(prompt.minimum, prompt.maximum, prompt.step)
        return tuple(Option(v, v, v == prompt.value) for v in values) if len(values) <= MOST_STEPS else ()
    return prompt.choices


def page_of(rows: Sequence[T], page: int, most: int) -> Sequence[T]:
    """The rows of one page; all of them where they fit on one, the first page where there is no such page."""
    if len(rows) <= most:
        return rows
    start = page * (most - 1)
    return rows[start : start + most - 1] if 0 <= start < len(rows) else rows[: most - 1]


def page_after(page: int, rows: int, most: int) -> int:
    """The page that "more" leads to: the next one, after the last the first again."""
    last = (rows - 1) // (most - 1)
    return page + 1 if 0 <= page < last else 0


def name_of(value: str, prompt: Prompt) -> str | None:
    """The name of the choice behind a button, None if there is no such choice now."""
    return next((o.name for i, o in enumerate(options(prompt)) if _value(o, i) == value), None)


def steps(minimum: str, maximum: str, step: str) -> tuple[str, ...]:
    """The values of a range from its limits (decimal text), empty if they cannot be counted."""
    try:
        low, high, size = Decimal(minimum), Decimal(maximum), Decimal(step or "1")
        count = int((high - low) / size)
    except (InvalidOperation, ZeroDivisionError, ValueError, OverflowError):
        return ()
    return tuple(f"{low + size * index:f}" for index in range(count + 1)) if 0 <= count < 1_000 else ()


def summary(prompt: Prompt, facts: Facts) -> Message:
    """All answers, before they are sent."""
    return Message(
        title=p("needs.summary_title"),
        body=(
            *(Verbatim(note) for note in prompt.notes),
            told(prompt, facts),
            p("needs.private"),
            p("needs.summary_ask"),
        ),
        choices=(choice("send", "needs.send"), choice("edit", "needs.edit")),
        ways=(BACK, choice("delete", "needs.delete")),
    )


def told(prompt: Prompt, facts: Facts) -> Text:
    """The questions and answers of a summary, one under the other."""
    rows = (p("needs.row", question=label, answer=_answer(answer)) for _, label, answer in prompt.rows)
    return Verbatim("\n".join(render(row, facts.language, facts.catalog) for row in rows))


def edit_list(prompt: Prompt, page: int, facts: Facts) -> Message:
    """The answers as choices: which one shall be changed?"""
    most = ROWS[facts.look]
    numbered = [
        Choice(f"e{index}", Verbatim(cut(label, LONGEST_LABEL)), description=_answer(answer))
        for index, (_, label, answer) in enumerate(prompt.rows)
    ]
    more = (choice("more", "needs.more"),) if len(numbered) > most else ()
    return Message(
        title=p("needs.edit_title"),
        body=(p("needs.edit_ask"),),
        choices=(*page_of(numbered, page, most), *more),
        ways=(BACK,),
    )


def cut(text: str, limit: int) -> str:
    """The text on one line, at most `limit` characters, with an ellipsis where something is missing.

    It ends with a whole word, unless a long one would take most of the room with it, and never inside a character.
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    room = line[: border_at_most(line, limit - 1)]
    end = room.rfind(" ") if line[limit - 1] != " " else len(room)
    return (room[:end] if 3 * end > limit else room).rstrip(" ,;:.") + "…"


def _choices(prompt: Prompt, page: int, look: Look) -> tuple[Choice, ...]:
    match prompt.type:
        case "repeat":
            return (YES, NO)
        case "acknowledge":
            return (choice("ok", "needs.ok"),)
        case "select_one" | "select_multiple" | "range":
            several = prompt.type == "select_multiple"
            rows = [
                Choice(_value(option, index), Verbatim(option.label), marked=option.selected if several else None)
                for index, option in enumerate(options(prompt))
            ]
            more = (choice("more", "needs.more"),) if len(rows) > ROWS[look] else ()
            return (*page_of(rows, page, ROWS[look]), *more)
        case _:
            return ()


def _ways(prompt: Prompt, answered: bool, look: Look) -> tuple[Choice, ...]:
    ways: list[Choice] = []
    if prompt.type == "select_multiple":
        ways.append(DONE)
    elif answered:
        ways.append(choice("keep", "needs.keep"))
    if prompt.can_back:
        ways.append(BACK)
    if prompt.can_skip and prompt.type != "repeat":
        ways.append(choice("clear", "needs.clear") if answered else SKIP)
    # On WhatsApp every way takes a row of the list, and who stops writing has paused.
    if look != "whatsapp":
        ways.append(choice("pause", "needs.pause"))
    return tuple(ways)


def _value(option: Option, index: int) -> str:
    name = option.name
    plain = name not in RESERVED and name[:1] not in {"@", "#"} and len(name.encode()) <= LONGEST_NAME
    return name if plain else f"#{index}"


def _answer(answer: str) -> Text:
    return Verbatim(cut(answer, LONGEST_SHOWN)) if answer else p("needs.no_answer")


def _told(prompt: Prompt) -> Day | Verbatim:
    if prompt.type == "date":
        try:
            return Day(date.fromisoformat(prompt.value))
        except ValueError:
            return Verbatim(prompt.value)
    return Verbatim(cut(prompt.value, LONGEST_SHOWN))
