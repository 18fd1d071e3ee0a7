"""1522 and 112, told before anything else where a person's words may tell of violence or danger."""

from typing import Final

from conversations.facts import Facts
from conversations.faq.danger import danger_in
from conversations.faq.ranking import Helpline, Ranking
from conversations.faq.tokens import tokens
from conversations.flow import p
from conversations.messages import Text, Verbatim
from conversations.phrases import render

OWN: Final = frozenset(
    ("faq", "faq_desk", "handoff", "voucher_call", "voucher_decision", "voucher_pay", "menu", "language", "link")
)
"""The flows that tell it themselves, take no text of one's own, or belong to who answers others."""
_FEWEST: Final = 2
"""Words of the shortest text that is looked up: a name or a number tells nothing."""


def emergency(text: str, facts: Facts, ranking: Ranking | None = None) -> tuple[Text, ...]:
    """The numbers, in the person's language and in the one she wrote in; empty where nothing tells of violence.

    Words of the list are enough; else it is what the answers find (`ranking`, where it was asked for already). A mere
    doubt is told more gently.
    """
    found = danger_in(text)
    if found:
        return _told("handoff.danger", found, facts)
    if ranking is None and facts.faq is not None and len(tokens(text)) >= _FEWEST:
        ranking = facts.faq.finder.ask(text, language=facts.language)
    if ranking is None or ranking.helpline is Helpline.NO:
        return ()
    first = ranking.helpline is Helpline.FIRST
    return _told("handoff.danger" if first else "handoff.perhaps", (ranking.language,), facts)


def _told(key: str, written_in: tuple[str, ...], facts: Facts) -> tuple[Text, ...]:
    others = () if facts.language in written_in else written_in
    spoken = [language for language in others if language in facts.catalog.languages]
    return (p(key), *(Verbatim(render(p(key), language, facts.catalog)) for language in spoken))
