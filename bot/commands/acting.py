"""Who acts on the command line: a person of the network, named by the operator, with the rights she holds now."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.commands.common import Conn, Wrong, now
from bot.settings import Settings
from storage import people
from storage.crypto import KeyRing
from storage.money.act import Act, Refused, acting
from storage.money.names import called, meant

WORDS = {
    "state": "It is not in the state for that any more: look at it again.",
    "role": "She does not hold the role for that (any more).",
    "own": "Somebody else must: it is her own or her firm's, or money above 200 euro that she approved herself.",
    "unreachable": "She has no chat with the bot, or has blocked it: only who can be reached may act.",
    "second": "A second coordinator is needed: the two must be different people.",
    "account": "There is no account number (IBAN) for it yet: the bot can ask for it.",
    "reason": "That reason is not on the list.",
    "closed": "There is no such call.",
    "open_claims": "A refund on it is still being checked: that comes first.",
    "late": "It is too late for that.",
}


@contextmanager
def acts(conn: Conn, keys: KeyRing, found: Settings, person_id: str) -> Iterator[Act]:
    """This person acts now, in this transaction."""
    with acting(conn, keys, found.zone, person_id, now()) as act:
        yield act


@contextmanager
def refusals() -> Iterator[None]:
    """A refused move ends the command with words."""
    try:
        yield
    except Refused as refused:
        raise Wrong(WORDS.get(refused.why, f"It was refused: {refused.why}.")) from refused


def person(conn: Conn, said: str, role: str, option: str) -> str:
    """The id of who holds this role and is called so. Raises Wrong, which says who could be meant."""
    holders = people.holders(conn, role)
    names = called(conn, holders)
    found = meant(names, said)
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong(f"Several are called {said}: write the id with {option}: {', '.join(found)}.")
    known = ", ".join(name for name in names if name not in holders) or ", ".join(holders) or "nobody yet"
    raise Wrong(f"Who is {said!r}? {option} wants the name or id of who is {role}: {known} (`wis call people`).")
