"""The first two sheets of a dossier: the sums, from the ledger alone, and the indicators that funders ask for."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, time
from statistics import mean
from typing import Any

from sqlalchemy import Connection, Row, func, select

from conversations.rules.vouchers_money import pot_key
from conversations.rules.vouchers_moves import CANCELLED, CONFIRMED, PAID, SETTLED, TO_RECOVER
from storage import forms, ledger, people, tickets
from storage.dossier_rows import Book, Cell, Sheet, euros, waited
from storage.money.rebuild import Rebuilt

FEWEST = 5
"""A count of people who answered is told from here on (P2)."""
NOT_KNOWN = "non rilevato dal bot"


def sums(conn: Connection, book: Book, rebuilt: Rebuilt, at: datetime, names: int) -> Sheet:
    """The money of the call as the ledger tells it."""
    total, reserved, spent = rebuilt.pots.get(pot_key("call", book.call.id), (0, 0, 0))
    worth = {
        name: sum(rebuilt.worth.get((name, row.id), 0) for row in book.vouchers)
        for name in ("face", "used", "returned")
    }
    last = ledger.last(conn)
    rows: list[tuple[Cell, ...]] = [
        ("bando", book.spec.title),
        ("periodo", f"{book.spec.starts_on} - {book.spec.ends_on}"),
        ("CUP", book.spec.cup),
        ("stato", book.call.state),
        ("dotazione", euros(total)),
        ("concesso (valore dei voucher)", euros(worth["face"])),
        ("usato", euros(worth["used"])),
        ("restituito", euros(worth["returned"])),
        ("impegnato, non ancora usato", euros(reserved)),
        ("speso", euros(spent)),
        ("libero", euros(total - reserved - spent)),
    ]
    for state, label in ((PAID, "pagato"), ("to_pay", "da pagare"), ("pay_failed", "pagamenti falliti"),
                         (TO_RECOVER, "da recuperare")):  # fmt: skip
        mine = [row for row in book.payments if rebuilt.states.get(("payment", row.id)) == state]
        rows.append((label, euros(sum(rebuilt.worth["amount", row.id] for row in mine))))
    for source in book.sources:
        rows.append((f"fonte {source}", euros(by_source(book, rebuilt, source))))
    rows += [
        ("ultima riga del registro", last.seq if last is not None else 0),
        ("suo sigillo", last.hash if last is not None else ""),
        ("fatto il", book.local(at)),
        ("persone con il nome (campione)", names),
        ("nota", "Gli importi vengono dal registro. Le persone hanno uno pseudonimo, valido solo per questo bando."),
    ]
    return Sheet("Riepilogo", ("voce", "valore"), rows)


def by_source(book: Book, rebuilt: Rebuilt, source: str) -> int:
    """The cents that a source gives of all payments that stand."""
    standing = (row for row in book.payments if rebuilt.states.get(("payment", row.id)) != CANCELLED)
    return sum(rebuilt.worth.get((f"part {source}", row.id), 0) for row in standing)


def indicators(conn: Connection, book: Book, now: datetime) -> Sheet:
    """The indicators of the funders (domain.md 7.6); what the bot does not know is said so."""
    used = [row for row in book.vouchers if row.used_cents > 0]
    asked = {row.id: row for row in book.requests}
    people_ = {row.person_id: asked[row.request_id] for row in book.vouchers if row.request_id in asked}
    waits = [days for row in book.requests if (days := waited(row)) is not None]
    firms = {row.enterprise_id for row in book.requests if row.enterprise_id}
    rows: list[tuple[Cell, ...]] = [
        ("destinatari", "persone diverse con un voucher", len({row.person_id for row in book.vouchers})),
        ("destinatari", "persone diverse che hanno chiesto", len({row.person_id for row in book.requests})),
        ("destinatari", "per genere", NOT_KNOWN),
        ("destinatari", "per fascia di età", NOT_KNOWN),
        *_counted("destinatari per contratto", (row.contract for row in people_.values())),
        *_counted("destinatari per dimensione dell'impresa", (_size(book, row) for row in people_.values())),
        ("imprese", "coinvolte (almeno una richiesta)", len(firms)),
        ("imprese", "aderenti alla rete", len(_joined(conn, book))),
        ("voucher", "richiesti", len(book.requests)),
        ("voucher", "concessi", len(book.vouchers)),
        ("voucher", "usati, anche in parte", len(used)),
        ("voucher", "giorni medi di attesa", round(mean(waits)) if waits else None),
        *_summed("concesso per categoria (euro)", ((row.category, row.face_cents) for row in book.vouchers)),
        *_summed("usato per categoria (euro)", ((row.category, row.used_cents) for row in used)),
        *_summed("spesa per fonte (euro)", _spent(book)),
        ("servizi", "categorie attivate", len({row.category for row in used})),
        ("servizi", "partner che hanno reso un servizio", len(_partners(book))),
        ("welfare manager", "consulenze nel periodo del bando", _consulted(conn, book)),
        *_waves(conn, book, now),
        ("questionario", "punteggio di conciliazione", NOT_KNOWN),
        ("newsletter", "inviate, e lettori che hanno risposto", NOT_KNOWN),
        ("rete", "accordi firmati", NOT_KNOWN),
    ]
    return Sheet("Indicatori", ("gruppo", "indicatore", "valore"), rows)


def _counted(group: str, values: Iterable[str]) -> list[tuple[Cell, ...]]:
    return [(group, name or "non indicato", number) for name, number in sorted(Counter(values).items())]


def _summed(group: str, pairs: Iterable[tuple[str, int]]) -> list[tuple[Cell, ...]]:
    sums_: dict[str, int] = defaultdict(int)
    for name, cents in pairs:
        sums_[name] += cents
    return [(group, name, euros(cents)) for name, cents in sorted(sums_.items())]


def _spent(book: Book) -> Iterable[tuple[str, int]]:
    standing = [row for row in book.payments if row.state != CANCELLED]
    return ((source, cents) for row in standing for source, cents in book.parts.get(row.id, {}).items())


def _size(book: Book, request: Row[Any]) -> str:
    firm = book.firms.get(request.enterprise_id)
    return str(firm.size_class).replace("_", "-") if firm else ""


def _joined(conn: Connection, book: Book) -> set[str]:
    m = people.MEMBERSHIPS.c
    query = select(m.enterprise_id).where(m.enterprise_id.is_not(None), m.until.is_(None)).distinct()
    return set(conn.execute(query).scalars()) & set(book.firms)


def _partners(book: Book) -> set[str]:
    return {row.provider_id for row in book.redemptions if row.state in (CONFIRMED, SETTLED)}


def _consulted(conn: Connection, book: Book) -> int:
    opened = tickets.TICKETS.c.opened_at
    first, last = (
        datetime.combine(day, edge, tzinfo=book.zone)
        for day, edge in ((book.spec.starts_on, time.min), (book.spec.ends_on, time.max))
    )
    return int(conn.execute(select(func.count()).where(opened.between(first, last))).scalar_one())


def _waves(conn: Connection, book: Book, now: datetime) -> list[tuple[Cell, ...]]:
    """How many answered, of waves that are over: a running count would tell who (P2)."""
    r, found = forms.RUNS.c, list[tuple[Cell, ...]]()
    for wave in sorted(forms.waves(conn), key=lambda one: one.opens_at):
        if wave.closes_at > now:
            continue
        query = select(func.count()).where(r.wave_id == wave.id, r.finished_at.is_not(None))
        count = int(conn.execute(query).scalar_one())
        label = f"risposte, periodo chiuso il {wave.closes_at.astimezone(book.zone).date()}"
        found.append(("questionario", label, count if count >= FEWEST else f"meno di {FEWEST}"))
    return found
