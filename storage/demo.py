"""The demonstration: an invented network of four enterprises, people in every role, codes, a wave, a call, an issue.

Everything here is made up; every row is marked, so that it can be removed without touching anything else.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from conversations.events import Address
from conversations.rules.codes import INVITATION, make_code
from storage import demo_call, demo_news, forms, network, outbox, people, privacy, profiles, simulator
from storage.crypto import KeyRing
from storage.network import ENTERPRISES, INVITATIONS
from storage.people import PEOPLE

LIFE = timedelta(days=90)
IBAN = "IT60X0542811101000000123456"
"""The account number that is printed in examples: it belongs to nobody."""

FIRMS = (
    ("Sartoria Ago d'Oro (demo)", "2_3"),
    ("Panificio Luna Piena (demo)", "4_9"),
    ("Studio Grafico Matita Blu (demo)", "1"),
    ("Officina Bullone Felice (demo)", "4_9"),
)


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody of the demonstration: who she is, on which phone, and whether she has joined already."""

    phone: str
    look: str
    name: str
    role: str
    contract: str
    firm: int | None
    titles: tuple[str, ...]
    joined: bool


CAST = (
    Role("giulia", "whatsapp", "Giulia", "worker", "employee", 0, ("lavoratrice", "worker"), False),
    Role("elena", "telegram", "Avv. Elena", "welfare_manager", "", None, ("welfare manager",) * 2, True),
    Role("paolo", "whatsapp", "Paolo", "partner", "", None, ("partner", "partner"), True),
    Role("marta", "telegram", "Marta", "coordinator", "", None, ("coordinatrice", "coordinator"), True),
    Role("karim", "telegram", "Karim", "worker", "collaborator", 1, ("collaboratore", "collaborator"), False),
    Role("teresa", "whatsapp", "Teresa", "worker", "owner", 2, ("titolare", "owner"), False),
    Role("nino", "whatsapp", "Nino", "referent", "", 3, ("referente aziendale", "company referent"), True),
    Role("sofia", "telegram", "Sofia", "editor", "", None, ("redazione", "editor"), True),
    Role("ugo", "telegram", "Ugo", "accountant", "", None, ("amministrazione", "accountant"), True),
    Role("anna", "whatsapp", "Anna", "coordinator", "", None, ("coordinatrice", "coordinator"), True),
    Role("ada", "telegram", "Ada", "auditor", "", None, ("revisore", "auditor"), True),
)
"""Who is in the demonstration; nobody of them exists."""

SPARE = 3
"""Unused worker codes per enterprise, beside those of the cast."""


@dataclass(frozen=True, slots=True)
class DemoPhone:
    """A phone of the demonstration with the code its holder can try ("" once she has joined)."""

    phone: str
    look: str
    name: str
    titles: tuple[str, ...]
    code: str


def is_empty(conn: Connection) -> bool:
    """True if nobody and no enterprise is known yet."""
    return not any(conn.execute(select(func.count()).select_from(t)).scalar_one() for t in (PEOPLE, ENTERPRISES))


def load(conn: Connection, keys: KeyRing, form: str, version: str, language: str, at: datetime) -> None:
    """The demonstration is in the database; its wave on this form is open for 60 days, and its call for vouchers."""
    firms = [secrets.token_urlsafe(16) for _ in FIRMS]
    for key, (name, size) in zip(firms, FIRMS, strict=True):
        network.add_enterprise(conn, key, name, size, demo=True)
    joined: dict[str, list[str]] = {}
    for who in CAST:
        firm = None if who.firm is None else firms[who.firm]
        if who.joined:
            joined.setdefault(who.role, []).append(_join(conn, keys, who, firm, language, at))
        else:
            invite(conn, keys, firm, who.role, who.contract, at, LIFE, demo=True)
    for firm in firms:
        for _ in range(SPARE):
            invite(conn, keys, firm, "worker", "employee", at, LIFE, demo=True)
    forms.open_wave(conn, secrets.token_urlsafe(16), form, version, at, at + timedelta(days=60), demo=True)
    first, second = joined["coordinator"]
    demo_call.open_call(conn, keys, first, second, at)
    demo_news.open_issue(conn, joined["editor"][0], at)
    demo_news.subscribe(conn, [key for keys_ in joined.values() for key in keys_], language, at)


