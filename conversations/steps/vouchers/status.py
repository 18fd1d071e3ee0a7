"""What a worker reads about each of her requests, vouchers and claims: its state, and the next step."""

from conversations.facts import Facts
from conversations.flow import p
from conversations.messages import Choice, Day, Moment, Money, Phrase, Text
from conversations.rules.reasons import told
from conversations.rules.voucher_timers import CLAIM_AFTER_EXPIRY
from conversations.rules.vouchers_moves import (
    DRAFT,
    EXPIRED,
    INFO_NEEDED,
    LIVE_VOUCHER,
    OPEN_CLAIM,
    OPEN_REQUEST,
)
from conversations.steps.vouchers.form import summary as of_draft
from conversations.steps.vouchers.receipt import summary as of_receipt
from conversations.steps.vouchers.receipt import voucher_for
from conversations.steps.vouchers.words import area, lasting, service, today
from conversations.voucher_views import WorkerClaimView, WorkerRequestView, WorkerVoucherView

REQUEST, CLAIM, MINE = "voucher_request", "voucher_claim", "vouchers"


def request_lines(view: WorkerRequestView) -> tuple[Text, ...]:
    """State and next step of a request."""
    lines: list[Text] = [*of_draft(view.draft)] if view.draft.category and view.draft.amount_cents else []
    if view.submitted_at is not None:
        lines.append(p("vouchers.sent_at", moment=Moment(view.submitted_at)))
    match view.state:
        case "draft":
            lines.append(p("vouchers.is_draft"))
        case "submitted" | "in_review" if view.offer_until is not None and not view.offer_taken:
            lines.append(
                p("voucher_notice.offered", number=view.number, amount=Money(view.draft.amount_cents),
                  moment=Moment(view.offer_until))
            )  # fmt: skip
        case "submitted" | "in_review":
            lines.append(p(f"vouchers.is_{view.state}"))
            if view.answer_by is not None:
                lines.append(p("voucher_request.answer_by", day=Day(view.answer_by)))
            firm = p("voucher_request.decided_by", decider=view.decider)
            lines.append(firm if view.decider else p("voucher_request.not_seen"))
        case "info_needed" if view.asked:
            lines.append(p(told("firm_ask" if view.deciders == "firm" else "ask", view.asked)))
            if view.answer_until is not None:
                lines.append(p("voucher_notice.until", moment=Moment(view.answer_until)))
        case "waitlisted":
            lines.append(p(f"vouchers.band_{view.band or 3}"))
        case "declined":
            lines.append(p(told("decline", view.declined)) if view.declined else p("vouchers.is_declined"))
            lines.append(p("voucher_notice.appeal"))
        case state:
            lines.append(p(f"vouchers.is_{state}"))
    if any(paper.status == "verified" for paper in view.papers):
        lines.append(p("vouchers.paper_verified"))
    return tuple(lines)


def request_acts(view: WorkerRequestView) -> tuple[Choice, ...]:
    """What she can do with a request."""
    found: list[Choice] = []
    if view.state == DRAFT:
        found.append(lasting(REQUEST, "resume", view.id, "voucher_request.resume"))
    if view.state == INFO_NEEDED and view.asked:
        found.append(lasting(REQUEST, "answer", view.id, "voucher_request.answer"))
    if view.offer_until is not None and not view.offer_taken:
        found.append(lasting(REQUEST, "take", view.id, "voucher_request.take"))
    if view.voucher_id:
        found.append(lasting(MINE, "voucher", view.voucher_id, "vouchers.open_voucher"))
    if view.state in OPEN_REQUEST:
        found.append(lasting(REQUEST, "withdraw", view.id, "vouchers.withdraw"))
    return tuple(found)


def voucher_lines(view: WorkerVoucherView, facts: Facts) -> tuple[Text, ...]:
    """What a voucher is worth, its code, its last day, how it is used."""
    lines: list[Text] = [
        p(
            "vouchers.worth",
            service=service(view.category),
            face=Money(view.face_cents),
            rest=Money(view.residual_cents),
        )
    ]
    if view.state not in LIVE_VOUCHER:
        lines.append(p(f"vouchers.is_{view.state}"))
        last = view.expires_on + CLAIM_AFTER_EXPIRY
        if view.state == EXPIRED and view.residual_cents and "reimbursement" in view.modes and today(facts) <= last:
            lines.append(p("voucher_notice.expired_claim", day=Day(last)))
        return tuple(lines)
    lines.append(p("vouchers.until", day=Day(view.expires_on)))
    if view.code:
        lines.append(p("vouchers.code", code=view.code))
    lines.append(p("vouchers.use_both" if "reimbursement" in view.modes else "vouchers.use_partner"))
    if view.kind == "B":
        lines.append(p("vouchers.whole"))
    return tuple(lines)


