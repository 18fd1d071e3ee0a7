"""What the newsletter's commands share: which issue, who acts, and an order given as the chat gives it."""

from collections.abc import Sequence

from bot.commands.common import Conn, Wrong, console, now, warn
from bot.settings import Settings
from conversations.news.checks import Problem
from conversations.news.life import WHO, Move, may
from conversations.news.orders import NewsOrder
from conversations.news.views import Issue
from conversations.phrases import Catalog, render
from storage import people
from storage.content import content_folder, read_catalog
from storage.db import Conflict, Database
from storage.money.actors import held
from storage.money.names import called, meant
from storage.news import views
from storage.news.orders import carry_out

CHANNEL = "terminal"
LANGUAGE = "en"
"""The command line speaks English."""
DOING: dict[Move, str] = {
    "edit": "be changed",
    "sign": "be signed",
    "hand": "be handed to the welfare manager",
    "approve": "be approved",
    "redraft": "go back to draft",
    "schedule": "be scheduled",
    "pause": "be paused",
    "resume": "go on",
    "rate": "get another rate",
    "cancel": "be cancelled",
    "withdraw": "be withdrawn",
    "correct": "be corrected by an erratum",
}


def find_issue(conn: Conn, said: str) -> Issue:
    """The issue with this number or id. Raises Wrong."""
    found = next((one for one in views.issues(conn) if said in (one.number, one.id)), None)
    if found is None:
        raise Wrong(f"There is no issue {said} (`wis newsletter list`).")
    return found


def who(conn: Conn, said: str, roles: Sequence[str]) -> str:
    """The id of who holds one of these roles and is called so. Raises Wrong, which says who could be meant."""
    holders = list(dict.fromkeys(one for role in roles for one in people.holders(conn, role)))
    names = called(conn, holders)
    found = meant(names, said)
    if len(found) == 1:
        return found[0]
    wanted = " or ".join(roles).replace("_", " ")
    if found:
        raise Wrong(f"Several are called {said}: write the id with --by: {', '.join(found)}.")
    known = ", ".join(name for name in names if name not in holders) or ", ".join(holders) or "nobody yet"
    raise Wrong(f"Who is {said!r}? --by wants the name or id of who is {wanted}: {known}.")


def ready(conn: Conn, said: str, by: str, move: Move) -> tuple[Issue, str]:
    """The issue and the id of who may do this with it now. Raises Wrong."""
    issue = find_issue(conn, said)
    roles = sorted(WHO[move] | ({"editor"} if move == "cancel" else frozenset()))
    person = who(conn, by, roles)
    if not may(move, issue, held(conn, person).roles):
        raise Wrong(f"The issue {issue.number} is {issue.state}: it cannot {DOING[move]} now, or not by her.")
    return issue, person


def give(database: Database, found: Settings, person: str, *orders: NewsOrder) -> None:
    """The orders of this person are carried out, all or none. Raises Wrong where the world moved."""
    try:
        with database.write() as conn:
            for order in orders:
                carry_out(conn, order, person, CHANNEL, now(), found.zone)
    except Conflict as conflict:
        raise Wrong(f"Nothing was done: {conflict}. Look at it again (`wis newsletter show`).") from conflict


def sentences(found: Settings) -> Catalog:
    """The sentences the chat says. Raises ContentError."""
    return read_catalog(content_folder() / "locale", found.default_language, found.zone)


def tell_problems(problems: Sequence[Problem], catalog: Catalog) -> int:
    """Each problem on a line of its own; how many of them are errors."""
    for problem in problems:
        line = f"{problem.severity}: {render(problem.phrase, LANGUAGE, catalog)}"
        if problem.severity == "note":
            console.print(line, markup=False)
        else:
            warn(line)
    return sum(problem.severity == "error" for problem in problems)