def invite(
    conn: Connection,
    keys: KeyRing,
    enterprise_id: str | None,
    role: str,
    contract: str,
    at: datetime,
    life: timedelta,
    demo: bool = False,
) -> str:
    """The code of a fresh invitation, valid for `life`."""
    code = make_code(INVITATION, secrets.token_bytes(5))
    network.add_invitation(
        conn,
        key=secrets.token_urlsafe(16),
        code_hash=keys.hash("invitation", code),
        enterprise_id=enterprise_id,
        role=role,
        contract=contract,
        at=at,
        expires_at=at + life,
        demo_code=code if demo else None,
    )
    return code


def phones(conn: Connection) -> list[DemoPhone]:
    """The cast with the codes that are still free."""
    free = [row for row in network.demo_invitations(conn) if row.used_by is None]
    shown = []
    for who in CAST:
        code = ""
        if not who.joined:
            firm = None if who.firm is None else FIRMS[who.firm][0]
            wanted = (who.role, who.contract, firm)
            found = next((r for r in free if (r.role, r.contract, r.enterprise) == wanted), None)
            if found is not None:
                free.remove(found)
                code = found.code
        shown.append(DemoPhone(who.phone, who.look, who.name, who.titles, code))
    return shown


def remove(conn: Connection, at: datetime) -> int:
    """Nothing of the demonstration is left, nor of anybody who joined with its codes; how many people went.

    Whoever joined with a real code too stays, with all her answers: only her simulator phone and her roles in the
    demonstration go. A demonstration's wave in which real people answered becomes a real one.
    """
    i, m, a = INVITATIONS.c, people.MEMBERSHIPS.c, people.ADDRESSES.c
    firms = select(ENTERPRISES.c.id).where(ENTERPRISES.c.demo)
    invented = i.demo | i.enterprise_id.in_(firms)
    codes = list(conn.execute(select(i.id).where(invented)).scalars())
    joined = select(i.used_by).where(i.id.in_(codes), i.used_by.is_not(None))
    real = select(i.used_by).where(i.id.not_in(codes), i.used_by.is_not(None))
    simulated = select(a.person_id).where(a.channel == "simulator")
    touched = PEOPLE.c.demo | PEOPLE.c.id.in_(joined) | PEOPLE.c.id.in_(simulated)
    gone: Sequence[str] = conn.execute(
        select(PEOPLE.c.id).where(touched, PEOPLE.c.id.not_in(real))
    ).scalars().all()
    calls = demo_call.invented(conn, gone)
    demo_news.remove_issues(conn, gone)
    for person in gone:
        privacy.erase(conn, person, at)
    demo_call.remove_calls(conn, calls, at)
    conn.execute(delete(people.ADDRESSES).where(a.channel == "simulator"))
    conn.execute(delete(outbox.OUTBOX).where(outbox.OUTBOX.c.channel == "simulator"))
    for used_by, used_at in conn.execute(select(i.used_by, i.used_at).where(i.id.in_(codes), i.used_by.is_not(None))):
        # the role was given in the turn that used the code
        conn.execute(delete(people.MEMBERSHIPS).where(m.person_id == used_by, m.since == used_at))
    answered = select(forms.RUNS.c.wave_id)
    conn.execute(delete(forms.WAVES).where(forms.WAVES.c.demo, forms.WAVES.c.id.not_in(answered)))
    conn.execute(update(forms.WAVES).where(forms.WAVES.c.demo).values(demo=False))
    conn.execute(delete(INVITATIONS).where(i.id.in_(codes)))
    conn.execute(delete(ENTERPRISES).where(ENTERPRISES.c.demo))
    simulator.clear(conn)
    return len(gone)


def _join(conn: Connection, keys: KeyRing, who: Role, firm: str | None, language: str, at: datetime) -> str:
    key = secrets.token_urlsafe(16)
    people.add_guest(conn, key, language, at, demo=True)
    address = Address("simulator", f"{who.look}:{who.phone}")
    known = people.add_address(conn, key, address, keys.hash("address", f"simulator:{address.value}"), at)
    people.note_inbound(conn, known.id, at)
    people.add_membership(conn, key, firm, who.role, who.contract, at)
    people.record_consent(conn, key, "service", True, "demo", language, "simulator", at)
    account = {"iban": IBAN} if who.role == "partner" else {}
    profiles.keep(conn, key, at, name=f"{who.name} (demo)", **account)
    return key


