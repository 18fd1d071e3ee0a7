"""The whole schema: importing this module makes every table known to the metadata."""

from sqlmodel import SQLModel

from storage import audit, events, forms, network, notes, outbox, people, simulator, tickets, timers

SUBJECTS = (audit, events, forms, network, notes, outbox, people, simulator, tickets, timers)
METADATA = SQLModel.metadata
