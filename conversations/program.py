"""The flows of this program; a new flow is one file and one line here."""

from conversations.engine import Engine
from conversations.flows.faq import Faq
from conversations.flows.faq_desk import FaqDesk
from conversations.flows.handoff import Handoff
from conversations.flows.joining import Joining
from conversations.flows.language import Language
from conversations.flows.link import Link
from conversations.flows.menu import Menu
from conversations.flows.needs import Needs
from conversations.flows.newsdesk import Newsdesk
from conversations.flows.newsletter import Newsletter
from conversations.flows.newsroom import Newsroom
from conversations.flows.privacy import Privacy
from conversations.flows.voucher_account import VoucherAccount
from conversations.flows.voucher_call import VoucherCall
from conversations.flows.voucher_claim import VoucherClaim
from conversations.flows.voucher_correction import VoucherCorrection
from conversations.flows.voucher_decision import VoucherDecision
from conversations.flows.voucher_pay import VoucherPay
from conversations.flows.voucher_redeem import VoucherRedeem
from conversations.flows.voucher_request import VoucherRequest
from conversations.flows.vouchers import Vouchers
from conversations.flows.welcome import Welcome

BASIC = (Welcome(), Joining(), Menu(), Needs(), Faq(), FaqDesk(), Handoff(), Privacy(), Language(), Link())
NEWS = (Newsletter(), Newsroom(), Newsdesk())
VOUCHERS = (
    Vouchers(),
    VoucherRequest(),
    VoucherDecision(),
    VoucherRedeem(),
    VoucherClaim(),
    VoucherCall(),
    VoucherCorrection(),
    VoucherPay(),
    VoucherAccount(),
)


def engine() -> Engine:
    """The engine with every flow."""
    return Engine((*BASIC, *NEWS, *VOUCHERS))
