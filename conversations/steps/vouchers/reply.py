"""The owner's answer to a question about her request or claim: words, and photos or PDF where they may be sent."""

from collections.abc import Mapping

from conversations.effects import Effect
from conversations.events import Json, Sent
from conversations.facts import Facts
from conversations.flow import BACK, Heard, Miss, Outcome, Picked, Typed, choice, done, first, p, say
from conversations.messages import Message, Phrase, Text, Verbatim
from conversations.rules.categories import category
from conversations.rules.reasons import told
from conversations.rules.tickets import ticket_number
from conversations.rules.vouchers_moves import INFO_NEEDED
from conversations.state import Place
from conversations.steps.vouchers.alerts import claim, late, of_request
from conversations.steps.vouchers.reading import file_fault, words_of
from conversations.steps.vouchers.words import one_of
from conversations.steps.vouchers.words import told as stay
from conversations.voucher_orders import AddPaper, AnswerAsk
from conversations.voucher_views import WorkerClaimView, WorkerRequestView

LONGEST = 500
Thing = WorkerRequestView | WorkerClaimView


def begin(key: str, facts: Facts, flow: str = "voucher_request") -> Outcome:
    """The question is on the screen, or that it needs no answer any more."""
    if asked(key, facts) is None:
        return stay(say("voucher_request.nothing_asked"))
    return show(Place(flow, "answer", {"id": key}), facts)


def show(place: Place, facts: Facts) -> Outcome:
    """The question, and what was written so far."""
    thing = asked(str(place.data.get("id") or ""), facts)
    if thing is None:
        return done(say("voucher_request.nothing_asked"))
    text, files = _so_far(place.data)
    body: list[Text] = [_question(thing)]
    if thing.asked_text:
        body.append(Verbatim(thing.asked_text))
    if _sensitive(thing, facts):
        body.append(p("voucher_notice.bring_it"))
    if text:
        body.append(p("voucher_request.your_answer", text=text))
    if files:
        body.append(p("voucher_request.files", count=files))
    if text or files:
        body.append(p("voucher_request.send_answer"))
    else:
        how = "write_answer" if _sensitive(thing, facts) else "write_or_photo"
        body.append(p(f"voucher_request.{how}"))
    screen = Message(
        title=p("voucher_request.answer_title", number=ticket_number(thing.id)),
        body=tuple(body),
        choices=(choice("send", "handoff.send"),) if text or files else (),
        ways=(BACK,),
        wanted="text",
    )
    return Outcome(place, screen)


def take(place: Place, heard: Heard, facts: Facts) -> Outcome | Miss:
    """Words and files are gathered; "send" gives them to whoever asked."""
    key = str(place.data.get("id") or "")
    thing = asked(key, facts)
    if thing is None:
        return done(say("voucher_request.nothing_asked"))
    text, files = _so_far(place.data)
    match heard:
        case Typed(said):
            kept = words_of("\n".join(filter(None, (text, said))), LONGEST)
            if isinstance(kept, Phrase):
                return Miss(kept)
            return show(Place(place.flow, "answer", {"id": key, "text": kept, "files": files}), facts)
        case Sent():
            return _file(place, thing, heard, facts)
        case Picked("send") if text or files:
            return first(done(), *_sent(thing, text, facts))
        case _:
            return Miss()


def asked(key: str, facts: Facts) -> Thing | None:
    """Her own request or claim with this id, while it has a question."""
    found: Thing | None = one_of(facts.vouchers.requests, key) or one_of(facts.vouchers.claims, key)
    return found if found is not None and found.state == INFO_NEEDED and found.asked else None


def sent_account(key: str, end: str, facts: Facts) -> tuple[Effect, ...]:
    """The question was about the account: it is answered, and only its last figures are told."""
    thing = asked(key, facts)
    if thing is None:
        return (say("voucher_request.nothing_asked"),)
    return (*_sent(thing, "", facts)[:-1], say("voucher_account.iban_kept", end=end))


def _file(place: Place, thing: Thing, sent: Sent, facts: Facts) -> Outcome | Miss:
    if _sensitive(thing, facts):
        return Miss(p("voucher.not_kept"))
    fault = file_fault(sent)
    if fault is not None:
        return Miss(fault)
    text, files = _so_far(place.data)
    data: dict[str, Json] = {"id": thing.id, "text": text, "files": files + 1}
    kind = thing.asked[:24]
    return first(show(Place(place.flow, "answer", data), facts), AddPaper(thing.id, facts.fresh[0], kind, sent))


def _sent(thing: Thing, text: str, facts: Facts) -> tuple[Effect, ...]:
    effects: list[Effect] = [AnswerAsk(thing.id, text)]
    if isinstance(thing, WorkerClaimView):
        effects.append(claim(thing.id, thing.draft.gross_cents, "claim_complete"))
    else:
        effects.append(of_request(thing, facts.vouchers.profile.name, "complete"))
        if thing.deciders == "firm":
            # the reply itself is read by the association; the firm's manager only learns that there is one
            effects.append(late(thing.id, "firm_reply"))
    return (*effects, say("voucher_request.answered", number=ticket_number(thing.id)))


def _question(thing: Thing) -> Phrase:
    return p(told("ask_claim" if isinstance(thing, WorkerClaimView) else "ask", thing.asked))


def _sensitive(thing: Thing, facts: Facts) -> bool:
    if isinstance(thing, WorkerRequestView):
        kind = category(thing.draft.category)
    else:
        voucher = one_of(facts.vouchers.vouchers, thing.draft.voucher_id)
        kind = None if voucher is None else category(voucher.category)
    return kind is not None and kind.sensitive


def _so_far(data: Mapping[str, Json]) -> tuple[str, int]:
    files = data.get("files")
    return str(data.get("text") or ""), files if isinstance(files, int) else 0