def voucher_acts(view: WorkerVoucherView, facts: Facts) -> tuple[Choice, ...]:
    """What she can do with a voucher."""
    found: list[Choice] = []
    live = view.state in LIVE_VOUCHER
    if live:
        found.append(lasting(MINE, "qr", view.id, "vouchers.show_qr"))
        found.append(lasting(MINE, "figures", view.id, "vouchers.no_phone"))
    last = view.expires_on + CLAIM_AFTER_EXPIRY
    waits = view.state == EXPIRED and today(facts) <= last
    if (live or waits) and view.residual_cents and "reimbursement" in view.modes:
        found.append(lasting(CLAIM, "new", view.id, "vouchers.refund"))
    if live:
        found.append(lasting(MINE, "give", view.id, "vouchers.give_back"))
    return tuple(found)


def claim_lines(view: WorkerClaimView, facts: Facts) -> tuple[Text, ...]:
    """State and next step of a claim."""
    lines: list[Text] = []
    if view.draft.number and view.draft.supplier:
        lines += of_receipt(view.draft, voucher_for(view.draft, facts))
    match view.state:
        case "info_needed" if view.asked:
            lines.append(p(told("ask_claim", view.asked)))
        case "rejected" if view.rejected:
            lines += [p(told("reject_claim", view.rejected)), p("voucher_notice.send_again")]
        case "to_pay":
            lines.append(p("vouchers.is_to_pay", amount=Money(view.accepted_cents), end=view.iban_end))
        case "paid" if view.paid_on is not None:
            lines.append(
                p("vouchers.is_paid", amount=Money(view.accepted_cents), day=Day(view.paid_on), end=view.iban_end)
            )
        case "pay_failed":
            why = p(told("pay_failed", view.failed)) if view.failed else p("vouchers.is_pay_failed")
            lines += [why, p("voucher_notice.still_unpaid")]
        case state:
            lines.append(p(f"vouchers.claim_{state}"))
    return tuple(lines)


def claim_acts(view: WorkerClaimView) -> tuple[Choice, ...]:
    """What she can do with a claim."""
    found: list[Choice] = []
    if view.state == DRAFT:
        found.append(lasting(CLAIM, "resume", view.draft.voucher_id, "voucher_request.resume"))
    if view.state == INFO_NEEDED and view.asked:
        found.append(lasting(CLAIM, "answer", view.id, "voucher_request.answer"))
    if view.state == "pay_failed":
        found.append(lasting("voucher_account", "iban", "", "voucher_account.give"))
    if view.state in OPEN_CLAIM:
        found.append(lasting(CLAIM, "withdraw", view.id, "vouchers.withdraw"))
    return tuple(found)


def request_row(view: WorkerRequestView) -> Choice:
    """A request in the list."""
    state = p(f"vouchers.state_{view.state}")
    label = p("vouchers.row", number=view.number, state=state) if view.number else state
    about = p("vouchers.row_about", area=area(view.draft.area), amount=Money(view.draft.amount_cents))
    return Choice(f"@{MINE}:request:{view.id}", label, about if view.draft.area else None)


def voucher_row(view: WorkerVoucherView) -> Choice:
    """A voucher in the list."""
    about: Phrase = p("vouchers.row_voucher_about", service=service(view.category), day=Day(view.expires_on))
    return Choice(f"@{MINE}:voucher:{view.id}", p("vouchers.row_voucher", amount=Money(view.residual_cents)), about)


def claim_row(view: WorkerClaimView) -> Choice:
    """A claim in the list."""
    state = p(f"vouchers.claim_state_{view.state}")
    label = p("vouchers.row", number=view.number, state=state) if view.number else state
    cents = view.accepted_cents or view.draft.gross_cents
    return Choice(f"@{MINE}:claim:{view.id}", label, p("vouchers.row_claim", amount=Money(cents)))
