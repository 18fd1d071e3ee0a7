"""The reader's side of an issue: the archive, one issue, later, a question, a sign of interest, a colleague told."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from conversations.effects import Forget, Remind, Say
from conversations.events import Json, Sent
from conversations.facts import Facts
from conversations.flow import (
    BACK,
    HUMAN,
    MENU,
    STAY,
    Heard,
    Miss,
    Outcome,
    Picked,
    Typed,
    choice,
    first,
    go_to,
    p,
    say,
)
from conversations.folding import tidy
from conversations.messages import Choice, Localized, Message, Text, Verbatim
from conversations.news.digest import digest, opener, reading, shown
from conversations.news.orders import MarkRead, PostponeRead, ShowInterest
from conversations.news.views import Issue, Item, Wishes
from conversations.phrases import render
from conversations.rules.working_days import SATURDAY
from conversations.state import Place
from conversations.steps.newsroom.wanted import READING as NAME
from conversations.steps.newsroom.words import PAGE, clipped, lasting, page_of, today

CURRENT: Final = timedelta(days=7)
"""How long an announced issue waits to be opened (channels.md 6.3)."""
AGAIN: Final = time(9, 30)
BEFORE: Final = frozenset({"draft", "legal", "approved", "scheduled"})
LONGEST: Final = 700
"""Characters of a question about an item that are kept."""


def found(issue_id: str, facts: Facts) -> Issue | None:
    """The issue, as long as readers may see it."""
    known = (*facts.news.archive, *((facts.news.to_read,) if facts.news.to_read else ()))
    return next((issue for issue in known if issue.id == issue_id), None)


def of_item(item_id: str, facts: Facts) -> tuple[Issue, Item] | None:
    """The item and the issue it stands in."""
    known = (*facts.news.archive, *((facts.news.to_read,) if facts.news.to_read else ()))
    pairs = ((issue, item) for issue in known for item in issue.items if item.id == item_id)
    return next(pairs, None)


def trial(subject: str, facts: Facts) -> bool:
    """True if the button belongs to an issue that is not out yet: a preview, or a test an editor sent herself."""
    return any(
        issue.state in BEFORE and subject in (issue.id, *(item.id for item in issue.items))
        for issue in facts.news.issues
    )


def archive(facts: Facts, page: int = 0) -> Outcome:
    """The issues that were sent, the newest first; it is said where there is none."""
    issues = facts.news.archive
    rows, more = page_of(issues, page)
    choices = tuple(Choice(f"@{NAME}:open:{issue.id}", clipped(issue.title)) for issue in rows)
    turn = (choice("more", "newsletter.more"),) if more else ()
    body: tuple[Text, ...] = (p("newsletter.archive_told", count=len(issues)),) if issues else (p("newsletter.none"),)
    screen = Message(title=p("newsletter.archive"), body=body, choices=(*choices, *turn), ways=(BACK, MENU))
    return Outcome(Place(NAME, "archive", {"page": page if 0 <= page * PAGE < len(issues) else 0}), screen)


def read(issue_id: str, facts: Facts, announced: bool) -> Outcome:
    """The issue as a reply, and it counts as read; `announced` is a tap under its announcement, which may be old."""
    waiting = facts.news.to_read
    issue = found(issue_id, facts)
    if issue is None:
        return first(archive(facts), say("newsletter.gone"))
    sent = issue.ended_at or issue.started_at or issue.scheduled_at
    old = sent is not None and facts.now - sent > CURRENT
    if announced and old and not (waiting and waiting.id == issue.id):
        return first(archive(facts), say("newsletter.not_current"))
    wishes = facts.news.wishes if announced else Wishes()
    return first(screen(issue, facts, wishes), MarkRead(issue.id), Forget(f"{NAME}:again", issue.id))


def latest(facts: Facts) -> Outcome:
    """What waits for her, else the newest issue, else the archive that says there is none."""
    if facts.news.to_read is not None:
        return read(facts.news.to_read.id, facts, announced=True)
    if facts.news.archive:
        return read(facts.news.archive[0].id, facts, announced=False)
    return archive(facts)


def screen(issue: Issue, facts: Facts, wishes: Wishes) -> Outcome:
    """The issue with its buttons, as the place where she is."""
    told = replace(digest(issue, wishes, facts.language, today(facts)), template=None, hint=None)
    place = Place(NAME, "issue", {"issue": issue.id, "all": not wishes.topics})
    return Outcome(place, told)


def later(issue_id: str, facts: Facts) -> Outcome:
    """It waits, and is offered again on the next working morning."""
    issue = found(issue_id, facts)
    if issue is None:
        return Outcome(STAY, effects=(say("newsletter.gone"),))
    at = morning(facts)
    told = Say(
        Message(body=(p("newsletter.postponed"),), ways=(lasting(NAME, "read", issue.id, "newsletter.read_now"),))
    )
    return Outcome(STAY, effects=(PostponeRead(issue.id), Remind(f"{NAME}:again", issue.id, at), told))


def again(issue_id: str, facts: Facts) -> Outcome:
    """The morning after: the announcement once more, unless she has read it, opted out or it is old by now."""
    issue = facts.news.to_read
    if issue is None or issue.id != issue_id or facts.person.stopped or not facts.person.agrees("newsletter"):
        return Outcome(STAY)
    items = shown(issue, facts.news.wishes, today(facts))
    told = Message(
        title=Localized(issue.title),
        body=(p("newsletter.waits", count=len(items)),),
        ways=reading(issue.id),
        # the announcement says it all: after her tap only the issue itself may follow
        template=replace(opener(issue, items), whole=True),
    )
    return Outcome(STAY, effects=(Say(told, lane="alert"),))


def morning(facts: Facts) -> datetime:
    """9:30 of the next day that is no week-end."""
    day = today(facts) + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, AGAIN, tzinfo=facts.zone)


def interested(item_id: str, facts: Facts) -> Outcome:
    """One more person is interested; she reads what she can do now."""
    pair = of_item(item_id, facts)
    if pair is None:
        return Outcome(STAY, effects=(say("newsletter.item_gone"),))
    issue, item = pair
    link: tuple[Text, ...] = (Verbatim(item.link),) if item.link else ()
    body = (p("newsletter.interest_kept", title=Localized(item.title)), *link)
    told = Message(body=body, ways=(lasting(NAME, "ask", item.id, "newsletter.ask"),))
    return Outcome(STAY, effects=(ShowInterest(issue.id, item.id), Say(told)))


def asking(item_id: str, facts: Facts) -> Outcome:
    """What does she want to know about it?"""
    pair = of_item(item_id, facts)
    if pair is None:
        return Outcome(STAY, effects=(say("newsletter.item_gone"),))
    issue, item = pair
    body = (p("newsletter.ask_what", title=Localized(item.title)), p("newsletter.ask_how"))
    told = Message(title=p("newsletter.ask"), body=body, ways=(BACK, HUMAN), wanted="text")
    return Outcome(Place(NAME, "ask", {"issue": issue.id, "item": item.id}), told)


def asked(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Her question goes to the answers where the item is about a rule, else to a person; the item goes with it."""
    pair = of_item(str(place.data.get("item") or ""), facts)
    if pair is None:
        return first(archive(facts), say("newsletter.item_gone"))
    title = render(Localized(pair[1].title), facts.language, facts.catalog)
    match heard:
        case Typed(text) if not any(char.isalpha() for char in text):
            return Miss(p("newsletter.ask_miss"))
        case Typed(text) if pair[1].normative and facts.faq is not None:
            return go_to("faq", question=f"{tidy(text)[:LONGEST]} ({title})")
        case Typed(text):
            about = render(p("newsletter.about", title=title), facts.language, facts.catalog)
            return go_to("handoff", text=f"{about}\n{tidy(text)[:LONGEST]}")
        case Sent(kind="voice" | "audio" | "photo" | "document"):
            about = render(p("newsletter.about", title=title), facts.language, facts.catalog)
            file: Json = [heard.kind, heard.ref, heard.mime, heard.name, heard.size]
            return go_to("handoff", file=file, text=f"{about}\n{heard.caption}".strip())
        case _:
            return Miss(p("newsletter.ask_miss"))


