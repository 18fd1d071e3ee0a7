"""The owner's side of a charge: yes or no on her own phone, by a tap or by four figures; and her voucher's clock."""

from typing import Final

from conversations.effects import Remind, Say
from conversations.facts import Facts
from conversations.flow import Outcome, p, say
from conversations.messages import Day, Message, Money
from conversations.rules.voucher_pins import pin_of
from conversations.rules.voucher_timers import CLAIM_AFTER_EXPIRY, REDEMPTION_LIFE
from conversations.rules.vouchers_moves import EXPIRED, LIVE_VOUCHER, STARTED
from conversations.rules.working_days import next_morning
from conversations.steps.vouchers.notices import expiring, to_provider
from conversations.steps.vouchers.words import lasting, notice, one_of, postponed, today, told
from conversations.voucher_orders import ConfirmRedemption, Expire, RefuseRedemption, ReturnRest, TimeOut
from conversations.voucher_views import WorkerRedemptionView

NAME: Final = "voucher_redeem"
REMINDERS: Final = frozenset({"expiring30", "expiring14", "expiring3", "expired"})
VERBS: Final = REMINDERS | {"expire", "return_rest", "time_out"}


def pending(facts: Facts) -> tuple[WorkerRedemptionView, ...]:
    """The charges that wait for her yes."""
    return tuple(
        one for one in facts.vouchers.redemptions if one.state == STARTED and facts.now <= one.at + REDEMPTION_LIFE
    )


def confirm(key: str, facts: Facts) -> Outcome:
    """The amount is spent; what is left is told. Without a key, the one charge that waits."""
    found = _meant(key, facts)
    if found is None or found not in pending(facts):
        return _settled(found)
    voucher = one_of(facts.vouchers.vouchers, found.voucher_id)
    rest = 0 if voucher is None else max(0, voucher.residual_cents - found.amount_cents)
    ready = Message(
        body=(p("voucher_redeem.confirmed", amount=Money(found.amount_cents), rest=Money(rest)),),
        ways=(lasting("vouchers", "voucher", found.voucher_id, "vouchers.open_voucher"),),
    )
    receipt = to_provider(found.id, found.amount_cents, "confirmed")
    return told(ConfirmRedemption(found.id), receipt, notice(ready))


def refuse(key: str, facts: Facts) -> Outcome:
    """The charge is off, and its partner knows."""
    found = _meant(key, facts)
    if found is None or found not in pending(facts):
        return _settled(found)
    said = to_provider(found.id, found.amount_cents, "refused")
    return told(RefuseRedemption(found.id), said, say("voucher_redeem.refused_by_me"))


def by_pin(pin: str, facts: Facts) -> Outcome | None:
    """The charge these four figures name is confirmed; None where they name none of hers."""
    found = [one for one in pending(facts) if pin_of(one.id) == pin]
    return confirm(found[0].id, facts) if len(found) == 1 else None


def ring(verb: str, key: str, facts: Facts) -> Outcome:
    """What is to be done now that this timer of a voucher or charge came due."""
    voucher = one_of(facts.vouchers.vouchers, key)
    found = one_of(facts.vouchers.redemptions, key)
    match verb:
        case "time_out" if found is not None and found.state == STARTED and _late(found, facts):
            over = p("voucher_notice.own_timed_out", amount=Money(found.amount_cents))
            said = to_provider(key, found.amount_cents, "timed_out")
            return told(TimeOut(key), said, notice(Message(body=(over,))))
        case _ if verb in REMINDERS and (later := postponed(NAME, verb, key, facts)) is not None:
            return later
        case "expiring30" | "expiring14" | "expiring3" if voucher is not None and voucher.state in LIVE_VOUCHER:
            if voucher.residual_cents <= 0 or today(facts) > voucher.expires_on:
                return told()
            return told(Say(expiring(key, voucher.residual_cents, voucher.expires_on), lane="alert"))
        case "expire" if voucher is not None and voucher.state in LIVE_VOUCHER and today(facts) > voucher.expires_on:
            # the day ends at midnight: she is told in the morning
            return told(Expire(key), Remind(f"{NAME}:expired", key, next_morning(facts.now, facts.zone)))
        case "expired" if voucher is not None and voucher.state == EXPIRED:
            last = voucher.expires_on + CLAIM_AFTER_EXPIRY
            claimable = "reimbursement" in voucher.modes and voucher.residual_cents > 0
            body = p("voucher_notice.expired_claim", day=Day(last)) if claimable else p("voucher_notice.expired")
            ways = (lasting("vouchers", "open", "", "vouchers.short"),)
            return told(Say(Message(body=(body,), ways=ways), lane="alert"))
        case "return_rest" if voucher is not None and voucher.state == EXPIRED:
            last = voucher.expires_on + CLAIM_AFTER_EXPIRY
            return told(ReturnRest(key)) if today(facts) > last else told()
        case _:
            return told()


def _meant(key: str, facts: Facts) -> WorkerRedemptionView | None:
    waiting = pending(facts)
    if not key and len(waiting) == 1:
        return waiting[0]
    return one_of(facts.vouchers.redemptions, key)


def _late(found: WorkerRedemptionView, facts: Facts) -> bool:
    return facts.now >= found.at + REDEMPTION_LIFE


def _settled(found: WorkerRedemptionView | None) -> Outcome:
    if found is None:
        return told(say("voucher_redeem.nothing_waits"))
    state = "timed_out" if found.state == STARTED else found.state
    return told(say(f"voucher_redeem.own_{state}", amount=Money(found.amount_cents)))
