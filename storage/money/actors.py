"""In what quality a person may act on a request now: roles are read in the same transaction, never remembered (I9).

P8 is here: nobody decides on her own request, nor on one of her own firm, except the firm's manager the call names.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from conversations.rules.categories import category
from conversations.rules.vouchers_moves import Hat
from storage import calls, people
from storage.money.act import Act, Refused

MANAGERS: Final = frozenset({"welfare_manager", "coordinator"})


@dataclass(frozen=True, slots=True)
class Held:
    """The roles a person holds now, and the firms she belongs to, with her contract there."""

    roles: frozenset[str]
    firms: tuple[tuple[str, str], ...]

    def belongs_to(self, enterprise_id: str) -> bool:
        """True if she is of this firm, in whatever role."""
        return bool(enterprise_id) and any(firm == enterprise_id for firm, _ in self.firms)


def held(conn: Connection, person_id: str) -> Held:
    """What she holds now; nothing for somebody who is gone."""
    m = people.MEMBERSHIPS.c
    rows = conn.execute(
        select(m.role, m.enterprise_id, m.contract)
        .where(m.person_id == person_id, m.until.is_(None))
        .order_by(m.role != "worker", m.id)
    ).all()
    return Held(frozenset(r.role for r in rows), tuple((r.enterprise_id or "", r.contract) for r in rows))


def reachable(conn: Connection, person_id: str) -> bool:
    """True if she has a chat that she has not blocked."""
    a = people.ADDRESSES.c
    query = select(a.id).where(a.person_id == person_id, a.blocked_at.is_(None)).limit(1)
    return conn.execute(query).first() is not None


def present(act: Act) -> Held:
    """Who acts now. Raises Refused where she is unknown, or has no chat that she has not blocked."""
    if not reachable(act.conn, act.person_id):
        raise Refused("unreachable")
    return held(act.conn, act.person_id)


def with_role(act: Act, role: str) -> Held:
    """Who acts now, holding this role. Raises Refused."""
    now = present(act)
    if role not in now.roles:
        raise Refused("role")
    return now


def owner(act: Act, person_id: str) -> None:
    """She acts on what is her own. Raises Refused."""
    present(act)
    if act.person_id != person_id:
        raise Refused("role")


def managers(conn: Connection, call_id: str) -> list[str]:
    """The association's managers of a call who hold their role now."""
    able = [who for role in sorted(MANAGERS) for who in people.holders(conn, role)]
    named = calls.deciders_of(conn, call_id).get("", [])
    return list(dict.fromkeys(who for who in able if not named or who in named))


def deciding(act: Act, request: Row[Any]) -> Hat:
    """"decider" or "firm". Raises Refused where she may not decide on this request now."""
    now = present(act)
    if request.person_id == act.person_id:
        raise Refused("own")
    if request.deciders == "firm" and request.decider_id == act.person_id:
        named = calls.deciders_of(act.conn, request.call_id).get(request.enterprise_id, [])
        if act.person_id in named and not request.escalated:
            return "firm"
        raise Refused("role")
    if act.person_id not in managers(act.conn, request.call_id):
        raise Refused("role")
    if now.belongs_to(request.enterprise_id):
        raise Refused("own")
    if request.deciders == "firm" and not request.escalated:
        raise Refused("role")
    return "decider"


def handling(act: Act, request: Row[Any]) -> Hat:
    """In what quality she may take on a request or ask about it: who decides, a coordinator, or the welfare manager
    where it is sensitive. Raises Refused."""
    try:
        return deciding(act, request)
    except Refused as refused:
        if refused.why != "role":
            raise
        now = present(act)
        kind = category(request.category)
        if request.deciders == "firm" and request.decider_id == act.person_id:
            raise
        if now.belongs_to(request.enterprise_id):
            raise Refused("own") from refused
        if "coordinator" in now.roles:
            return "coordinator"
        if "welfare_manager" in now.roles and kind is not None and kind.sensitive:
            return "lawyer"
        raise


def coordinating(act: Act, person_id: str, enterprise_id: str) -> None:
    """A coordinator acts on what belongs to somebody else, of another firm. Raises Refused."""
    now = with_role(act, "coordinator")
    if person_id == act.person_id or now.belongs_to(enterprise_id):
        raise Refused("own")


def deciders_for(conn: Connection, request: Row[Any]) -> list[str]:
    """Who is to be told of a request now: the firm's own manager while she is to decide, else the association's."""
    if request.deciders == "firm" and not request.escalated:
        return [request.decider_id]
    able = [who for who in managers(conn, request.call_id) if who != request.person_id]
    return [who for who in able if not held(conn, who).belongs_to(request.enterprise_id)]
