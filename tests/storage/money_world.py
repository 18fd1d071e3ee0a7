"""A small network for tests of money: its people, a call, and each move as one transaction of its own."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from conversations.call_spec import CallSpec, LineSpec
from conversations.events import Address
from conversations.rules.voucher_codes import voucher_code
from conversations.voucher_papers import ClaimDraft
from conversations.voucher_views import Draft
from storage import network, people, profiles, vouchers
from storage.db import Database
from storage.money import (
    calls as money_calls,
)
from storage.money import (
    claiming as money_claiming,
)
from storage.money import (
    deciding as money_deciding,
)
from storage.money import (
    redeeming as money_redeeming,
)
from storage.money import (
    requests as money_requests,
)
from storage.money.act import Act, acting

ZONE = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
IBAN = "IT60X0542811101000000123456"
FIRMS = ("f1", "f2")
CAST = {
    # id: (role, firm, contract, name)
    "giulia": ("worker", "f1", "employee", "Giulia Prova"),
    "karim": ("worker", "f2", "collaborator", "Karim Finto"),
    "teresa": ("worker", "f2", "owner", "Teresa Inventata"),
    "elena": ("welfare_manager", None, "", "Elena Immaginaria"),
    "marta": ("coordinator", None, "", "Marta Esempio"),
    "sara": ("coordinator", None, "", "Sara Esempio"),
    "paolo": ("partner", None, "", "Paolo Baby Parking"),
    "ugo": ("accountant", None, "", "Ugo Conti"),
    "nino": ("referent", "f1", "", "Nino Referente"),
}


def a_spec(**changes: Any) -> CallSpec:
    """A call of 1,000 euro with one line for all, open from October to January."""
    terms: dict[str, Any] = {
        "title": "Bando di prova",
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2027, 1, 31),
        "budget_cents": 100_000,
        "lines": (LineSpec("generale", changes.pop("total_cents", 100_000)),),
        "sources": (("regione", 70), ("associazione", 30)),
    }
    return CallSpec(**{**terms, **changes})


@dataclass
class World:
    """The people of CAST in a database, and what they do; `at` is the time."""

    database: Database
    at: datetime = NOW
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    codes: dict[str, str] = field(default_factory=dict)
    prefix: str = ""

    def populate(self, people_: dict[str, tuple[str, str | None, str, str]] | None = None) -> None:
        """The firms exist and everybody has joined, agreed and said her name."""
        with self.database.write() as conn:
            for firm in FIRMS:
                network.add_enterprise(conn, firm, f"Impresa {firm}")
            for key, (role, firm, contract, name) in (people_ or CAST).items():
                self.join(conn, key, role, firm, contract, name)

    def join(self, conn: Connection, key: str, role: str, firm: str | None, contract: str, name: str) -> None:
        people.add_guest(conn, key, "it", NOW)
        hashed = self.database.keys.hash("address", f"telegram:{key}")
        people.add_address(conn, key, Address("telegram", key), hashed, NOW)
        people.add_membership(conn, key, firm, role, contract, NOW)
        people.record_consent(conn, key, "service", True, "1", "it", "telegram", NOW)
        profiles.keep(conn, key, NOW, name=name, iban=IBAN)

    @contextmanager
    def acts(self, person: str, key: str | None = None) -> Iterator[Act]:
        """One transaction in which this person ("" for the clock) acts."""
        with self.database.write() as conn, acting(conn, self.database.keys, ZONE, person, self.at, key) as act:
            yield act

    def does(self, person: str, move: Callable[..., Any], *args: Any) -> None:
        """She makes this one move."""
        with self.acts(person) as act:
            move(act, *args)

    def new(self, kind: str) -> str:
        return f"{kind}{self.prefix}{next(self.numbers)}"

    def opened(self, spec: CallSpec | None = None) -> str:
        """The id of a call that marta proposed and sara confirmed."""
        call, proposal = self.new("call"), self.new("prop")
        self.does("marta", money_calls.propose, proposal, call, spec or a_spec())
        self.does("sara", money_calls.confirm, proposal)
        return call

    def asked(self, person: str, call: str, cents: int = 20_000, category: str = "baby_sitter", area: str = "care",
              notice: str = "") -> str:  # fmt: skip
        """The id of a request she sent."""
        key = self.new("req")
        until = TODAY + timedelta(days=30)
        draft = Draft(call, area, category, cents, TODAY, until, "Nido Inventato", "nota segreta")
        with self.acts(person) as act:
            money_requests.save_draft(act, key, draft)
            money_requests.submit(act, key, notice)
        return key

    def code(self) -> str:
        """A fresh code."""
        return voucher_code(secrets.token_urlsafe(16))

    def granted(self, request: str, by: str = "elena") -> str:
        """The id of the voucher that was issued for this request."""
        key = self.new("v")
        self.codes[key] = self.code()
        self.does(by, money_deciding.approve, request, key, self.codes[key])
        return key

    def given(self, person: str, call: str, cents: int = 20_000, **more: Any) -> str:
        """The id of a voucher she asked for and got."""
        return self.granted(self.asked(person, call, cents, **more))

    def charged(self, voucher: str, cents: int, by: str = "paolo") -> str:
        """The id of a charge on it."""
        key = self.new("red")
        self.does(by, money_redeeming.start, key, voucher, cents, "")
        return key

    def claimed(self, person: str, voucher: str, cents: int = 5_000, number: str = "", **more: Any) -> str:
        """The id of a claim she sent."""
        key = self.new("claim")
        draft = ClaimDraft(voucher, "Tata Inventata", "", number or self.new("F"), TODAY, cents, 0, "card")
        with self.acts(person) as act:
            money_claiming.save(act, key, draft)
            money_claiming.submit(act, key)
        return key

    def owner_of(self, voucher: str) -> str:
        with self.database.read() as conn:
            row = vouchers.voucher_by_id(conn, voucher)
        assert row is not None
        return str(row.person_id)
