"""What the facts will be once these effects are carried out, so that the next flow of the same step sees them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from conversations.effects import (
    AcceptInvitation,
    CloseTicket,
    DiscardRun,
    Effect,
    ErasePerson,
    FinishRun,
    NameAsker,
    RecordConsent,
    ReopenTicket,
    ResumeMessages,
    SaveRun,
    SetLanguage,
    StartRun,
    StopMessages,
    TakeTicket,
    WriteTicket,
)
from conversations.facts import Consent, Facts, Membership, NeedsRun, Person
from conversations.faq_foresee import faq_foreseen
from conversations.faq_orders import AnswerGroup, ChangeTopic, DismissGroup, RestoreTopic
from conversations.news.foresee import foreseen as news_foreseen
from conversations.news.orders import NewsOrder
from conversations.news.views import NO_NEWS
from conversations.voucher_foresee import foreseen
from conversations.voucher_orders import VoucherOrder
from conversations.voucher_views import NO_VOUCHERS


def foresee(facts: Facts, effects: Iterable[Effect]) -> Facts:
    """The facts as the next turn would gather them, as far as these effects change what a flow reads."""
    for effect in effects:
        facts = _after(facts, effect)
    return facts


def _after(facts: Facts, effect: Effect) -> Facts:
    person = facts.person
    match effect:
        case SetLanguage(language=language):
            return replace(facts, person=replace(person, language=language))
        case AcceptInvitation() if facts.invitation is not None:
            asked = facts.invitation
            role = Membership(asked.role, asked.enterprise_id, asked.enterprise, asked.contract)
            return replace(facts, person=replace(person, memberships=(*person.memberships, role)), invitation=None)
        case RecordConsent(purpose=purpose, given=given, text_version=version):
            consent = Consent(given, version, facts.now, facts.channel)
            return replace(facts, person=replace(person, consents={**person.consents, purpose: consent}))
        case StopMessages():
            return replace(facts, person=replace(person, stopped=True))
        case ResumeMessages():
            return replace(facts, person=replace(person, stopped=False))
        case StartRun(run_id=key, wave_id=wave, form_version=version, run=run):
            return replace(facts, run=NeedsRun(key, wave, version, False, run, facts.now))
        case SaveRun(run=run) if facts.run is not None:
            return replace(facts, run=replace(facts.run, run=run, updated_at=facts.now))
        case FinishRun(run=run) if facts.run is not None:
            return replace(facts, run=replace(facts.run, run=run, finished=True, updated_at=facts.now))
        case DiscardRun():
            return replace(facts, run=None)
        case WriteTicket(ticket_id=key, after=after):
            turn: Literal["us", "them"] = "us" if after is None else "them"
            return _with_ticket(facts, key, open=True, waiting=turn)
        case TakeTicket(ticket_id=key):
            return _with_ticket(facts, key, taken="me")
        case CloseTicket(ticket_id=key) | ReopenTicket(ticket_id=key):
            return _with_ticket(facts, key, open=isinstance(effect, ReopenTicket))
        case NameAsker(ticket_id=key, name=name):
            return _with_ticket(facts, key, name=name)
        case ChangeTopic() | RestoreTopic() | AnswerGroup() | DismissGroup():
            return faq_foreseen(facts, effect)
        case ErasePerson():
            nobody = Person(person.id, person.language)
            return replace(facts, person=nobody, run=None, tickets=(), vouchers=NO_VOUCHERS, news=NO_NEWS)
        case _ if isinstance(effect, VoucherOrder):
            return replace(facts, vouchers=foreseen(facts.vouchers, effect, facts.now))
        case _ if isinstance(effect, NewsOrder):
            return replace(facts, news=news_foreseen(facts.news, effect, person.id, facts.now))
        case _:
            return facts


def _with_ticket(facts: Facts, key: str, **changed: Any) -> Facts:
    return replace(facts, tickets=tuple(replace(t, **changed) if t.id == key else t for t in facts.tickets))
