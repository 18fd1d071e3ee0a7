"""What the people who work on the newsletter are told when an issue waits for them, or something happened to it."""

from conversations.effects import Say, ToRole
from conversations.facts import Role
from conversations.flow import p
from conversations.messages import Choice, Localized, Message, Template, Text, Verbatim
from conversations.news.views import Issue
from conversations.steps.newsroom.wanted import DECIDING, WRITING
from conversations.steps.newsroom.words import lasting

TEMPLATE = "newsletter_office"


def to_sign(issue: Issue) -> Say:
    """The welfare manager has something to sign."""
    waiting = sum(item.normative and not item.signed_by for item in issue.items)
    told = p("newsdesk.alert_sign", title=Localized(issue.title), count=waiting)
    return alert("welfare_manager", issue, told, lasting(DECIDING, "sign", issue.id, "newsdesk.look"))


def to_approve(issue: Issue) -> Say:
    """A coordinator has an issue to approve."""
    told = p("newsdesk.alert_approve", title=Localized(issue.title))
    return alert("coordinator", issue, told, lasting(DECIDING, "issue", issue.id, "newsdesk.look"))


def to_editor(issue: Issue, key: str) -> Say:
    """The editors hear what became of their issue; `key` is a phrase with its title."""
    told = p(key, title=Localized(issue.title))
    return alert("editor", issue, told, lasting(WRITING, "issue", issue.id, "newsdesk.look"))


def refused(issue: Issue, item_id: str, place: int, why: str) -> Say:
    """The editors hear why the welfare manager does not sign an item; its button opens the item."""
    told = p("newsdesk.alert_refused", title=Localized(issue.title), place=place)
    look = lasting(WRITING, "item", f"{issue.id}:{item_id}", "newsdesk.look")
    return alert("editor", issue, told, look, Verbatim(why))


def alert(role: Role, issue: Issue, told: Text, look: Choice, *more: Text) -> Say:
    """The message to everybody who holds the role; outside WhatsApp's window it waits for a tap."""
    template = Template(TEMPLATE, (Verbatim(issue.number),))
    return Say(Message(body=(told, *more), ways=(look,), template=template), ToRole(role), "alert")
