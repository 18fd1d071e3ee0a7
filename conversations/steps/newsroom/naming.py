"""How an issue is called: a new one with a number and a title proposed for its month, and another title later."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from conversations.effects import Say
from conversations.facts import Facts
from conversations.flow import BACK, SKIP, Heard, Miss, Outcome, Picked, Typed, choice, first, p, say
from conversations.folding import clean, tidy
from conversations.foresee import foresee
from conversations.messages import Localized, Message, Phrase, Text, Verbatim
from conversations.news.checks import LONGEST_TITLE, problems
from conversations.news.orders import OpenIssue, RenameIssue
from conversations.news.views import Issue, IssueKind
from conversations.phrases import render
from conversations.state import Place
from conversations.steps.newsroom.hand import Hand, issue_of
from conversations.steps.newsroom.issues import page
from conversations.steps.newsroom.items import you_wrote
from conversations.steps.newsroom.words import today

STEPS: Final = frozenset({"kind", "number", "name", "title", "title_en"})
KINDS: Final[tuple[IssueKind, ...]] = ("monthly", "urgent")
LONGEST_NUMBER: Final = 20


def kind() -> Outcome:
    """What sort of issue?"""
    rows = tuple(choice(one, f"newsroom.kind_{one}") for one in KINDS)
    screen = Message(title=p("newsroom.new"), body=(p("newsroom.which_kind"),), choices=rows, ways=(BACK,))
    return Outcome(Hand().at("kind"), screen)


def number(hand: Hand, facts: Facts) -> Outcome:
    """Its number: the month is proposed, another can be typed."""
    told = f"{proposed(hand, facts):%Y-%m}"
    body: tuple[Text, ...] = (p("newsroom.which_number", number=told),)
    if hand.text:
        body = (you_wrote(hand), p("newsroom.how_number", most=LONGEST_NUMBER))
    rows = (choice("proposed", "newsroom.as_proposed"),)
    screen = Message(title=p("newsroom.new"), body=body, choices=rows, ways=(BACK,), wanted="text")
    return Outcome(hand.at("number"), screen)


def name(hand: Hand, facts: Facts) -> Outcome:
    """Its title: one is proposed for the month, another can be typed."""
    said = proposed_title(hand, facts)
    body: list[Text] = [p("newsroom.which_title", title=Localized(said), most=LONGEST_TITLE)]
    if hand.text:
        body.insert(0, you_wrote(hand))
    rows = (choice("proposed", "newsroom.as_proposed"),)
    screen = Message(title=p("newsroom.new"), body=tuple(body), choices=rows, ways=(BACK,), wanted="text")
    return Outcome(hand.at("name"), screen)


def proposed(hand: Hand, facts: Facts) -> date:
    """The month it is for: this one, or the next where this one has its issue (an alert is for now)."""
    day = today(facts).replace(day=1)
    taken = {one.number for one in facts.news.issues if one.kind == "monthly" and one.state != "cancelled"}
    while hand.field != "urgent" and f"{day:%Y-%m}" in taken:
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day


def proposed_title(hand: Hand, facts: Facts) -> dict[str, str]:
    """In every language."""
    day = proposed(hand, facts)
    month = p(f"newsroom.month_{day.month}")
    key = "newsroom.title_urgent" if hand.field == "urgent" else "newsroom.title_monthly"
    phrase = p(key, month=month, year=str(day.year))
    return {code: render(phrase, code, facts.catalog) for code in ("it", "en")}


def take(place: Place, hand: Hand, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on with the questions of a new issue, or with another title."""
    issue = issue_of(hand, facts)
    match place.step, heard:
        case "kind", Picked(value) if value in KINDS:
            return number(Hand(field=value), facts)
        case "number", Picked("proposed"):
            return name(replace(hand, text="", title=f"{proposed(hand, facts):%Y-%m}"), facts)
        case "number", Typed(text):
            said = clean(text)
            if not said or len(said) > LONGEST_NUMBER or not said.replace("-", "").isalnum():
                return number(replace(hand, text=said), facts)
            return name(replace(hand, text="", title=said), facts)
        case "name", Picked("proposed"):
            return _opened(hand, proposed_title(hand, facts), facts)
        case "name", Typed(text):
            said = " ".join(tidy(text).split())
            fault = title_fault({"it": said}, "it", facts)
            if fault is not None:
                return first(name(replace(hand, text=said), facts), Say(Message(body=(fault,))))
            return _opened(hand, {"it": said}, facts)
        case (("title" | "title_en"), _) if issue is None or issue.state != "draft":
            return Outcome(None, effects=(say("newsroom.not_draft"),))
        case "title_en", Picked("skip") if issue is not None:
            return page(issue, facts)
        case (("title" | "title_en"), Typed(text)) if issue is not None:
            return titled(hand, issue, text, place.step == "title_en", facts)
        case _:
            return Miss()


