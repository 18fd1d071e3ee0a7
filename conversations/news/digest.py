"""An issue as one reader reads it: her topics first, nothing that has expired, and something to tap under it."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from conversations.messages import Choice, Day, Localized, Message, Param, Phrase, Template, Text, Verbatim
from conversations.news.views import Issue, Item, Wishes

TEMPLATE: Final = "newsletter_opener"
"""What opens a closed WhatsApp window for an issue (content/templates.toml)."""
HEADLINES: Final = 3
LONGEST_VALUE: Final = 190
"""Characters of all headlines together: a value of a template has room for 200."""
LASTING: Final = "@newsletter"


def shown(issue: Issue, wishes: Wishes, today: date) -> tuple[Item, ...]:
    """The items this reader reads, in her order: those of her topics, then those for everybody.

    Expired items are left out. Where she chose no topic, or none of hers is in the issue, it is the whole issue; at
    least one item is always for everybody.
    """
    alive = [item for item in issue.items if item.expires is None or item.expires >= today]
    if not wishes.topics:
        return tuple(alive)
    hers = [item for item in alive if item.topic in wishes.topics]
    common = [item for item in alive if (item.common or item.topic is None) and item not in hers]
    if not hers:
        return tuple(alive)
    if not common and not any(item.common for item in hers):
        common = [item for item in alive if item not in hers][:1]
    return (*hers, *common)


def digest(issue: Issue, wishes: Wishes, language: str, today: date) -> Message:
    """The issue as one message: a numbered item each with its sentence, source and link; the same numbers to tap.

    Every button is a lasting one. Outside WhatsApp's window only its template goes out. An issue whose items have
    all expired says so.
    """
    items = shown(issue, wishes, today)
    body: list[Text] = [item_text(number, item, language) for number, item in enumerate(items, start=1)]
    hidden = sum(item.expires is None or item.expires >= today for item in issue.items) - len(items)
    if not items:
        body.append(Phrase("newsletter.nothing_current"))
    if hidden:
        body.append(Phrase("newsletter.more_topics", {"count": hidden}))
    return Message(
        title=Localized(issue.title),
        body=tuple(body),
        hint=Phrase("newsletter.how_to_answer") if items else None,
        choices=tuple(_choice(number, item) for number, item in enumerate(items, start=1)),
        ways=ways(issue.id),
        template=opener(issue, items),
    )


def opener(issue: Issue, items: Sequence[Item]) -> Template:
    """The template that announces the issue: its title, how many items, the first headlines, and its id. It is not
    the whole message: that it arrived says nothing of the digest."""
    values = (
        Localized(issue.title),
        Verbatim(str(len(items))),
        headlines(items[:HEADLINES]),
        Verbatim(issue.id),
    )
    return Template(TEMPLATE, values)


def ways(issue_id: str) -> tuple[Choice, ...]:
    """What stands under every digest: no more of them, other topics, tell somebody."""
    return (
        Choice(f"{LASTING}:stop:{issue_id}", Phrase("newsletter.stop")),
        Choice(f"{LASTING}:topics", Phrase("newsletter.change_topics")),
        Choice(f"{LASTING}:tell:{issue_id}", Phrase("newsletter.tell")),
    )


def reading(issue_id: str) -> tuple[Choice, ...]:
    """The three answers to an announcement, the same as under the template."""
    return (
        Choice(f"{LASTING}:read:{issue_id}", Phrase("newsletter.read_now")),
        Choice(f"{LASTING}:later:{issue_id}", Phrase("newsletter.later")),
        Choice(f"{LASTING}:stop:{issue_id}", Phrase("newsletter.stop")),
    )


def _choice(number: int, item: Item) -> Choice:
    verb = "interested" if item.action == "interested" else "ask"
    return Choice(f"{LASTING}:{verb}:{item.id}", Phrase(f"newsletter.{verb}_about", {"number": number}))


def item_text(number: int, item: Item, language: str) -> Text:
    """One item as people read it, with its number."""
    head: dict[str, Param] = {
        "number": number,
        "title": Localized(item.title),
        "sentence": Localized(item.sentence),
    }
    text = Phrase("newsletter.item", head)
    if item.source and item.as_of is not None:
        text = _with(text, Phrase("newsletter.source_as_of", {"source": item.source, "day": Day(item.as_of)}))
    elif item.source:
        text = _with(text, Phrase("newsletter.source", {"source": item.source}))
    if item.link:
        text = _with(text, Verbatim(item.link))
    if not (item.title.get(language) and item.sentence.get(language)):
        text = _with(text, Phrase("newsletter.only_italian"))
    return text


def _with(text: Text, line: Text) -> Phrase:
    return Phrase("newsletter.and_line", {"text": text, "line": line})


def headlines(items: Sequence[Item]) -> Localized:
    """The titles on one line in every language, as many as there is room for."""
    languages = dict.fromkeys(code for item in items for code in item.title)
    told: dict[str, str] = {}
    for language in languages:
        for item in items:
            title = item.title.get(language) or item.title.get("it", "")
            before = told.get(language, "")
            # a question mark ends a headline well enough
            between = " " if before.endswith(("?", "!", ".")) else "; "
            line = f"{before}{between}{title}" if before else title[:LONGEST_VALUE]
            if len(line) <= LONGEST_VALUE:
                told[language] = line
    return Localized(told)
