"""`wis newsletter hand|sign|approve|redraft|schedule|pause|resume|rate|cancel|withdraw`: what the office decides."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.common import Wrong, console, now, settings, store, sure, told, warn
from bot.commands.newsletter import By, Number, Yes, app
from bot.commands.newsletter_issue import give, ready, sentences, tell_problems
from conversations.news import orders
from conversations.news.calendar import next_slot
from conversations.news.checks import problems
from conversations.news.life import Move
from conversations.news.moment import named
from conversations.news.views import Item
from storage.news import views

Places = Annotated[list[int] | None, typer.Argument(help="The items, as `wis newsletter show` numbers them.")]
At = Annotated[str, typer.Option(help='The moment in the network\'s time: "2026-12-08 12:30".')]
Next = Annotated[bool, typer.Option("--next", help="At the next slot of the standing rule (NEWSLETTER_RULE).")]
Once = Annotated[bool, typer.Option("--at-most-once", help="Rather nobody twice than everybody once (rarely right).")]
Failed = Annotated[bool, typer.Option("--failed", help="Also once more to those who failed.")]
Doubtful = Annotated[bool, typer.Option("--doubtful", help="Also once more to those nobody knows of.")]
Rate = Annotated[float, typer.Argument(help="Letters a second on each channel; 0: the channel's own rate.", min=0.0)]


@app.command()
def hand(number: Number, by: By) -> None:
    """Hand a complete draft to the welfare manager."""
    with told():
        found = settings()
        catalog = sentences(found)
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, "hand")
            if tell_problems(problems(issue, now().astimezone(found.zone).date(), "legal"), catalog):
                raise Wrong("Mend what is an error first.")
            give(database, found, person, orders.HandToLegal(issue.id, issue.revision))
        console.print(f"The issue {issue.number} waits for the welfare manager: `wis newsletter sign`.")


@app.command()
def sign(number: Number, by: By, places: Places = None, yes: Yes = False) -> None:
    """Sign items for the welfare manager who has read them; without numbers every item that speaks of the law."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, "sign")
            chosen = _chosen(issue.items, places)
            if not chosen:
                console.print("Nothing waits for a signature.")
                return
            for item in chosen:
                console.print(f"{item.title.get('it', '')}: {item.sentence.get('it', '')}", markup=False)
                console.print(f"    {item.source}; as of {item.as_of}, until {item.expires}", markup=False)
            sure("Does the welfare manager answer for this as it stands?", yes)
            give(database, found, person, *(orders.SignItem(issue.id, issue.revision, one.id) for one in chosen))
        console.print(f"Signed: {len(chosen)}.")


@app.command()
def approve(number: Number, by: By, yes: Yes = False) -> None:
    """Approve an issue that the welfare manager has signed, as it stands now."""
    with told():
        found = settings()
        catalog = sentences(found)
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, "approve")
            if tell_problems(problems(issue, now().astimezone(found.zone).date(), "approval"), catalog):
                raise Wrong("It cannot be approved as it is.")
            sure(f"Approve the issue {issue.number}, revision {issue.revision}, with {len(issue.items)} items?", yes)
            give(database, found, person, orders.ApproveIssue(issue.id, issue.revision))
        console.print(f"The issue {issue.number} is approved: `wis newsletter schedule`.")


@app.command()
def redraft(number: Number, by: By, yes: Yes = False) -> None:
    """Write on once more: approval and moment are void."""
    _plain(
        number, by, "redraft", orders.BackToDraft, "Back to draft, without its approval?", yes, "is a draft again."
    )


