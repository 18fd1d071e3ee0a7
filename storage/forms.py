"""Questionnaires: their published versions, the waves in which they are open, the runs of people, the records."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Row,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from conversations.events import Json
from conversations.forms.form import Form, compile_form
from conversations.forms.looking import live_route
from conversations.forms.prompts import summary_prompt
from conversations.forms.walk import AnswerRow, from_json
from storage.db import Missing, table
from storage.prepared import Prepared, insertion
from storage.types import Secret, SecretJson, Time


class FormRow(SQLModel, table=True):
    """A published version: the workbook its author edits and the XForm made of it."""

    __tablename__ = "form"

    name: str = Field(primary_key=True, max_length=40)
    version: str = Field(primary_key=True, max_length=40)
    title: str = Field(max_length=200)
    workbook: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    xform: str = Field(sa_type=Text)
    published_at: datetime = Field(sa_type=Time)


class WaveRow(SQLModel, table=True):
    """A period in which one version of a questionnaire is open."""

    __tablename__ = "wave"

    id: str = Field(primary_key=True, max_length=22)
    form: str = Field(max_length=40)
    form_version: str = Field(max_length=40)
    opens_at: datetime = Field(sa_type=Time)
    closes_at: datetime = Field(sa_type=Time)
    demo: bool = False


class RunRow(SQLModel, table=True):
    """A person's questionnaire in a wave; its state holds every answer given so far."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("person_id", "wave_id"),)

    id: str = Field(primary_key=True, max_length=22)
    person_id: str = Field(foreign_key="person.id", max_length=22)
    wave_id: str = Field(foreign_key="wave.id", max_length=22)
    form_version: str = Field(max_length=40)
    state: Any = Field(default=None, sa_column=Column(SecretJson("run.state"), nullable=False))
    started_at: datetime = Field(sa_type=Time)
    updated_at: datetime = Field(sa_type=Time)
    finished_at: datetime | None = Field(default=None, sa_type=Time)


class AnswerRecord(SQLModel, table=True):
    """One answer of a finished questionnaire, with its privacy class (G, S, O)."""

    __tablename__ = "answer"

    run_id: str = Field(primary_key=True, foreign_key="run.id", max_length=22)
    ref: str = Field(primary_key=True, max_length=120)
    name: str = Field(max_length=60)
    kind: str = Field(max_length=20)
    privacy: str = Field(default="", max_length=12)
    value: str = Field(sa_column=Column(Secret("answer.value"), nullable=False))


FORMS, WAVES, RUNS, ANSWERS = table(FormRow), table(WaveRow), table(RunRow), table(AnswerRecord)
_W, _R = WAVES.c, RUNS.c


def publish(conn: Connection, name: str, version: str, title: str, workbook: bytes, xform: str, at: datetime) -> None:
    """The version can be used by waves from now on. Raises IntegrityError where the version exists."""
    conn.execute(
        insert(FORMS).values(
            name=name, version=version, title=title, workbook=workbook, xform=xform, published_at=at
        )
    )


def versions(conn: Connection, name: str) -> list[str]:
    """The published versions of a questionnaire, the newest last."""
    f = FORMS.c
    return list(conn.execute(select(f.version).where(f.name == name).order_by(f.published_at, f.version)).scalars())


class Library:
    """Compiled forms, each version once per process (a published version never changes)."""

    def __init__(self) -> None:
        self._forms: dict[tuple[str, str], Form] = {}

    def form(self, conn: Connection, name: str, version: str) -> Form:
        """The compiled form. Raises Missing."""
        known = self._forms.get((name, version))
        if known is None:
            f = FORMS.c
            xform = conn.execute(select(f.xform).where(f.name == name, f.version == version)).scalar()
            if xform is None:
                raise Missing(f"the form {name} has no version {version}")
            known = self._forms[(name, version)] = compile_form(xform)
        return known


def open_wave(
    conn: Connection,
    key: str,
    form: str,
    version: str,
    opens_at: datetime,
    closes_at: datetime,
    demo: bool = False,
) -> None:
    """A wave is open from `opens_at` to `closes_at`."""
    conn.execute(
        insert(WAVES).values(
            id=key, form=form, form_version=version, opens_at=opens_at, closes_at=closes_at, demo=demo
        )
    )


