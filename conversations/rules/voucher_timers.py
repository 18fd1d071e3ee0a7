"""When a request, voucher, redemption or claim is to be remembered (domain.md 7.5): which timer, and when.

Storage sets them with the move and removes them with the next one ("escalation stops on any action"). Each is a timer
of the person who owns the thing, and rings as `act(verb, subject)` of the flow that its kind names.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from conversations.rules.working_days import add_working_days, next_morning

Timers = Mapping[str, datetime]
"""Kind ("flow:verb") and moment (aware)."""

DECIDING: Final = ("voucher_decision:remind", "voucher_decision:escalate", "voucher_decision:late")
ASKING: Final = ("voucher_request:info", "voucher_request:info_last", "voucher_request:info_lapse")
OFFERED: Final = "voucher_request:offered"
"""At once, so that the owner is told."""
OFFER: Final = "voucher_request:offer_lapse"
DRAFTING: Final = ("voucher_request:closing14", "voucher_request:closing3", "voucher_request:closing0")
TAKEN: Final = "voucher_decision:free"
EXPIRING: Final = ("voucher_redeem:expiring30", "voucher_redeem:expiring14", "voucher_redeem:expiring3")
EXPIRE: Final = "voucher_redeem:expire"
RETURN_REST: Final = "voucher_redeem:return_rest"
TIME_OUT: Final = "voucher_redeem:time_out"
CHECKING: Final = ("voucher_claim:remind", "voucher_claim:late")
CLAIM_ASKING: Final = ("voucher_claim:info", "voucher_claim:info_last")
BAD_CLAIM_FILE: Final = "voucher_claim:bad_file"
BAD_REQUEST_FILE: Final = "voucher_request:bad_file"
"""At once, of who sent a file that is no photo and no PDF; subject is what it belongs to."""
PAID_NOW, FAILED_NOW = "voucher_claim:paid", "voucher_claim:failed"
"""At once, of whoever was paid or was not; subject is the claim, for a partner the payment."""
MONTH_OVER: Final = "voucher_redeem:month"
"""Of a partner with charges, on the first working morning of the next month; subject is empty."""
PARTNER_PAID: Final = "voucher_redeem:paid"
"""At once, of a partner whose charges were paid; subject is empty, so that a whole file is told once."""
UNPAID: Final = "voucher_claim:unpaid"
CALL_CLOSING: Final = ("voucher_call:closing14", "voucher_call:closing3", "voucher_call:closing0")
CALL_ENDED: Final = "voucher_request:call_ended"
"""At once, of whose request was not decided when its call was closed."""
PROPOSED_CALL: Final = "voucher_call:wanted"
"""At once, of each coordinator who may confirm what was proposed on the command line; subject is the proposal."""
BUDGET: Final = "voucher_call:budget"
"""Of each coordinator; subject is the line, payload {"percent": 75 | 90 | 100}."""
DIGEST: Final = "voucher_decision:digest"
"""Of a manager who must not be written to now; subject is empty."""
UNREACHABLE: Final = "voucher_decision:unreachable"
"""Of the request's owner; subject is the request."""

REMIND_DAYS, ESCALATE_DAYS, LATE_DAYS = 2, 4, 7
ANSWER_DAYS = 5
"""Working days within which a decision is promised."""
KEEPS_PLACE_DAYS = 5
"""Working days in which an answer keeps the place in the queue."""
INFO_LIFE = timedelta(days=14)
OFFER_LIFE = timedelta(hours=72)
CASE_LIFE = timedelta(hours=24)
REDEMPTION_LIFE = timedelta(minutes=15)
PRESENTATION_LIFE = timedelta(minutes=10)
REVERSAL_LIFE = timedelta(days=14)
CLAIM_AFTER_EXPIRY = timedelta(days=30)
CLAIM_REMIND_DAYS, CLAIM_LATE_DAYS = 3, 6
UNPAID_AFTER = timedelta(days=2)
WRONG_TRIES = 5
WRONG_WITHIN = timedelta(hours=1)
_MIDDAY: Final = time(12, 30)


def deciding(at: datetime, zone: ZoneInfo) -> Timers:
    """For a request that waits for a decision since `at`."""
    days = (REMIND_DAYS, ESCALATE_DAYS, LATE_DAYS)
    return {kind: add_working_days(at, n, zone) for kind, n in zip(DECIDING, days, strict=True)}


def asking(at: datetime) -> Timers:
    """For a request whose owner was asked something at `at`."""
    return dict(zip(ASKING, (at + timedelta(days=3), at + timedelta(days=7), at + INFO_LIFE), strict=True))


def claim_asking(at: datetime) -> Timers:
    """For a claim whose owner was asked something at `at`."""
    return dict(zip(CLAIM_ASKING, (at + timedelta(days=3), at + timedelta(days=7)), strict=True))


def checking(at: datetime, zone: ZoneInfo) -> Timers:
    """For a claim that waits to be checked since `at`."""
    days = (CLAIM_REMIND_DAYS, CLAIM_LATE_DAYS)
    return {kind: add_working_days(at, n, zone) for kind, n in zip(CHECKING, days, strict=True)}


def expiring(at: datetime, expires_on: date, zone: ZoneInfo) -> Timers:
    """For a voucher issued or extended at `at`: the reminders still to come, and its end (the day after, 0:00)."""
    ends = end_of(expires_on, zone)
    before = {
        kind: datetime.combine(expires_on - timedelta(days=n), _MIDDAY, tzinfo=zone)
        for kind, n in zip(EXPIRING, (30, 14, 3), strict=True)
    }
    return {kind: when for kind, when in before.items() if when > at} | {EXPIRE: ends}


def closing(at: datetime, ends_on: date, kinds: tuple[str, ...], zone: ZoneInfo) -> Timers:
    """For whoever must act before a call ends: 14 and 3 days before and on the day, as far as they are to come."""
    days = {
        kind: datetime.combine(ends_on - timedelta(days=n), _MIDDAY, tzinfo=zone)
        for kind, n in zip(kinds, (14, 3, 0), strict=True)
    }
    return {kind: when for kind, when in days.items() if when > at}


def month_over(at: datetime, zone: ZoneInfo) -> Timers:
    """For a partner who charged something at `at`: the statement of the month."""
    following = (at.astimezone(zone).replace(day=1) + timedelta(days=32)).replace(day=1)
    return {MONTH_OVER: next_morning(datetime.combine(following.date(), time(), tzinfo=zone), zone)}


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after this day, in the network's zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
