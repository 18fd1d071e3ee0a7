"""How far an issue is, and how it went, in words: a bar, people by what became of it, why it stopped."""

from typing import Final

from conversations.flow import p
from conversations.messages import Localized, Moment, Text, Verbatim
from conversations.news.progress_view import bar
from conversations.news.published import tells_readers
from conversations.news.stopped import stopped
from conversations.news.views import Issue, Outcome, Progress

GOT: Final[tuple[Outcome, ...]] = ("sent", "delivered", "read")
"""What the provider has accepted."""
TOLD: Final[tuple[Outcome, ...]] = ("opened", "expired", "failed", "doubtful", "skipped", "cancelled")
"""What else is told where there are such people."""
WAITING: Final[tuple[Outcome, ...]] = ("todo", "sending")
NAMES: Final = {"telegram": "Telegram", "whatsapp": "WhatsApp"}


def moving(issue: Issue) -> list[Text]:
    """The bar, how many have it, how fast it goes, and why it rests."""
    progress = issue.progress
    if progress is None or not progress.total:
        return [p("newsdesk.not_begun")]
    done = progress.total - progress.of(*WAITING)
    told: list[Text] = [Verbatim(bar(done, progress.total))]
    told.append(p("newsdesk.done_of", done=done, total=progress.total))
    told += outcomes(progress)
    if issue.state == "sending" and progress.pace:
        told.append(p("newsdesk.pace", pace=round(progress.pace) or 1))
    if progress.held_until is not None:
        told.append(p("newsdesk.held", when=Moment(progress.held_until)))
    if progress.stopped_why:
        told.append(stopped(progress.stopped_why))
    return told


def named(channel: str) -> Text:
    """The name people know a channel by."""
    return Verbatim(NAMES[channel]) if channel in NAMES else p("newsdesk.trial_channel")


def outcomes(progress: Progress) -> list[Text]:
    """What became of whom, only where there is somebody."""
    told: list[Text] = []
    for one in TOLD:
        if count := progress.of(one):
            told.append(p(f"newsdesk.count_{one}", count=count))
    return told


def report(issue: Issue) -> list[Text]:
    """How it went, channel by channel."""
    progress = issue.progress
    if progress is None or not progress.total:
        return [p("newsdesk.nobody_had_it")]
    told: list[Text] = [p("newsdesk.meant_for", count=progress.total)]
    for channel, by in progress.counts.items():
        accepted = sum(by.get(one, 0) for one in GOT)
        arrived = by.get("delivered", 0) + by.get("read", 0)
        line = p("newsdesk.on_channel", channel=named(channel), accepted=accepted)
        if channel == "whatsapp":
            more = p("newsreport.arrived", arrived=arrived)
            if tells_readers(progress):
                more = p("newsdesk.arrived", arrived=arrived, read=by.get("read", 0))
            line = p("newsletter.and_line", text=line, line=more)
        told.append(line)
    return [*told, *outcomes(progress), *interest(issue, progress)]


def interest(issue: Issue, progress: Progress) -> list[Text]:
    """How many showed interest in which item, where they are enough not to be recognised."""
    return [
        p("newsdesk.interested", title=Localized(item.title), number=progress.interested[item.id])
        for item in issue.items
        if item.id in progress.interested
    ]
