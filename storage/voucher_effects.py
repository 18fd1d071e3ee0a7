"""One case per order about vouchers, each carried out by one function of money_*.py."""

import secrets
from typing import assert_never

from conversations import voucher_orders as orders
from conversations.voucher_orders import VoucherOrder
from storage import claims, requests
from storage.money import calls as opening
from storage.money import claiming as claiming
from storage.money import deciding as deciding
from storage.money import papers as papering
from storage.money import paying as paying
from storage.money import redeeming as redeeming
from storage.money import requests as asking
from storage.money import vouchers as holding
from storage.money.act import Act


def carry_out(act: Act, order: VoucherOrder, channel: str) -> None:
    """The order is carried out. Raises Refused (a Conflict) where the world does not allow it any more."""
    match order:
        case orders.SaveName(name=name):
            paying.save_name(act, name)
        case orders.SaveIban(iban=iban):
            paying.save_iban(act, iban)
        case orders.SaveDraft(request_id=key, draft=draft):
            asking.save_draft(act, key, draft)
        case orders.DiscardDraft(id=key):
            asking.discard(act, key)
            claiming.discard(act, key)
        case orders.SubmitRequest(request_id=key, notice_version=version):
            asking.submit(act, key, version)
        case orders.WithdrawRequest(request_id=key):
            asking.withdraw(act, key)
        case orders.AnswerAsk(id=key, text=text):
            if claims.claim_by_id(act.conn, key) is None:
                asking.answer(act, key, text)
            else:
                claiming.answer(act, key, text)
        case orders.TakeOffer(request_id=key):
            asking.take_offer(act, key)
        case orders.AddPaper(id=key, paper_id=paper, kind=kind, file=file):
            papering.add(act, key, paper, kind, file, channel)
        case orders.AskForPaper(id=key, paper_id=paper, kind=kind):
            papering.want(act, key, paper, kind)
        case orders.VerifyPaper(paper_id=paper, good=good):
            papering.verify(act, paper, good)
        case orders.TakeCase(id=key):
            if requests.request_by_id(act.conn, key) is None:
                claiming.take_case(act, key)
            else:
                deciding.take_case(act, key)
        case orders.FreeCase(id=key):
            deciding.free_case(act, key)
        case orders.AskWorker(request_id=key, reason=reason, text=text, keeps_place=keeps):
            deciding.ask(act, key, reason, text, keeps)
        case orders.Score(request_id=key, points=points):
            deciding.score(act, key, points)
        case orders.Approve(request_id=key, voucher_id=voucher, code=code):
            deciding.approve(act, key, voucher, code)
        case orders.Decline(request_id=key, reason=reason):
            deciding.decline(act, key, reason)
        case orders.Waitlist(request_id=key):
            deciding.waitlist(act, key)
        case orders.ReverseDecision(request_id=key, new_id=new, reason=reason):
            deciding.reverse(act, key, new, reason)
        case orders.PresentVoucher(voucher_id=key, token=token):
            holding.present(act, key, token)
        case orders.ReleaseVoucher(voucher_id=key):
            holding.release(act, key)
        case orders.RevokeVoucher(voucher_id=key, reason=reason):
            holding.revoke(act, key, reason)
        case orders.ExtendVoucher(voucher_id=key, expires_on=day, reason=reason):
            holding.extend(act, key, day, reason)
        case orders.NoteWrongCode():
            redeeming.wrong_code(act)
        case orders.StartRedemption(redemption_id=key, voucher_id=voucher, amount_cents=cents, token=token):
            redeeming.start(act, key, voucher, cents, token)
        case orders.ConfirmRedemption(redemption_id=key):
            redeeming.confirm(act, key, secrets.token_urlsafe(16))
        case orders.ConfirmAloud(redemption_id=key, figures=figures):
            redeeming.confirm_aloud(act, key, secrets.token_urlsafe(16), figures)
        case orders.RefuseRedemption(redemption_id=key):
            redeeming.refuse(act, key)
        case orders.ReverseRedemption(redemption_id=key, reason=reason):
            redeeming.reverse(act, key, reason)
        case orders.SaveClaim(claim_id=key, draft=receipt):
            claiming.save(act, key, receipt)
        case orders.SubmitClaim(claim_id=key):
            claiming.submit(act, key)
        case orders.WithdrawClaim(claim_id=key):
            claiming.withdraw(act, key)
        case orders.AskClaimant(claim_id=key, reason=reason, text=text):
            claiming.ask(act, key, reason, text)
        case orders.AcceptClaim(claim_id=key, amount_cents=cents):
            claiming.accept(act, key, secrets.token_urlsafe(16), cents)
        case orders.RejectClaim(claim_id=key, reason=reason):
            claiming.reject(act, key, reason)
        case orders.ReverseClaim(claim_id=key, reason=reason):
            claiming.reverse(act, key, reason)
        case orders.MarkPaid(payment_id=key, reference=reference):
            paying.mark_paid(act, key, reference)
        case orders.MarkFailed(payment_id=key, reason=reason):
            paying.mark_failed(act, key, reason)
        case orders.PayAgain(payment_id=key):
            paying.pay_again(act, key)
        case orders.ProposeCall(proposal_id=proposal, call_id=call, spec=spec):
            opening.propose(act, proposal, call, spec)
        case orders.ProposeChange(proposal_id=proposal, call_id=call, change=change):
            opening.propose_change(act, proposal, call, change)
        case orders.ProposeClosing(proposal_id=proposal, call_id=call):
            opening.propose_closing(act, proposal, call)
        case orders.ConfirmProposal(proposal_id=proposal):
            opening.confirm(act, proposal)
        case orders.DropProposal(proposal_id=proposal):
            opening.drop(act, proposal)
        case orders.Escalate(request_id=key):
            asking.escalate(act, key)
        case orders.Lapse(request_id=key):
            asking.lapse(act, key)
        case orders.Expire(voucher_id=key):
            holding.expire(act, key)
        case orders.ReturnRest(voucher_id=key):
            holding.return_rest(act, key)
        case orders.TimeOut(redemption_id=key):
            redeeming.time_out(act, key)
        case _:
            assert_never(order)
