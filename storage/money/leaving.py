"""Somebody has left a firm: what becomes of her vouchers is what the call said when it opened (`on_leave`)."""

from conversations.call_spec import spec_from_json
from conversations.rules.vouchers_moves import LIVE_VOUCHER
from storage import calls, requests, vouchers
from storage.money import actors as actors
from storage.money.act import Act, Refused
from storage.money.vouchers import revoke


def has_left(act: Act, person_id: str, enterprise_id: str) -> int:
    """Where a call says "revoke_unspent", what is left of the vouchers she got for this firm is free; how many.

    A coordinator does it. One with an open claim or charge stays until that is settled, and everything else until it
    expires.
    """
    actors.coordinating(act, person_id, enterprise_id)
    revoked = 0
    for voucher in vouchers.vouchers_of(act.conn, person_id):
        request = requests.request_by_id(act.conn, voucher.request_id)
        call = calls.call_by_id(act.conn, voucher.call_id)
        if request is None or call is None or voucher.state not in LIVE_VOUCHER:
            continue
        if request.enterprise_id != enterprise_id or spec_from_json(call.spec).on_leave != "revoke_unspent":
            continue
        try:
            revoke(act, voucher.id, "left_the_firm")
        except Refused as refused:
            if refused.why not in ("open_claims", "state"):
                raise
        else:
            revoked += 1
    return revoked
