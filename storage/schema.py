"""The whole schema: importing this module makes every table known to the metadata."""

from sqlmodel import SQLModel

from storage import (
    alerts,
    audit,
    calls,
    claims,
    events,
    faq_asked,
    faq_topics,
    forms,
    ledger,
    network,
    notes,
    outbox,
    papers,
    payments,
    people,
    pots,
    profiles,
    redemptions,
    requests,
    simulator,
    tickets,
    timers,
    vouchers,
)
from storage.news import issues, readers, recipients, suggestions

SUBJECTS = (audit, events, faq_asked, faq_topics, forms, network, notes, outbox, people, simulator, tickets, timers)
MONEY = (alerts, calls, claims, ledger, papers, payments, pots, profiles, redemptions, requests, vouchers)
NEWS = (issues, readers, recipients, suggestions)
METADATA = SQLModel.metadata