def close_wave(conn: Connection, key: str, at: datetime) -> bool:
    """The wave is over at `at`; False if it was over or does not exist."""
    return conn.execute(update(WAVES).where(_W.id == key, _W.closes_at > at).values(closes_at=at)).rowcount > 0


def waves(conn: Connection) -> list[Row[Any]]:
    """All waves, the newest first."""
    return list(conn.execute(select(WAVES).order_by(_W.opens_at.desc())))


@dataclass(frozen=True, slots=True)
class WaveAndRun:
    """The wave that is open now, and the person's run in it."""

    wave_id: str
    form: str
    form_version: str
    closes_at: datetime
    run_id: str | None
    run_version: str
    state: Json
    finished: bool
    updated_at: datetime


def current(conn: Connection, person_id: str, at: datetime) -> WaveAndRun | None:
    """The wave that is open at `at` with the person's run in it; None if no wave is open."""
    row = _CURRENT.first(conn, person=person_id, at=at)
    if row is None:
        return None
    return WaveAndRun(
        row.wave_id,
        row.form,
        row.form_version,
        row.closes_at,
        row.run_id,
        row.run_version or row.form_version,
        row.state,
        row.finished_at is not None,
        row.updated_at,
    )


def start_run(
    conn: Connection, key: str, person_id: str, wave_id: str, version: str, state: Json, at: datetime
) -> None:
    """The person has begun. Raises IntegrityError where she had already."""
    _START.run(
        conn,
        id=key,
        person_id=person_id,
        wave_id=wave_id,
        form_version=version,
        state=state,
        started_at=at,
        updated_at=at,
    )


def save_run(conn: Connection, key: str, state: Json, at: datetime) -> None:
    """The run is where `state` says."""
    _SAVE.run(conn, key=key, new_state=state, at=at)


def finish_run(conn: Connection, key: str, state: Json, answers: Iterable[AnswerRow], at: datetime) -> None:
    """The run is finished and its record is these answers; an earlier record is replaced."""
    conn.execute(update(RUNS).where(_R.id == key).values(state=state, updated_at=at, finished_at=at))
    conn.execute(delete(ANSWERS).where(ANSWERS.c.run_id == key))
    rows = [
        {
            "run_id": key,
            "ref": a.ref,
            "name": a.name,
            "kind": a.type,
            "privacy": a.class_,
            "value": a.value if isinstance(a.value, str) else " ".join(a.value),
        }
        for a in answers
    ]
    if rows:
        conn.execute(insert(ANSWERS), rows)


def discard_run(conn: Connection, key: str) -> None:
    """Nothing is left of the run."""
    conn.execute(delete(ANSWERS).where(ANSWERS.c.run_id == key))
    conn.execute(delete(RUNS).where(_R.id == key))


_CURRENT = Prepared(
    select(
        _W.id.label("wave_id"),
        _W.form,
        _W.form_version,
        _W.closes_at,
        _R.id.label("run_id"),
        _R.form_version.label("run_version"),
        _R.state,
        _R.finished_at,
        _R.updated_at,
    )
    .select_from(WAVES.outerjoin(RUNS, and_(_R.wave_id == _W.id, _R.person_id == bindparam("person"))))
    .where(_W.opens_at <= bindparam("at", type_=Time()), _W.closes_at > bindparam("at", type_=Time()))
    .order_by(_W.opens_at.desc())
    .limit(1)
)
_START = insertion(RUNS, "id", "person_id", "wave_id", "form_version", "state", "started_at", "updated_at")
_SAVE = Prepared(
    update(RUNS)
    .where(_R.id == bindparam("key"))
    .values(state=bindparam("new_state", type_=_R.state.type), updated_at=bindparam("at", type_=Time()))
)


def answers_in_words(conn: Connection, wave_id: str, version: str, state: Json) -> list[dict[str, str]]:
    """The answers of a run as its person reads them, each with its question; none where the run holds none."""
    name = conn.execute(select(_W.form).where(_W.id == wave_id)).scalar()
    if name is None or not isinstance(state, dict) or not state:
        return []
    try:
        form = Library().form(conn, name, version)
    except Missing:
        return []
    shown = summary_prompt(live_route(form, replace(from_json(state), hidden=frozenset())))
    return [{"question": label, "answer": answer} for _, label, answer in shown.rows if answer]
