"""The door in for vouchers: what one person may see in one turn, each role by its own closed list of fields."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.rules.iban import last_four
from conversations.voucher_views import Profile, VoucherFacts
from storage import profiles
from storage.crypto import KeyRing
from storage.money.actors import MANAGERS, held
from storage.voucher_facts_corrections import charged, live, owed
from storage.voucher_facts_manager import decided, for_firm, to_decide
from storage.voucher_facts_office import budgets, funds, proposals, to_check, to_pay
from storage.voucher_facts_owner import calls_for, claims_of, requests_of, vouchers_of
from storage.voucher_facts_partner import code_pause, months, own_charges, presented, said_aloud


def voucher_facts(
    conn: Connection,
    keys: KeyRing,
    zone: ZoneInfo,
    person_id: str,
    text: str,
    at: datetime,
    corrects: bool = False,
) -> VoucherFacts:
    """Everything about vouchers this person may see now; `text` is what she wrote or scanned.

    `corrects` says that she looks at what a coordinator may correct; else that part stays empty.
    """
    now = held(conn, person_id)
    today = at.astimezone(zone).date()
    known = profiles.profile_of(conn, person_id)
    coordinates = "coordinator" in now.roles
    manages = bool(MANAGERS & now.roles)
    partner = "partner" in now.roles
    voucher, wrong = presented(conn, keys, person_id, text, today, at) if partner else (None, False)
    mine, firm_decided = for_firm(conn, person_id)
    vouchers, redemptions = vouchers_of(conn, keys, person_id)
    return VoucherFacts(
        profile=Profile(known.name, last_four(known.iban)),
        calls=calls_for(conn, person_id, now, today),
        requests=requests_of(conn, zone, person_id),
        vouchers=vouchers,
        redemptions=redemptions,
        claims=claims_of(conn, zone, person_id),
        to_decide=to_decide(conn, zone, person_id, now) if manages else (),
        decided=decided(conn, zone, person_id, now, at) if manages else (),
        for_firm=mine,
        firm_decided=firm_decided,
        to_check=to_check(conn, person_id, now) if coordinates else (),
        to_pay=to_pay(conn) if "accountant" in now.roles else (),
        budgets=budgets(conn, person_id) if coordinates else (),
        proposals=proposals(conn, person_id) if coordinates else (),
        live=live(conn, person_id, now, today) if coordinates and corrects else (),
        charged=charged(conn, person_id, now, at) if coordinates and corrects else (),
        owed=owed(conn, person_id, now) if coordinates and corrects else (),
        funds=funds(conn, zone, today) if "referent" in now.roles else (),
        presented=voucher,
        charges=own_charges(conn, person_id) if partner else (),
        months=months(conn, zone, person_id, today) if partner else (),
        code_blocked_until=code_pause(conn, person_id, at) if partner else None,
        wrong_code=wrong,
        said_aloud=said_aloud(conn, keys, person_id, text, at) if partner else "",
    )
