"""Documents: sent by the owner of a request or claim, or brought and seen by a person (the sensitive ones)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from conversations.events import Sent
from conversations.rules.categories import category
from conversations.rules.voucher_timers import BAD_CLAIM_FILE, BAD_REQUEST_FILE
from conversations.rules.vouchers_moves import DRAFT, OPEN_CLAIM, OPEN_REQUEST
from storage import claims, papers, people, requests, timers
from storage.money import actors as actors
from storage.money import vouchers as mine
from storage.money.act import Act, Refused


def add(act: Act, owner_id: str, paper_id: str, kind: str, file: Sent, channel: str) -> None:
    """The file belongs to her request or claim; its bytes are still to be fetched. Raises Refused ("sensitive")."""
    thing, request = _thing(act, owner_id)
    actors.owner(act, thing.person_id)
    about = category(request.category)
    if thing is request and about is not None and about.sensitive:
        # P10: such papers are brought or mailed, and only seen
        raise Refused("sensitive")
    if thing.state not in OPEN_REQUEST | OPEN_CLAIM | {DRAFT}:
        raise Refused("state")
    papers.add_paper(
        act.conn,
        id=paper_id,
        owner_id=owner_id,
        person_id=act.person_id,
        kind=kind,
        status=papers.SENT,
        bytes_status=papers.WAITING,
        channel=channel,
        file_kind=file.kind,
        mime=file.mime[:100],
        name=file.name,
        ref=file.ref,
        at=act.at,
    )


def received(conn: Connection, paper_id: str, data: bytes, at: datetime) -> None:
    """The file's bytes are here; where they are no photo and no PDF, it is refused and its sender told at once."""
    papers.keep_paper(conn, paper_id, data)
    paper = papers.paper_by_id(conn, paper_id)
    if paper is not None and paper.status == papers.REFUSED and people.exists(conn, paper.person_id):
        kind = BAD_CLAIM_FILE if claims.claim_by_id(conn, paper.owner_id) else BAD_REQUEST_FILE
        timers.set_timer(conn, paper.person_id, kind, paper.owner_id, at, {})


def want(act: Act, owner_id: str, paper_id: str, kind: str) -> None:
    """A paper is to be brought or mailed."""
    thing, request = _thing(act, owner_id)
    _may_verify(act, thing, request)
    papers.add_paper(
        act.conn, id=paper_id, owner_id=owner_id, person_id=thing.person_id, kind=kind, status=papers.WANTED,
        bytes_status=papers.NONE, at=act.at,
    )  # fmt: skip


def verify(act: Act, paper_id: str, good: bool) -> None:
    """A person of the association has seen the paper; who and when is on record."""
    paper = papers.paper_by_id(act.conn, paper_id)
    if paper is None:
        raise Refused("state")
    _may_verify(act, *_thing(act, paper.owner_id))
    papers.verify_paper(act.conn, paper_id, papers.VERIFIED if good else papers.REFUSED, act.person_id, act.at)


def _may_verify(act: Act, thing: Row[Any], request: Row[Any]) -> None:
    if thing is request:
        if actors.handling(act, request) == "firm":
            raise Refused("role")
        return
    actors.coordinating(act, thing.person_id, request.enterprise_id)


def _thing(act: Act, owner_id: str) -> tuple[Row[Any], Row[Any]]:
    """The request or claim with this id, and the request it comes from."""
    request = requests.request_by_id(act.conn, owner_id)
    if request is not None:
        return request, request
    claim = claims.claim_by_id(act.conn, owner_id)
    if claim is None:
        raise Refused("state")
    return claim, mine.request_of(act, mine.find(act, claim.voucher_id))
