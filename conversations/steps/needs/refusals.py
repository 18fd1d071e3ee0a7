"""Why an answer was not taken, as a sentence with an example: for what was typed and for the form's own rules."""

from collections.abc import Mapping
from typing import Final

from conversations.flow import p
from conversations.forms.refusal import Refusal
from conversations.forms.walk import Problem, Prompt
from conversations.messages import Localized, Param, Phrase, Verbatim

LONGEST_QUOTED: Final = 40
"""Characters of the person's own words that a refusal repeats."""
_OWN_WORDS: Final = frozenset({"constraint", "required"})


def refused(refusal: Refusal, prompt: Prompt) -> Phrase:
    """The sentence for a typed answer that was not understood, with an example of one that would be."""
    if refusal.reason == "ambiguous" and refusal.candidates:
        labels = {choice.name: choice.label for choice in prompt.choices}
        meant = [labels.get(name, name) for name in refusal.candidates]
        return p("needs.refused.ambiguous", labels=", ".join(f"«{label}»" for label in meant))
    if prompt.choices and refusal.reason in {"no_such_choice", "ambiguous"}:
        part = refusal.params.get("part")
        if isinstance(part, str):
            return p("needs.refused.no_such_part", part=part[:LONGEST_QUOTED])
        return p("needs.refused.no_such_choice")
    if refusal.reason == "ambiguous":
        return p("needs.refused.ambiguous_number")
    if refusal.reason == "too_long" and prompt.hint:
        # the form's own, smaller limit stands in its hint: two numbers would contradict each other
        return p("needs.problem.too_long")
    return Phrase(f"needs.refused.{refusal.reason}", _plain(refusal.params))


def explained(problem: Problem, prompt: Prompt) -> Phrase:
    """The sentence for a rule of the form that was not met: the author's own words where there are any."""
    if problem.messages and problem.kind in _OWN_WORDS:
        return p("needs.own_words", text=Localized(problem.messages))
    if problem.kind == "constraint" and prompt.type == "range":
        return p("needs.problem.range", first=Verbatim(prompt.minimum), last=Verbatim(prompt.maximum))
    return Phrase(f"needs.problem.{problem.kind}", {})


def _plain(params: Mapping[str, str | int]) -> dict[str, Param]:
    """Numbers as they are typed: a year is not "2.024"."""
    return {name: str(value) for name, value in params.items()}
