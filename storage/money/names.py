"""The names by which an operator calls people and enterprises on the command line, and the ids behind them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from storage import network, people, profiles
from storage.call_files import Names
from storage.money.actors import MANAGERS


def names_of(conn: Connection) -> Names:
    """Everybody and everything a call may name now."""
    firms: dict[str, list[str]] = defaultdict(list)
    for row in network.enterprises(conn):
        for name in (row.id, row.name, row.name.casefold()):
            _add(firms[name], row.id)
    m = people.MEMBERSHIPS.c
    staff: dict[str, list[str]] = defaultdict(list)
    query = select(m.enterprise_id, m.person_id).where(m.until.is_(None), m.enterprise_id.is_not(None))
    for firm, person in conn.execute(query.order_by(m.id)):
        _add(staff[firm], person)
    managers = list(dict.fromkeys(who for role in sorted(MANAGERS) for who in people.holders(conn, role)))
    of_firm = {firm: called(conn, members) for firm, members in staff.items()}
    return Names(firms, called(conn, managers), of_firm)


def called(conn: Connection, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The ids of these people by id, and by the name each has said, in small letters."""
    known = profiles.profiles_of(conn, list(ids))
    found: dict[str, list[str]] = defaultdict(list)
    for key in ids:
        _add(found[key], key)
        if key in known and known[key].name:
            _add(found[known[key].name.casefold()], key)
    return found


def meant(names: Mapping[str, Sequence[str]], said: str) -> Sequence[str]:
    """The ids behind an id, a name, or the first words of a name ("Anna" for "Anna Bianchi"), as `called` knows
    them."""
    small = said.casefold()
    begins = (one for name, ids in names.items() if name.startswith(f"{small} ") for one in ids)
    return names.get(said) or names.get(small) or list(dict.fromkeys(begins))


def _add(keys: list[str], key: str) -> None:
    if key not in keys:
        keys.append(key)
