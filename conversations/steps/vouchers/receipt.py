"""The steps of a refund: the receipt's photo, who made it out, number, day, amount, how it was paid, the account."""

import re
from dataclasses import replace
from typing import Final

from conversations.events import Sent
from conversations.facts import Facts
from conversations.flow import BACK, SKIP, Heard, Miss, Outcome, Picked, Typed, choice, p
from conversations.messages import Choice, Day, Message, Money, Phrase, Text, Wanted
from conversations.rules.categories import category
from conversations.rules.vouchers_moves import OPEN_CLAIM, PAID, TO_PAY
from conversations.state import Place
from conversations.steps.vouchers.reading import read_amount, read_day, words_of
from conversations.steps.vouchers.words import one_of, service, today
from conversations.voucher_papers import ClaimDraft
from conversations.voucher_views import WorkerClaimView, WorkerVoucherView

NAME: Final = "voucher_claim"
STEPS: Final = ("photo", "supplier", "number", "day", "gross", "vat", "how", "iban", "name", "send")
HOW: Final = ("transfer", "card", "sdd", "pagopa")
_TAX_ID: Final = re.compile(r"\b(?:IT\s?)?(\d{11}|[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z])\b")


def voucher_for(draft: ClaimDraft, facts: Facts) -> WorkerVoucherView | None:
    """The voucher the receipt is for."""
    return one_of(facts.vouchers.vouchers, draft.voucher_id)


def by_chat(voucher: WorkerVoucherView) -> bool:
    """False for a kind of service whose papers are never taken in the chat."""
    kind = category(voucher.category)
    return kind is not None and not kind.sensitive


def next_step(draft: ClaimDraft, has_photo: bool, asked: frozenset[str], facts: Facts) -> str:
    """The first question without an answer, or "send"."""
    open_ones = {
        "photo": not has_photo and "photo" not in asked,
        "supplier": not draft.supplier,
        "number": not draft.number,
        "day": draft.issued_on is None,
        "gross": not draft.gross_cents,
        "vat": not draft.vat_cents and "vat" not in asked,
        "how": not draft.traceable,
        "iban": not facts.vouchers.profile.iban_end,
        "name": not facts.vouchers.profile.name,
    }
    return next((step for step, is_open in open_ones.items() if is_open), "send")


def question(place: Place, draft: ClaimDraft, voucher: WorkerVoucherView) -> Outcome:
    """The screen of one step."""
    step = place.step
    body: list[Text] = [p(f"voucher_claim.ask_{step}")]
    choices: tuple[Choice, ...] = ()
    ways: tuple[Choice, ...] = (BACK,)
    match step:
        case "photo" if not by_chat(voucher):
            body = [p("voucher_claim.bring_receipt")]
            choices = (choice("ok", "voucher_claim.understood"),)
        case "gross":
            body.append(p("voucher_claim.at_most", amount=Money(voucher.residual_cents)))
        case "vat":
            ways = (SKIP, BACK)
        case "how":
            choices = tuple(choice(how, f"voucher_claim.how_{how}") for how in (*HOW, "cash"))
        case "iban" | "name":
            body.append(p("voucher_account.who"))
    wanted: Wanted = "choice" if choices else "photo" if step == "photo" else "text"
    title = p("voucher_claim.title")
    return Outcome(place, Message(title=title, body=tuple(body), choices=choices, ways=ways, wanted=wanted))


def answered(step: str, heard: Heard, draft: ClaimDraft, facts: Facts) -> ClaimDraft | Miss:
    """The receipt after this answer, or why it is none."""
    match step, heard:
        case "supplier", Typed(text):
            said = words_of(text, 120)
            if isinstance(said, Phrase):
                return Miss(said)
            found = _TAX_ID.search(said)
            return replace(draft, supplier=said, supplier_tax_id=found[1].upper() if found else "")
        case "number", Typed(text):
            said = words_of(text, 40)
            return Miss(said) if isinstance(said, Phrase) else replace(draft, number=said)
        case "day", Typed(text):
            return _day(text, draft, facts)
        case "gross", Typed(text):
            cents = read_amount(text, facts.language)
            return Miss(cents) if isinstance(cents, Phrase) else replace(draft, gross_cents=cents, vat_cents=0)
        case "vat", Typed(text):
            cents = read_amount(text, facts.language)
            if isinstance(cents, Phrase):
                return Miss(cents)
            return replace(draft, vat_cents=cents) if cents < draft.gross_cents else Miss(p("voucher_claim.vat_high"))
        case "vat", Picked("skip"):
            return replace(draft, vat_cents=0)
        case "how", Picked("cash"):
            return Miss(p("voucher_claim.no_cash"))
        case "how", Picked(value) if value in HOW:
            return replace(draft, traceable=value)
        case _, Sent():
            return Miss(p("voucher_claim.text_here"))
        case _:
            return Miss()


def twin(key: str, draft: ClaimDraft, facts: Facts) -> WorkerClaimView | None:
    """Another claim of hers for the same receipt, while it counts."""
    alike = (
        one
        for one in facts.vouchers.claims
        if one.id != key
        and one.state in OPEN_CLAIM | {TO_PAY, PAID}
        and one.draft.number.strip().upper() == draft.number.strip().upper()
        and (one.draft.issued_on, one.draft.gross_cents) == (draft.issued_on, draft.gross_cents)
    )
    return next(alike, None)


def summary(draft: ClaimDraft, voucher: WorkerVoucherView | None) -> tuple[Text, ...]:
    """The receipt in a few lines."""
    day = p("voucher.day", day=Day(draft.issued_on)) if draft.issued_on is not None else p("voucher.no_period")
    lines: list[Text] = [
        p("voucher_claim.summary", supplier=draft.supplier, number=draft.number, day=day),
        p("voucher_claim.paid_by", amount=Money(draft.gross_cents), how=_how(draft)),
    ]
    if draft.vat_cents:
        lines.append(p("voucher_claim.of_which_vat", amount=Money(draft.vat_cents)))
    if voucher is not None:
        lines.append(p("voucher_claim.for_voucher", service=service(voucher.category)))
    return tuple(lines)


def _how(draft: ClaimDraft) -> Phrase:
    return p(f"voucher_claim.how_{draft.traceable}") if draft.traceable else p("voucher.no_period")


def _day(text: str, draft: ClaimDraft, facts: Facts) -> ClaimDraft | Miss:
    day = read_day(text, facts)
    if isinstance(day, Phrase):
        return Miss(day)
    if day > today(facts):
        return Miss(p("voucher_claim.future"))
    voucher = voucher_for(draft, facts)
    request = None if voucher is None else one_of(facts.vouchers.requests, voucher.request_id)
    call = None if request is None else one_of(facts.vouchers.calls, request.call_id)
    if call is not None and day < call.starts_on:
        return Miss(p("voucher_claim.before_call", day=Day(call.starts_on)))
    return replace(draft, issued_on=day)
