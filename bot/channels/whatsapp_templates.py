"""The openers of content/templates.toml: reading them, and the rules Meta and Twilio hold them to."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Category = Literal["UTILITY", "MARKETING", "AUTHENTICATION"]

MAX_BODY = 1024
MAX_VALUE = 200
MAX_BUTTONS = 10
"""Quick replies of an approved template; a message within the window has three (channels.md 6.5)."""
BUTTON_TITLE = 20
VARIABLE = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True, slots=True)
class TemplateButton:
    """A quick reply: what a tap gives us, and its label in each language."""

    token: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenerTemplate:
    """One opener: its text in each language, its buttons, and a sample for each variable."""

    name: str
    category: Category
    bodies: Mapping[str, str]
    buttons: tuple[TemplateButton, ...]
    samples: tuple[str, ...]


class BadTemplates(ValueError):
    """The file breaks rules; the message has one line for each."""


def read_templates(text: str) -> tuple[OpenerTemplate, ...]:
    """The templates in the text of the file. Raises BadTemplates with everything that is wrong, at once."""
    try:
        tables = tomllib.loads(text).get("template", [])
        templates = tuple(_template(table) for table in tables)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadTemplates(f"templates.toml cannot be read: {type(error).__name__}: {error}") from error
    problems = [problem for template in templates for problem in faults(template)]
    names = [template.name for template in templates]
    problems += [f"{name}: there are two of this name" for name in sorted(set(names)) if names.count(name) > 1]
    if problems:
        raise BadTemplates("\n".join(problems))
    return templates


def faults(template: OpenerTemplate) -> Iterator[str]:
    """Every rule the template breaks, in words for its author (the rules: channels.md 6.4 and 6.5)."""
    name = template.name
    if not re.fullmatch(r"[a-z0-9_]{1,60}", name):
        yield f"{name}: a name has only a-z, 0-9 and _, at most 60"
    if template.category not in get_args(Category):
        yield f"{name}: the category is one of {', '.join(get_args(Category))}"
    if not template.bodies:
        yield f"{name}: there is no text"
    tokens = " ".join(button.token for button in template.buttons)
    for language, body in template.bodies.items():
        for problem in _body_faults(body, tokens, template.samples):
            yield f"{name} ({language}): {problem}"
    if len(template.buttons) > MAX_BUTTONS:
        yield f"{name}: at most {MAX_BUTTONS} buttons"
    for button in template.buttons:
        if not button.token or len(button.token) > 200:
            yield f"{name}: a button needs a token of at most 200 characters"
        for language in template.bodies:
            label = button.labels.get(language, "")
            if not label or len(label) > BUTTON_TITLE:
                yield f"{name} ({language}): the button {button.token} needs a label of at most {BUTTON_TITLE}"


def _body_faults(body: str, tokens: str, samples: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a text; a variable may also stand in the token of a button only."""
    numbers = [int(number) for number in VARIABLE.findall(f"{body} {tokens}")]
    if sorted(set(numbers)) != list(range(1, len(samples) + 1)):
        yield f"the variables must be 1 to {len(samples)}, one for each sample"
    if any(not sample.strip() or "\n" in sample for sample in samples):
        yield "a sample is a line that is not empty"
    if re.match(r"\s*\{\{", body) or re.search(r"\}\}\s*$", body):
        yield "the text must not begin or end with a variable"
    if re.search(r"\}\}\s*\{\{", body):
        yield "two variables must not stand side by side"
    if "{{" in VARIABLE.sub("", body) or "}}" in VARIABLE.sub("", body):
        yield "a variable is written {{1}}"
    words = len(VARIABLE.sub(" ", body).split())
    if numbers and words < 2 * len(numbers) + 1:
        yield f"{len(numbers)} variables need at least {2 * len(numbers) + 1} other words"
    longest = len(VARIABLE.sub("", body)) + sum(max(len(sample), 60) for sample in samples)
    if longest > MAX_BODY:
        yield f"the text may reach {longest} characters with its values; at most {MAX_BODY}"


def values(template: OpenerTemplate, language: str, variables: tuple[str, ...]) -> dict[str, str]:
    """The variables as Twilio wants them: no line breaks, none empty, the whole text within its limit.

    Raises ValueError if their number is wrong.
    """
    if len(variables) != len(template.samples):
        raise ValueError(f"{template.name} has {len(template.samples)} variables, {len(variables)} were given")
    if not variables:
        return {}
    room = (MAX_BODY - len(VARIABLE.sub("", template.bodies[language]))) // len(variables)
    cut = min(room, MAX_VALUE)
    told = [" ".join(value.replace("{{", "{ {").split()) or "–" for value in variables]
    return {str(number): value[:cut] for number, value in enumerate(told, start=1)}


def filled_token(button: TemplateButton, variables: Mapping[str, str]) -> str:
    """What a tap on the button gives us."""
    return VARIABLE.sub(lambda match: variables.get(match.group(1), ""), button.token)


def filled_body(template: OpenerTemplate, language: str, variables: Mapping[str, str]) -> str:
    """The text as the person reads it."""
    return VARIABLE.sub(lambda match: variables.get(match.group(1), ""), template.bodies[language])


def _template(table: Mapping[str, Any]) -> OpenerTemplate:
    buttons = tuple(
        TemplateButton(str(button["token"]), {key: str(label) for key, label in button.items() if key != "token"})
        for button in table.get("buttons", [])
    )
    return OpenerTemplate(
        name=str(table["name"]),
        category=table["category"],
        bodies={language: str(body).strip() for language, body in table["body"].items()},
        buttons=buttons,
        samples=tuple(str(sample) for sample in table.get("samples", [])),
    )