@app.command()
def schedule(number: Number, by: By, at: At = "", next_: Next = False, once: Once = False, yes: Yes = False) -> None:
    """Send an approved issue at a moment, or at the next slot of the standing rule."""
    with told():
        found = settings()
        catalog = sentences(found)
        if bool(at) == next_:
            raise Wrong("Give either --at or --next.")
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, "schedule")
                others = views.issues(conn)
            if next_:
                rule = found.rule
                if rule is None:
                    raise Wrong("There is no standing rule: set NEWSLETTER_RULE, or give --at.")
                local = next_slot(rule, now(), found.zone).astimezone(found.zone)
            else:
                local = moment(at, found.zone)
            meant = named(issue, local.date(), local.time(), found.zone, now(), others)
            tell_problems(meant.problems, catalog)
            if not meant.possible:
                raise Wrong("Nothing was scheduled.")
            told_ = f"{meant.moment.astimezone(found.zone):%A %Y-%m-%d %H:%M}"
            sure(f"Send the issue {issue.number} on {told_}?", yes)
            order = orders.ScheduleIssue(issue.id, issue.revision, meant.moment, next_, once)
            give(database, found, person, order)
        console.print(f"The issue {issue.number} goes out on {told_}.")


@app.command()
def pause(number: Number, by: By) -> None:
    """Let nothing more of an issue leave until it is resumed."""
    _plain(number, by, "pause", orders.PauseIssue, "", True, "is paused; what is in hand is finished.")


@app.command()
def resume(number: Number, by: By, failed: Failed = False, doubtful: Doubtful = False) -> None:
    """Go on with a paused issue; or send one once more to those who failed or are in doubt."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, "resume")
            if issue.state == "sent" and not (failed or doubtful):
                raise Wrong(f"The issue {issue.number} is sent: say --failed or --doubtful.")
            give(database, found, person, orders.ResumeIssue(issue.id, failed, doubtful))
        console.print(f"The issue {issue.number} goes on.")


@app.command()
def rate(number: Number, per_second: Rate, by: By) -> None:
    """Slow an issue down, or let it go at the channels' own rate again (0)."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, "rate")
            give(database, found, person, orders.SetRate(issue.id, per_second))
        limit = f"at most {per_second:g} letters a second" if per_second else "as fast as the channels allow"
        console.print(f"The issue {issue.number} goes {limit}.")


@app.command()
def cancel(number: Number, by: By, yes: Yes = False) -> None:
    """Stop an issue for good: whoever has not got it will not; a number nobody got is given up."""
    question = "Nobody else will get it, and this cannot be undone. Cancel it?"
    _plain(number, by, "cancel", orders.CancelIssue, question, yes, "is cancelled.")


@app.command()
def withdraw(number: Number, by: By, yes: Yes = False) -> None:
    """Show an issue to nobody any more: not in the archive, nor to who was told of it and has not opened it."""
    question = "It disappears from the archive, and this cannot be undone. Withdraw it?"
    _plain(number, by, "withdraw", orders.WithdrawIssue, question, yes, "is withdrawn.")
    warn("What people have in their chats stays there: send an erratum if it was wrong.")


def _plain(
    number: str, by: str, move: Move, make: Callable[[str], orders.NewsOrder], question: str, yes: bool, end: str
) -> None:
    """An order that needs nothing but the issue."""
    with told():
        found = settings()
        with store(found) as database:
            with database.read() as conn:
                issue, person = ready(conn, number, by, move)
            sure(f"The issue {issue.number} is {issue.state}. {question}", yes)
            give(database, found, person, make(issue.id))
        console.print(f"The issue {issue.number} {end}")


def _chosen(items: tuple[Item, ...], places: list[int] | None) -> list[Item]:
    """The items with these numbers; without any those that must be signed and are not. Raises Wrong."""
    if not places:
        return [one for one in items if one.normative and not one.signed_by]
    for place in places:
        if not 1 <= place <= len(items):
            raise Wrong(f"There is no item {place}: the issue has {len(items)}.")
    return [items[place - 1] for place in dict.fromkeys(places)]


def moment(said: str, zone: ZoneInfo) -> datetime:
    """The local time in words. Raises Wrong."""
    try:
        return datetime.strptime(" ".join(said.split()), "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError as error:
        raise Wrong('The moment is written so: --at "2026-12-08 12:30".') from error
