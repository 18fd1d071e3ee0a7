"""1522 and 112, told before anything else where a person's words speak of violence or danger."""

from conversations.facts import Facts
from conversations.flow import p
from conversations.messages import Text, Verbatim
from conversations.phrases import render
from conversations.rules.danger import danger_in


def emergency(text: str, facts: Facts) -> tuple[Text, ...]:
    """The two numbers, in the person's language and in the one she wrote in; empty without a word of danger."""
    found = danger_in(text)
    others = () if facts.language in found else found
    told = tuple(Verbatim(render(p("handoff.danger"), language, facts.catalog)) for language in others)
    return (p("handoff.danger"), *told) if found else ()
