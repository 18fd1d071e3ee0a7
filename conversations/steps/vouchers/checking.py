"""A coordinator's side of a claim: the list, the receipt, accept, reject or ask. She never sees the bank account."""

from conversations.effects import Effect, Say
from conversations.facts import Facts
from conversations.flow import BACK, SKIP, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.messages import Attachment, Choice, Message, Moment, Money, Phrase, Text
from conversations.phrases import duration
from conversations.rules.reasons import ASK_CLAIM, LONGEST_ASK, REJECT_CLAIM, Use, label
from conversations.rules.vouchers_moves import INFO_NEEDED
from conversations.state import Place
from conversations.steps.vouchers.notices import accepted, claim_asked, rejected
from conversations.steps.vouchers.reading import read_amount, words_of
from conversations.steps.vouchers.receipt import NAME, summary
from conversations.steps.vouchers.words import lasting, more, number, one_of, page, service, told
from conversations.voucher_office_views import CheckerClaimView
from conversations.voucher_orders import AcceptClaim, AskClaimant, RejectClaim, TakeCase, VerifyPaper

STEPS = frozenset({"list", "see", "accept", "reject", "ask", "ask_text"})


def listing(facts: Facts, number_of_page: int = 0) -> Outcome:
    """The claims to check, the oldest first."""
    waiting = sorted((c for c in facts.vouchers.to_check if c.state != INFO_NEEDED), key=lambda c: c.submitted_at)
    if not waiting:
        return Outcome(Place(NAME, "list"), Message(body=(p("voucher_claim.none"),), ways=(BACK,)))
    part, others = page([_row(one, facts) for one in waiting], number_of_page)
    screen = Message(
        title=p("voucher_claim.list_title"),
        body=(p("voucher_claim.to_check", count=len(waiting)),),
        choices=more(part, others),
        ways=(BACK,),
    )
    return Outcome(Place(NAME, "list", {"page": number_of_page}), screen)


def opened(key: str, facts: Facts) -> Outcome:
    """One claim, its photos before it; the first to open it takes it."""
    view = one_of(facts.vouchers.to_check, key)
    if view is None:
        return told(say("voucher_claim.not_open", number=number(key)))
    return first(see(view), *([TakeCase(key)] if view.state == "submitted" else []), *_files(view))


def see(view: CheckerClaimView) -> Outcome:
    """The claim as its checker may see it, and what she can do."""
    body: list[Text] = [
        p("voucher_claim.of", name=view.name, service=service(view.category), moment=Moment(view.submitted_at)),
        *summary(view.draft, None),
        p("voucher_claim.rest", amount=Money(view.residual_cents)),
    ]
    if view.alike:
        body.append(p("voucher_claim.alike"))
    if not any(paper.status in ("sent", "verified") for paper in view.papers):
        body.append(p("voucher_claim.no_photo"))
    if view.answer_text:
        body.append(p("voucher_decision.answer", text=view.answer_text))
    cents = acceptable(view)
    choices: list[Choice] = []
    if cents > 0:
        choices.append(choice("all", "voucher_claim.accept_all", amount=Money(cents)))
    choices += [
        choice("accept", "voucher_claim.accept_part"),
        choice("reject", "voucher_decision.decline"),
        choice("ask", "voucher_decision.ask"),
    ]
    title = p("voucher_claim.claim", number=view.number)
    ways = (choice("list", "voucher_claim.list"), BACK)
    screen = Message(title=title, body=tuple(body), choices=tuple(choices), ways=ways)
    return Outcome(Place(NAME, "see", {"id": view.id}), screen)


