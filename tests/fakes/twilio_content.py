"""The Content API of the local Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.twilio_rules import ApiError, Content, check_approval, check_content, rejection

if TYPE_CHECKING:
    from tests.fakes.twilio_api import FakeTwilio

PAGE = 50


async def create(fake: FakeTwilio, request: web.Request) -> dict[str, Any]:
    """A new resource."""
    if request.content_type != "application/json":
        raise ApiError(20001, "types is required")
    asked = await request.json()
    check_content(asked)
    types = {kind: value for kind, value in asked["types"].items() if value is not None}
    sid, samples = fake.new_sid("HX"), asked.get("variables") or {}
    fake.contents[sid] = Content(sid, asked["friendly_name"], asked["language"], types, samples)
    return fake.contents[sid].fields()


async def listed(fake: FakeTwilio, request: web.Request) -> dict[str, Any]:
    """A page of the resources, with what Meta says of them where that is asked."""
    size, page = int(request.query.get("PageSize", PAGE)), int(request.query.get("Page", 0))
    everything = list(fake.contents.values())
    rows = [
        content.fields() | ({"approval_requests": content.approval} if "Approvals" in request.path else {})
        for content in everything[page * size : (page + 1) * size]
    ]
    more = len(everything) > (page + 1) * size
    onward = f"{fake.url}{request.path}?PageSize={size}&Page={page + 1}"
    return {"contents": rows, "meta": {"key": "contents", "next_page_url": onward if more else None}}


async def approve(fake: FakeTwilio, request: web.Request) -> dict[str, Any]:
    """Meta is asked for its approval, and decides by its rules."""
    content = fake.contents.get(request.match_info["sid"])
    if content is None:
        raise ApiError(20404, "not found", 404)
    asked = await request.json()
    taken = {other.approval["name"] for other in fake.contents.values() if other.approval}
    check_approval(content, asked["name"], asked["category"], taken)
    reason = rejection(content)
    content.approval = {
        "name": asked["name"],
        "category": asked["category"],
        "content_type": content.kind,
        "status": "rejected" if reason else "approved" if fake.auto_approve else "received",
        "rejection_reason": reason,
    }
    return content.approval