def tell(issue_id: str, facts: Facts) -> Outcome:
    """A text of its own that she can pass on: what it is and where it is; nothing about her."""
    house = facts.house
    where: list[Text] = []
    if house.telegram_bot:
        where.append(p("newsletter.on_telegram", link=f"https://t.me/{house.telegram_bot.removeprefix('@')}"))
    if house.whatsapp_number:
        where.append(p("newsletter.on_whatsapp", number=house.whatsapp_number))
    issue = found(issue_id, facts)
    what: Text = p("newsletter.pass_on", house=house.name)
    if issue is not None and issue.items:
        what = p("newsletter.pass_on_issue", house=house.name, title=Localized(issue.title))
    ready = Message(body=(what, *where, p("newsletter.pass_on_code")))
    return Outcome(STAY, effects=(Say(Message(body=(p("newsletter.tell_how"),)), apart=True), Say(ready, apart=True)))


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from the archive, an issue or a question about an item."""
    match place.step, heard:
        case "archive", Picked("more"):
            page = place.data.get("page")
            return archive(facts, (page if isinstance(page, int) else 0) + 1)
        case "ask", _:
            return asked(place, heard, facts)
        case _:
            return Miss(p("newsletter.miss_issue") if place.step == "issue" else None)


def show(place: Place, facts: Facts) -> Outcome:
    """The place once more, as it is now."""
    match place.step:
        case "issue":
            issue = found(str(place.data.get("issue") or ""), facts)
            wishes = Wishes() if place.data.get("all") else facts.news.wishes
            return archive(facts) if issue is None else screen(issue, facts, wishes)
        case "ask":
            shown_again = asking(str(place.data.get("item") or ""), facts)
            return shown_again if isinstance(shown_again.then, Place) else archive(facts)
        case _:
            page = place.data.get("page")
            return archive(facts, page if isinstance(page, int) else 0)