def show(place: Place, hand: Hand, facts: Facts) -> Outcome:
    """The step once more."""
    issue = issue_of(hand, facts)
    match place.step:
        case "title" | "title_en" if issue is not None:
            return title(hand, issue, place.step == "title_en")
        case "number":
            return number(hand, facts)
        case "name":
            return name(hand, facts)
        case _:
            return kind()


def _opened(hand: Hand, titles: dict[str, str], facts: Facts) -> Outcome:
    """The issue is there; where it has no English title, that is asked now."""
    which: IssueKind = "urgent" if hand.field == "urgent" else "monthly"
    order = OpenIssue(facts.fresh[0], hand.title, which, titles["it"], titles.get("en", ""))
    after = foresee(facts, (order,))
    issue = issue_of(Hand(facts.fresh[0]), after)
    if issue is None:
        return kind()
    shown = page(issue, after) if "en" in titles else title(Hand(issue.id), issue, english=True)
    return first(shown, order, say("newsroom.opened"))


def title(hand: Hand, issue: Issue, english: bool = False) -> Outcome:
    """The title anew."""
    code = "en" if english else "it"
    body: list[Text] = [
        p("newsroom.how_issue_title_en" if english else "newsroom.how_issue_title", most=LONGEST_TITLE)
    ]
    if hand.text:
        body.insert(0, you_wrote(hand))
    if issue.title.get(code):
        body.append(p("newsroom.now", text=Verbatim(issue.title[code])))
    ways = (SKIP, BACK) if english else (BACK,)
    screen = Message(title=p("newsroom.change_title"), body=tuple(body), ways=ways, wanted="text")
    return Outcome(hand.at("title_en" if english else "title"), screen)


def titled(hand: Hand, issue: Issue, text: str, english: bool, facts: Facts) -> Outcome:
    """The title is this one, in Italian or in English; or why not, with her words still there."""
    said = " ".join(tidy(text).split())
    changed = replace(issue, title={**issue.title, ("en" if english else "it"): said})
    fault = title_fault(changed.title, "en" if english else "it", facts)
    if fault is not None:
        return first(title(replace(hand, text=said), issue, english), Say(Message(body=(fault,))))
    order = RenameIssue(issue.id, issue.revision, changed.title.get("it", ""), changed.title.get("en", ""))
    after = foresee(facts, (order,))
    new = issue_of(hand, after) or issue
    told = say("newsroom.counted", field=p("newsroom.change_title"), length=len(said), most=LONGEST_TITLE)
    shown = page(new, after) if english else title(Hand(issue.id), new, english=True)
    return first(shown, order, told)


def title_fault(titles: Mapping[str, str], code: str, facts: Facts) -> Phrase | None:
    """What is wrong with the title in this language."""
    said = titles.get(code, "")
    if not clean(said):
        return p("newsroom.write_words")
    if len(said) > LONGEST_TITLE:
        return p("newsroom.long_title", length=len(said), most=LONGEST_TITLE, over=len(said) - LONGEST_TITLE)
    alone = Issue("", "", "monthly", {"it": said}, "draft", 1)
    wrong = ("newscheck.issue_emoji", "newscheck.issue_markup")
    return next((one.phrase for one in problems(alone, today(facts)) if one.phrase.key in wrong), None)
