"""How far an issue is, as the one message that a coordinator watches while it goes out."""

from collections.abc import Iterator
from datetime import datetime
from math import ceil
from typing import Final, Literal

from conversations.messages import Choice, Message, Moment, Phrase, Text, Verbatim
from conversations.news.stopped import stopped
from conversations.news.views import Issue, Outcome, Progress

BLOCKS: Final = 10
OPEN: Final[tuple[Outcome, ...]] = ("todo", "sending")
"""Of whom nothing is known yet; everybody else is done with, well or not."""
TOLD: Final[dict[Outcome, str]] = {
    "failed": "newsprogress.failed",
    "doubtful": "newsprogress.doubtful",
    "opened": "newsprogress.opened",
}
OVER: Final = frozenset({"sent", "cancelled", "withdrawn"})
MINUTE: Final = 60
DESK: Final = "@newsdesk"

Stage = Literal["begun", "half", "over"]
"""What is worth a message of its own where none can be edited."""


def progress_view(issue: Issue, now: datetime) -> Message:
    """A bar, people done and in all, those who failed or have yet to tap, how long it will still take; a way to pause
    it. Nobody is disturbed by it."""
    progress = issue.progress or Progress()
    done = progress.total - progress.of(*OPEN)
    body: list[Text] = [Verbatim(bar(done, progress.total))]
    body.append(Phrase("newsprogress.done", {"count": progress.total, "done": done}))
    body += (Phrase(key, {"count": count}) for one, key in TOLD.items() if (count := progress.of(one)))
    body += _outlook(issue, progress, now)
    return Message(
        title=Phrase("newsprogress.title", {"number": issue.number}),
        body=tuple(body),
        ways=tuple(_ways(issue)),
        silent=True,
    )


def stage(issue: Issue) -> Stage:
    """How far it is, as coarsely as that."""
    progress = issue.progress or Progress()
    if issue.state in OVER:
        return "over"
    done = progress.total - progress.of(*OPEN)
    return "half" if progress.enqueued and progress.total and done * 2 >= progress.total else "begun"


def bar(done: int, total: int) -> str:
    """Ten blocks and the share in hundredths; the last block is full only when everybody is done with."""
    full, share = (done * BLOCKS // total, done * 100 // total) if total else (0, 0)
    return f"{'▰' * full}{'▱' * (BLOCKS - full)} {share}%"


def minutes_left(progress: Progress) -> int | None:
    """At the pace of now, a minute begun counted whole; None where nothing leaves now."""
    return ceil(progress.of(*OPEN) / progress.pace / MINUTE) if progress.pace > 0 else None


def _outlook(issue: Issue, progress: Progress, now: datetime) -> Iterator[Text]:
    """What comes next."""
    left = minutes_left(progress)
    if issue.state == "cancelled" or issue.state == "withdrawn":
        yield Phrase("newsprogress.cancelled")
    elif issue.state == "sent":
        yield Phrase("newsprogress.over")
    elif issue.state == "paused":
        if progress.stopped_why:
            yield stopped(progress.stopped_why)
        yield Phrase("newsprogress.paused")
    elif not progress.enqueued:
        yield Phrase("newsprogress.enqueuing")
    elif progress.held_until is not None and progress.held_until > now:
        yield Phrase("newsprogress.held", {"when": Moment(progress.held_until)})
    elif left is not None and progress.of(*OPEN):
        yield Phrase("newsprogress.soon") if left <= 1 else Phrase("newsprogress.minutes", {"count": left})
    elif progress.of(*OPEN):
        yield Phrase("newsprogress.later")


def _ways(issue: Issue) -> Iterator[Choice]:
    if issue.state == "sending":
        yield Choice(f"{DESK}:pause:{issue.id}", Phrase("newsprogress.pause"))
        yield Choice(f"{DESK}:progress:{issue.id}", Phrase("newsprogress.refresh"))
    else:
        yield Choice(f"{DESK}:issue:{issue.id}", Phrase("newsprogress.open"))