def acceptable(view: CheckerClaimView) -> int:
    """The most that can be paid of it."""
    return min(view.draft.gross_cents, view.residual_cents)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Go on from the list, a claim, an amount or a reason."""
    key = str(place.data.get("id") or "")
    view = one_of(facts.vouchers.to_check, key)
    match place.step, heard:
        case "list", Picked("more"):
            found = place.data.get("page")
            return listing(facts, found + 1 if isinstance(found, int) else 0)
        case "list", _:
            return Miss()
        case _ if view is None:
            return first(listing(facts), say("voucher_claim.not_open", number=number(key)))
        case "see", Picked("all") if acceptable(view) > 0:
            return _accept(view, acceptable(view), facts)
        case "see", Picked("list"):
            return listing(facts)
        case "see", Picked("accept" | "reject" | "ask" as step):
            return show(Place(NAME, step, {"id": key}), facts)
        case "accept", Typed(text):
            cents = read_amount(text, facts.language)
            if isinstance(cents, Phrase):
                return Miss(cents)
            most = acceptable(view)
            return Miss(p("voucher_claim.too_high")) if cents > most else _accept(view, cents, facts)
        case "reject", Picked(code) if code in REJECT_CLAIM:
            return _over(view, facts, RejectClaim(key, code), rejected(key, code), "rejected")
        case "ask", Picked(code) if code in ASK_CLAIM:
            return show(Place(NAME, "ask_text", {"id": key, "reason": code}), facts)
        case "ask_text", Picked("skip"):
            return _ask(view, str(place.data.get("reason") or ""), "", facts)
        case "ask_text", Typed(text):
            said = words_of(text, LONGEST_ASK)
            if isinstance(said, Phrase):
                return Miss(said)
            return _ask(view, str(place.data.get("reason") or ""), said, facts)
        case _:
            return Miss()


def show(place: Place, facts: Facts) -> Outcome:
    """The screen of a checker's place."""
    view = one_of(facts.vouchers.to_check, str(place.data.get("id") or ""))
    if place.step == "list" or view is None:
        return listing(facts)
    match place.step:
        case "reject" | "ask" as step:
            codes = REJECT_CLAIM if step == "reject" else ASK_CLAIM
            use: Use = "reject_claim" if step == "reject" else "ask_claim"
            rows = tuple(choice(code, label(use, code)) for code in codes)
            screen = Message(body=(p(f"voucher_claim.why_{step}"),), choices=rows, ways=(BACK,))
        case "accept":
            body = (p("voucher_claim.how_much"), p("voucher_claim.at_most", amount=Money(acceptable(view))))
            screen = Message(body=body, ways=(BACK,), wanted="number")
        case "ask_text":
            asks = p("voucher_decision.write_question", limit=LONGEST_ASK)
            screen = Message(body=(asks,), ways=(SKIP, BACK), wanted="text")
        case _:
            return see(view)
    return Outcome(place, screen)


def back(place: Place, facts: Facts) -> Outcome:
    """From a question to the claim, from the claim to the list, from there to where she was."""
    match place.step:
        case "list":
            return done()
        case "see":
            return listing(facts)
        case _:
            return show(Place(NAME, "see", place.data), facts)


def _accept(view: CheckerClaimView, cents: int, facts: Facts) -> Outcome:
    papers = tuple(VerifyPaper(paper.id) for paper in view.papers if paper.status == "sent")
    return _over(view, facts, AcceptClaim(view.id, cents), accepted(view.id, cents), "accepted", *papers)


def _ask(view: CheckerClaimView, reason: str, text: str, facts: Facts) -> Outcome:
    return _over(view, facts, AskClaimant(view.id, reason, text), claim_asked(view.id, reason, text), "asked")


def _over(view: CheckerClaimView, facts: Facts, order: Effect, said: Say, how: str, *before: Effect) -> Outcome:
    left = [one for one in facts.vouchers.to_check if one.id != view.id and one.state != INFO_NEEDED]
    ready = p(f"voucher_claim.did_{how}", number=view.number)
    ways = (lasting(NAME, "check", "", "voucher_claim.list"),) if left else ()
    return first(done(), *before, order, said, Say(Message(body=(ready,), ways=ways), apart=True))


def _files(view: CheckerClaimView) -> tuple[Say, ...]:
    """The last photos, under the claim's number: a file's own name may hold the name of a person."""
    caption = (p("voucher_decision.paper_of", number=view.number),)
    sent = [paper for paper in view.papers if paper.status == "sent"][-3:]
    return tuple(
        Say(
            Message(
                body=caption,
                attachment=Attachment("voucher_paper", paper.id, "document", view.number, "application/octet-stream"),
            ),
            apart=True,
        )
        for paper in sent
    )


def _row(view: CheckerClaimView, facts: Facts) -> Choice:
    age = duration(facts.now - view.submitted_at, facts.language)
    label_ = Phrase("voucher_decision.row", {"number": view.number, "age": age})
    about = p("voucher_claim.row_about", amount=Money(view.draft.gross_cents), service=service(view.category))
    return Choice(f"@{NAME}:see:{view.id}", label_, about)
