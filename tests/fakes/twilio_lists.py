"""Twilio's lists of messages and attachments, and the files behind them."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.twilio_rules import ApiError, Sent

if TYPE_CHECKING:
    from tests.fakes.twilio_api import FakeTwilio

PAGE = 50


def told(at: datetime) -> str:
    """A time as Twilio writes it: whole seconds."""
    return format_datetime(at.replace(microsecond=0))


def outgoing(fake: FakeTwilio, message: Sent) -> dict[str, Any]:
    """A message of ours as the API shows it."""
    return {
        "sid": message.sid,
        "account_sid": fake.account_sid,
        "to": message.to,
        "from": message.from_,
        "body": message.body,
        "status": message.status,
        "direction": "outbound-api",
        "num_media": "1" if message.media_url else "0",
        "num_segments": "1",
        "date_created": told(message.created),
        "date_sent": None,
        "date_updated": told(message.created),
        "error_code": message.code or None,
        "error_message": None,
        "uri": f"/2010-04-01/Accounts/{fake.account_sid}/Messages/{message.sid}.json",
    }


def incoming(at: datetime, form: dict[str, str]) -> dict[str, Any]:
    """A message of a person as the API shows it: no button token, no place."""
    return {
        "sid": form["MessageSid"],
        "to": form["To"],
        "from": form["From"],
        "body": form.get("Body", ""),
        "status": "received",
        "direction": "inbound",
        "num_media": form["NumMedia"],
        "date_sent": told(at),
        "date_created": told(at),
        "date_updated": told(at),
    }


async def messages(fake: FakeTwilio, request: web.Request) -> dict[str, Any]:
    """A page of all messages, the newest first."""
    query = request.query
    rows = [outgoing(fake, message) for message in fake.sent] + [incoming(at, form) for at, form in fake.inbound]
    rows = [row for row in rows if query.get("To", row["to"]) == row["to"]]
    rows = [row for row in rows if query.get("From", row["from"]) == row["from"]]
    if since := query.get("DateSent>"):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", since):
            raise ApiError(20001, "DateSent is YYYY-MM-DD")
        rows = [row for row in rows if row["date_sent"] and _day(row["date_sent"]) >= since]
    rows.reverse()
    size, page = int(query.get("PageSize", PAGE)), int(query.get("Page", 0))
    more = len(rows) > (page + 1) * size
    onward = f"/2010-04-01/Accounts/{fake.account_sid}/Messages.json?PageSize={size}&Page={page + 1}"
    onward += "".join(
        f"&{key}={query[key].replace('+', '%2B')}" for key in ("To", "From", "DateSent>") if key in query
    )
    return {
        "messages": rows[page * size : (page + 1) * size],
        "page": page,
        "page_size": size,
        "next_page_uri": onward if more else None,
    }


async def attachments(fake: FakeTwilio, request: web.Request) -> dict[str, Any]:
    """The only attachment of a message."""
    form = next(form for _, form in fake.inbound if form["MessageSid"] == request.match_info["sid"])
    one = {
        "sid": form["MediaUrl0"].rpartition("/")[2],
        "content_type": form["MediaContentType0"],
        "uri": form["MediaUrl0"].removeprefix(fake.url) + ".json",
    }
    return {"media_list": [one], "page": 0, "page_size": PAGE, "next_page_uri": None}


async def attachment(fake: FakeTwilio, request: web.Request) -> dict[str, Any]:
    """Where the file lies: Twilio keeps it elsewhere, without a password."""
    if request.match_info["media"] not in fake.media:
        raise ApiError(20404, "not found", 404)
    raise web.HTTPTemporaryRedirect(fake.redirect or f"{fake.url}/cdn/{request.match_info['media']}")


def _day(written: str) -> str:
    return parsedate_to_datetime(written).date().isoformat()
